"""The shelf: which edition is in force, and every mistake an author can make, named with how to mend it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from ig_profiles import names
from ig_profiles.outcome import NotFound, Unprocessable
from ig_profiles.reading import Coding
from questionnaires.authoring.mistakes import Mistake
from questionnaires.library import BUILT_IN, Shelf, open_shelf, read_shelf
from questionnaires.policy import RequestedService

ON = date(2026, 11, 21)


def service(code: str, system: str = names.HCPCS, line: str = "") -> RequestedService:
    return RequestedService((Coding(system, code),), line_of_business=line)


@pytest.fixture
def shelf(tmp_path: Path) -> Path:
    """A payer's copy of the built-in shelf, to make mistakes in."""
    return Path(shutil.copytree(BUILT_IN, tmp_path / "policies"))


def policy(shelf: Path, *changes: tuple[str, str], topic: str = "home_oxygen", file: str = "policy.toml") -> list[Mistake]:
    """Make these changes to a file of a policy, and open the shelf."""
    path = shelf / topic / file
    text = path.read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text, f"{old!r} is not in {path.name}"
        text = text.replace(old, new)
    path.write_text(text, encoding="utf-8")
    return read_shelf(shelf, built_in=False)[1]


def form(shelf: Path, change: Callable[[dict[str, Any]], object], topic: str = "home_oxygen") -> list[Mistake]:
    """Change a policy's questionnaire, and open the shelf."""
    path = shelf / topic / "questionnaire.json"
    content = json.loads(path.read_text(encoding="utf-8"))
    change(content)
    path.write_text(json.dumps(content), encoding="utf-8")
    return read_shelf(shelf, built_in=False)[1]


def test_the_built_in_policies_open_without_a_mistake() -> None:
    assert {edition.topic for edition in open_shelf().editions()} == {folder.name for folder in BUILT_IN.iterdir()}


@pytest.mark.parametrize(
    ("asked", "topic"),
    [
        (service("E1390"), "home_oxygen"),
        (service("E1390", "urn:oid:2.16.840.1.113883.6.285", "medicaid"), "home_oxygen"),
        (service("71260", names.CPT), "surveillance_imaging"),
        (service("71260", names.HCPCS), "surveillance_imaging"),
        (service("A0428"), "anything_else"),
        (service("E1390", names.LOINC), "anything_else"),
        (RequestedService(()), "anything_else"),
    ],
)
def test_exactly_one_edition_is_in_force_for_any_service(asked: RequestedService, topic: str) -> None:
    assert open_shelf().in_force(asked, ON).topic == topic


def test_before_a_policy_began_anything_else_speaks_and_before_that_nobody() -> None:
    opened = open_shelf()
    assert opened.in_force(service("E1390"), date(2025, 12, 31)).topic == "anything_else"
    with pytest.raises(NotFound, match="Ask about a later day"):
        opened.in_force(service("E1390"), date(1999, 1, 1))


def test_an_edition_for_one_line_of_business_outranks_the_general_one(shelf: Path) -> None:
    own = shelf / "medicaid_oxygen"
    own.mkdir()
    text = (shelf / "anything_else" / "policy.toml").read_text()
    text = text.replace('topic = "anything_else"', 'topic = "medicaid_oxygen"')
    own.joinpath("policy.toml").write_text(text + 'services = { HCPCS = ["E1390"] }\nlines_of_business = ["medicaid"]\n')
    opened = open_shelf(shelf, built_in=False)
    assert opened.in_force(service("E1390", line="medicaid"), ON).topic == "medicaid_oxygen"
    assert opened.in_force(service("E1390", line="qhp"), ON).topic == "home_oxygen"


def test_of_several_codes_for_one_service_the_first_that_a_policy_knows_decides() -> None:
    both = RequestedService((Coding(names.CPT, "71260"), Coding(names.HCPCS, "E1390")))
    assert open_shelf().in_force(both, ON).topic == "surveillance_imaging"


def test_a_payers_own_policy_replaces_the_built_in_one_of_the_same_topic(shelf: Path, tmp_path: Path) -> None:
    own = tmp_path / "own"
    shutil.copytree(shelf / "anything_else", own / "anything_else")
    policy(own, ('refer_to = "nurse"', 'refer_to = "physician"'), topic="anything_else")
    assert open_shelf(own).in_force(service("A0428"), ON).refer_to == "physician"


