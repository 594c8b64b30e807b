"""`fhir-pa policies check`: what a policy's author is told before a policy goes on the shelf."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from questionnaires import check as checking
from questionnaires.authoring.mistakes import Mistake
from questionnaires.check import report
from questionnaires.compile import compile_facts
from questionnaires.cql import FactEngine
from questionnaires.elm import digest
from questionnaires.library import BUILT_IN
from questionnaires.translate import translate

ENGINE = FactEngine()


def check(folder: Path) -> list[Mistake]:
    """One engine for all these tests: starting it is the slow part."""
    return checking.check(folder, ENGINE)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """One policy of a payer's own, alone in its folder."""
    return Path(shutil.copytree(BUILT_IN / "home_oxygen", tmp_path / "home_oxygen"))


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


@pytest.mark.parametrize("shelf", [BUILT_IN, BUILT_IN.parent / "examples"], ids=["built in", "examples"])
def test_a_shipped_shelf_has_no_mistake_its_elm_is_what_its_cql_says_its_forms_keep_to_the_guides_and_every_story_holds(shelf: Path) -> None:
    assert report(check(shelf)) == "No mistakes."


@pytest.mark.parametrize("shelf", [BUILT_IN, BUILT_IN.parent / "examples"], ids=["built in", "examples"])
def test_every_part_of_a_shipped_criterion_has_a_title_people_can_read(shelf: Path) -> None:
    assert checking.advice(shelf) == []


def test_a_part_without_a_title_is_no_mistake_and_its_author_is_advised(folder: Path) -> None:
    change(folder / "policy.toml", 'title = "Saturation is above 88 %", ', "")
    change(folder / "es.po", 'msgid "Saturation is above 88 %"\nmsgstr "La saturación es de más de 88 %"', "")
    (advised,) = checking.advice(folder)
    assert "people read 'spo2 above 88'. Add title" in advised and "edition 2026.1" in advised
    assert check(folder) == []


def test_a_form_that_breaks_a_guides_profile_is_a_mistake_at_its_place(folder: Path) -> None:
    change(folder / "questionnaire.json", '"type": "boolean"', '"type": "reference"')
    told = [each for each in check(folder) if "breaks DTR" in each.what]
    assert told and all(each.file == "home_oxygen/questionnaire.json" for each in told)
    assert any("dtrq-4" in each.what or "referenceResource" in each.what for each in told) and any("item[" in each.key for each in told)


def test_a_policy_folder_can_be_checked_alone(folder: Path) -> None:
    assert check(folder) == []


def test_a_story_that_no_longer_holds_is_told_with_what_the_policy_says_instead(folder: Path) -> None:
    change(folder / "policy.toml", 'title = "Saturation is 88 % or less", at_most = 88', 'title = "Saturation is 84 % or less", at_most = 84')
    found = check(folder)
    first = next(mistake for mistake in found if mistake.key.startswith("Saturation 86 % at rest on room air in the clinic"))
    assert first.file == "home_oxygen/cases.toml"
    assert "expects E1390: certify, but home_oxygen 2026.1 says refer (Too little oxygen in the blood" in first.what
    assert first.mend == "Change the policy, or have its owner sign another story."


def test_elm_that_was_edited_by_hand_is_noticed_though_it_claims_the_right_text(folder: Path) -> None:
    change(folder / "facts.elm.json", '"value":"amended"', '"value":"amendet"')
    assert [mistake.what for mistake in check(folder)] == ["is not what facts.cql compiles to."]


def test_cql_that_does_not_compile_is_told_with_its_line(folder: Path) -> None:
    cql = folder / "facts.cql"
    change(cql, 'define pao2: "Result"', 'define pao2: "Resultt"')
    change(folder / "facts.elm.json", digest(cql.read_text().replace("Resultt", "Result")), digest(cql.read_text()))
    (mistake,) = (each for each in check(folder) if "compile" in each.what)
    assert mistake.key.startswith("line ")
    assert "Resultt" in mistake.what


def test_compiling_again_mends_the_drift(folder: Path) -> None:
    change(folder / "facts.cql", "// How each answer", "// How every answer")
    assert [mistake.mend for mistake in check(folder)] == ["Run: fhir-pa policies build"]
    assert compile_facts(folder / "facts.cql", translate) == folder / "facts.elm.json"
    assert check(folder) == []


@pytest.mark.parametrize(
    ("old", "new", "what", "mend"),
    [
        ('expected = "certify"', 'expected = "deny"', "expects 'deny'.", "Only people decline."),
        ("spo2 = 87", "sp02 = 87", "answers 'sp02', which the questionnaire does not ask.", "Did you mean 'spo2'?"),
        ('room_air = "met"', 'room_aer = "met"', "names a criterion 'room_aer'.", "Did you mean 'room_air'?"),
        ('hypoxemia = "met"', 'hypoxemia = "no"', "expects 'hypoxemia' to be 'no'.", "Choose one of 'met', 'not met', 'unknown'."),
        ("clinic-86.json", "clinic-85.json", "tells of the bundle 'cases/clinic-85.json', which cannot be read", "Put a FHIR Bundle in JSON there"),
        ('signed_by = "Ada Quill, MD, 2025-12-01"', "", "has no 'signed_by'.", "Name the person"),
        ("E1390", "E1391", "asks for E1391 on 2026-11-21, about which home_oxygen 2026.1 does not speak.", "Correct the code"),
        ("[case.facts]\nspo2 = 91", "[case.facts]\nspo3 = 91", "knows 'spo3', which nobody finds.", "Did you mean 'spo2'?"),
        ("[[case]]", 'edition = "1999.1"\n[[case]]', "has a key 'edition' that means nothing.", "The keys here are 'case'."),
    ],
)
def test_a_mistake_in_a_story_is_named_with_how_to_mend_it(folder: Path, old: str, new: str, what: str, mend: str) -> None:
    change(folder / "cases.toml", old, new)
    found = [mistake for mistake in check(folder) if what in mistake.what]
    assert found
    assert mend in found[0].mend


def test_a_policy_without_stories_is_not_finished(folder: Path) -> None:
    (folder / "cases.toml").unlink()
    assert [(mistake.file, mistake.what) for mistake in check(folder)] == [("home_oxygen/cases.toml", "is missing.")]


def test_the_report_counts_and_groups_by_file() -> None:
    page = report(
        [
            Mistake("b/policy.toml", "edition 1", "has no 'because'.", "Give one."),
            Mistake("a/facts.cql", "", "is odd.", "Look."),
            Mistake("b/policy.toml", "", "x.", "y."),
        ]
    )
    assert page.splitlines() == [
        "3 mistakes in 2 files.",
        "",
        "a/facts.cql",
        "  is odd. Look.",
        "",
        "b/policy.toml",
        "  x. y.",
        "  edition 1: has no 'because'. Give one.",
    ]