def test_a_new_edition_follows_the_old_one(shelf: Path) -> None:
    path = shelf / "anything_else" / "policy.toml"
    text = path.read_text()
    newer = text[text.index("[[edition]]") :].replace('"2026.1"', '"2027.1"').replace("2000-01-01", "2027-01-01")
    path.write_text(text.replace("in_force_from = 2000-01-01", "in_force_from = 2000-01-01\nin_force_until = 2026-12-31") + newer)
    opened = open_shelf(shelf, built_in=False)
    assert [opened.in_force(service("A0428"), on).version for on in (ON, date(2027, 1, 1))] == ["2026.1", "2027.1"]


def test_forms_are_found_by_their_canonical_with_and_without_version() -> None:
    opened = open_shelf()
    canonical = opened.edition("home_oxygen", "2026.1").questionnaire or ""
    assert canonical.endswith("/Questionnaire/home-oxygen|2026.1")
    found = opened.questionnaire(canonical)
    assert found is not None
    assert opened.questionnaire(canonical.split("|")[0]) is found
    assert opened.questionnaire(canonical + "9") is None
    volume = opened.asking(canonical)
    assert volume is not None
    assert volume.edition.name == "home_oxygen 2026.1"


def test_an_unknown_edition_says_which_there_are() -> None:
    with pytest.raises(NotFound, match="No policy edition 'home_oxygen 1999.1' is on the shelf. It holds .*anything_else 2026.1, .*home_oxygen 2026.1, "):
        open_shelf().edition("home_oxygen", "1999.1")


def fingerprint(shelf: Path, topic: str = "home_oxygen") -> str:
    return Shelf(read_shelf(shelf, built_in=False)[0]).volume(topic).edition.fingerprint


def test_the_fingerprint_ignores_layout_and_notices_every_change_of_meaning(shelf: Path) -> None:
    first = fingerprint(shelf)
    policy(shelf, ('[[edition.criteria]]\nid = "room_air"', '# a comment\n\n[[edition.criteria]]\nid = "room_air"'))
    assert fingerprint(shelf) == first
    policy(shelf, ("within_days = 30", "within_days = 31"))
    second = fingerprint(shelf)
    form(shelf, lambda content: content.update(description="Other words"))
    assert len({first, second, fingerprint(shelf)}) == 3


MISTAKES = [
    (
        ('fact = "room_air"', 'fact = "room_aer"'),
        "weighs 'room_aer', but the questionnaire asks only 'treating_practitioner', ",
        "Did you mean 'room_air'? Add the question",
    ),
    (("within_days = 30", "within_day = 30"), "compares 'tested_on' with 'within_day', which is no comparison.", "Did you mean 'within_days'?"),
    (("within_days = 30", "at_most = 30"), "compares 'tested_on' as a number, but the questionnaire asks for a date (date).", "Change the comparison"),
    (("within_days = 30", "within_days = 0.5"), "has within_days = 0.5 for 'tested_on'.", "Give a number of days."),
    (
        ('is = "rest"', 'is = "resting"'),
        "compares 'test_state' with 'resting', which is not among its choices 'rest', 'sleep', 'exercise'.",
        "Did you mean 'rest'?",
    ),
    (('one_of = ["rest", "exercise"]', "one_of = []"), "has one_of = [] for 'test_state'.", "Give a list of values."),
    (('signed_by = "Ada Quill, MD, 2025-12-01"', ""), "has no 'signed_by'.", "Name the person who signs this edition"),
    (('because = "Home', 'becuase = "Home'), "has a key 'becuase' that means nothing.", "Did you mean 'because'?"),
    (('authorization = "needed"', 'authorization = "required"'), "has authorization = 'required'.", "Choose one of 'needed', 'not needed'."),
    (("in_force_from = 2026-01-01", 'in_force_from = "2026-01-01"'), "has in_force_from = '2026-01-01', which is not a date like 2026-01-01.", "Write a date"),
    (("in_force_from = 2026-01-01", "in_force_from = 2026-01-01\nin_force_until = 2025-01-01"), "ends before it begins.", "Set in_force_until to the last day"),
    (('HCPCS = ["E1390", "E0431"]', "HCPS = []"), "names services by 'HCPS', a code system nobody knows.", "Did you mean 'HCPCS'?"),
    (('HCPCS = ["E1390", "E0431"]', "HCPCS = [1390]"), "has services.HCPCS = [1390].", "List the codes in quotes"),
    (('documentation = ["clinical"]', 'documentation = ["clinic"]'), "has 'clinic' in documentation.", "Did you mean 'clinical'?"),
    (("certifies = { days = 365 }", ""), "weighs criteria, but does not say what it certifies", "Add [edition.certifies]"),
    (('"group_2"], days', '"group_3"], days'), "certifies less when 'group_3' is met, which is no criterion.", "Did you mean 'group_2'?"),
    (('when = ["before_discharge", "group_2"], ', ""), "does not say when it certifies less.", "Name the criteria that shorten it"),
    (("days = 365", "days = 0"), "certifies for 0 days.", "Give at least one day."),
    (('services = ["E0431"]', 'services = ["E0432"]'), "has criterion 'portable_mobile' for service E0432", "Add the code to [edition.services]"),
    (('id = "room_air"', 'id = "hypoxemia"'), "has two criteria called 'hypoxemia'.", "Give each criterion an id of its own"),
    (('topic = "home_oxygen"', 'topic = "oxygen"'), "has topic = 'oxygen', but its folder is called 'home_oxygen'.", "Give both the same name."),
    (('axis = "setting"', 'axis = "place"'), "has axis = 'place'.", "Choose one of 'necessity', "),
    (
        ('fact = "room_air"\nis = true', 'fact = "room_air"\nis = true\nat_most = 1'),
        "needs exactly one comparison for 'room_air'.",
        "The comparisons are 'is', ",
    ),
    (('fact = "room_air"\nis = true\n', ""), "has a criterion that is neither one test nor one group.", "either a test (fact = …) or one group"),
    (('document = "11506-3"', 'document = "11506-4"'), "names the document '11506-4', which is no LOINC code.", "check digit included"),
    (("[[edition]]", "[[edition]"), "is not TOML", "Mend that place"),
    (('"207RP1001X" = "Lung medicine"', 'lungs = "Lung medicine"'), "names the specialty 'lungs'", "a code of the provider taxonomy"),
    (('"207RP1001X" = "Lung medicine"', '"207RP1001X" = ""'), "names the specialty '207RP1001X' = ''", "your name for it"),
]


@pytest.mark.parametrize(("change", "what", "mend"), MISTAKES, ids=[what for _, what, _ in MISTAKES])
def test_a_mistake_in_the_wording_is_named_with_how_to_mend_it(shelf: Path, change: tuple[str, str], what: str, mend: str) -> None:
    found = [mistake for mistake in policy(shelf, change) if what in mistake.what]
    assert found, [str(mistake) for mistake in read_shelf(shelf, built_in=False)[1]]
    assert found[0].file == "home_oxygen/policy.toml"
    assert mend in found[0].mend


def test_all_mistakes_are_told_at_once_and_a_broken_shelf_does_not_open(shelf: Path) -> None:
    policy(
        shelf, ('signed_by = "Ada Quill, MD, 2025-12-01"', ""), ('fact = "mobile_at_home"', 'fact = "mobile_at_hom"'), ('axis = "setting"', 'axis = "place"')
    )
    form(shelf, lambda content: content.pop("subjectType"), topic="surveillance_imaging")
    with pytest.raises(Unprocessable) as refused:
        open_shelf(shelf, built_in=False)
    told = [issue.text for issue in refused.value.issues]
    for what in ("has no 'signed_by'.", "weighs 'mobile_at_hom', but", "has axis = 'place'.", "is not about a patient."):
        assert any(what in each for each in told), told
    assert {issue.expression for issue in refused.value.issues} == {"home_oxygen/policy.toml", "surveillance_imaging/questionnaire.json"}


def question(content: dict[str, Any], link_id: str) -> dict[str, Any]:
    return next(item for group in content["item"] for item in group["item"] if item["linkId"] == link_id)


FORM_MISTAKES: list[tuple[Callable[[dict[str, Any]], object], str, str]] = [
    (lambda content: content.pop("version"), "has no 'version'.", "DTR clients find a form by url and version"),
    (lambda content: question(content, "spo2").pop("text"), "has an item 'spo2' without text.", "Say what is asked"),
    (lambda content: question(content, "spo2").update(linkId="pao2"), "has two items called 'pao2'.", "Give each item a linkId of its own."),
    (lambda content: question(content, "spo2").update(readOnly=True), "fills 'spo2' from the record where the clinician cannot correct it.", "let it be seen"),
    (lambda content: question(content, "spo2").pop("extension"), "does not fill 'spo2', though facts.cql finds it.", '"HomeOxygen".spo2'),
    (lambda content: question(content, "test_state").pop("answerOption"), "offers no choices for 'test_state'.", "List them as answerOption."),
    (lambda content: content["extension"].pop(), "names the libraries nothing, but its facts are HomeOxygen 2026.1.", "/Library/HomeOxygen|2026.1"),
    (
        lambda content: question(content, "spo2")["extension"][0]["valueExpression"].update(expression='"HomeOxygen".sp02'),
        "fills 'spo2' by \"HomeOxygen\".sp02, which facts.cql does not define.",
        "Did you mean 'spo2'?",
    ),
]


@pytest.mark.parametrize(("change", "what", "mend"), FORM_MISTAKES, ids=[what for _, what, _ in FORM_MISTAKES])
def test_a_mistake_in_the_form_is_named_with_how_to_mend_it(shelf: Path, change: Callable[[dict[str, Any]], object], what: str, mend: str) -> None:
    found = [mistake for mistake in form(shelf, change) if what in mistake.what]
    assert found
    assert found[0].file == "home_oxygen/questionnaire.json"
    assert mend in found[0].mend


def test_cql_that_changed_after_it_was_compiled_is_noticed(shelf: Path) -> None:
    (mistake,) = policy(shelf, ("'final', 'amended', 'corrected'", "'final'"), file="facts.cql")
    assert str(mistake) == "home_oxygen/facts.elm.json was not made from facts.cql as it reads now. Run: fhir-pa policies build"


def test_cql_that_was_never_compiled_is_noticed(shelf: Path) -> None:
    (shelf / "home_oxygen" / "facts.elm.json").unlink()
    assert "is missing beside facts.cql." in {mistake.what for mistake in read_shelf(shelf, built_in=False)[1]}


def test_a_fact_that_nobody_asks_or_weighs_is_noticed(shelf: Path) -> None:
    found = form(shelf, lambda content: content["item"][1]["item"].remove(question(content, "tested_on")), topic="home_oxygen")
    assert not any("tested_on" in mistake.what for mistake in found)  # it is still weighed: evidence alone answers it
    policy(shelf, ('fact = "tested_on"', 'fact = "spo2"'), ("within_days = 30", "at_most = 30"))
    assert "finds 'tested_on', which nobody asks or weighs." in {mistake.what for mistake in read_shelf(shelf, built_in=False)[1]}


def test_two_policies_in_force_for_one_service_are_named_both(shelf: Path) -> None:
    found = policy(shelf, ('CPT = ["70553", "71260", "70491"]', 'CPT = ["70553", "71260", "70491"], HCPCS = ["E1390"]'), topic="surveillance_imaging")
    assert [mistake.what for mistake in found] == ["has surveillance_imaging 2026.1 in force from 2026-01-01 for E1390, and so is home_oxygen 2026.1."]
    assert found[0].mend == "End home_oxygen 2026.1 with in_force_until, or part their services."


def test_a_shelf_without_anything_else_is_noticed(shelf: Path) -> None:
    shutil.rmtree(shelf / "anything_else")
    (mistake,) = read_shelf(shelf, built_in=False)[1]
    assert (mistake.file, mistake.what) == ("anything_else/policy.toml", "does not say what happens to a service no policy mentions.")


def test_two_forms_of_one_name_are_noticed(shelf: Path) -> None:
    copied = (shelf / "home_oxygen" / "questionnaire.json").read_text().replace("Home oxygen", "Oxygen at home")
    (shelf / "surveillance_imaging" / "questionnaire.json").write_text(copied)
    found = read_shelf(shelf, built_in=False)[1]
    assert any("publish the form http://fhir-pa.example/fhir/Questionnaire/home-oxygen|2026.1 with different content" in mistake.what for mistake in found)


@pytest.mark.parametrize(
    ("file", "content", "what"),
    [("questionnaire.json", "{", "is not JSON"), ("questionnaire.json", "[]", "is not JSON"), ("policy.toml", "\x00", "is not TOML")],
)
def test_a_file_that_cannot_be_read_is_named(shelf: Path, file: str, content: str, what: str) -> None:
    (shelf / "home_oxygen" / file).write_text(content)
    assert any(mistake.file == f"home_oxygen/{file}" and what in mistake.what for mistake in read_shelf(shelf, built_in=False)[1])


def test_a_folder_that_is_not_there_and_one_without_policy_are_named(shelf: Path, tmp_path: Path) -> None:
    (shelf / "notes").mkdir()
    found = {mistake.what for mistake in read_shelf(shelf, tmp_path / "nowhere", built_in=False)[1]}
    assert found == {"is not a folder.", "holds no policy.toml."}
