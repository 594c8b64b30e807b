"""What a policy says in another language is what it says now: a changed sentence has no translation, and a stale one is a mistake."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from fhir_pa.words.languages import ENGLISH, LANGUAGES
from questionnaires.criteria import Criterion
from questionnaires.library import BUILT_IN, Volume, open_shelf, read_folder
from questionnaires.translations import sayings, untranslated

OTHERS = [language for language in LANGUAGES if language != ENGLISH]
WHOLE = ("home_oxygen", "surveillance_imaging", "lumbar_mri", "cpap")  # what members read of them is translated to the last word


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copytree(BUILT_IN / "home_oxygen", tmp_path / "home_oxygen")
    return tmp_path / "home_oxygen"


def volume(folder: Path) -> Volume:
    ((found,), mistakes) = read_folder(folder)
    assert not mistakes, mistakes
    return found


def test_a_policy_brings_what_it_says_in_spanish(folder: Path) -> None:
    words = volume(folder).words["es"]
    assert words["Home oxygen"] == "Oxígeno en casa"
    assert open_shelf().volume("home_oxygen").words["es"] == words


def test_translating_changes_no_fingerprint(folder: Path) -> None:
    before = volume(folder).edition.fingerprint
    (folder / "es.po").unlink()
    without = volume(folder)
    assert without.edition.fingerprint == before and without.words == {}


def test_a_sentence_that_was_changed_has_no_translation_and_the_stale_one_is_named(folder: Path) -> None:
    text = (folder / "policy.toml").read_text("utf-8")
    (folder / "policy.toml").write_text(text.replace('title = "Home oxygen"', 'title = "Oxygen at home"'), "utf-8")
    (found,), mistakes = read_folder(folder)
    assert "Oxygen at home" not in found.words["es"] and "Home oxygen" not in found.words["es"]
    (mistake,) = mistakes
    assert (mistake.file, mistake.key) == ("home_oxygen/es.po", "Home oxygen") and "Write the policy's sentence as it stands now" in mistake.mend


@pytest.mark.parametrize(
    ("name", "body", "says"),
    [
        ("es.po", b"Home oxygen = Oxigeno\n", "cannot be read as a gettext catalogue"),
        ("es.po", "msgid \"Home oxygen\"\nmsgstr \"Oxígeno\"\n".encode("latin-1"), "is not UTF-8 text"),
        ("spanish-words.po", b'msgid ""\nmsgstr ""\n', "cannot be read as a gettext catalogue"),
    ],
)
def test_a_catalogue_that_cannot_be_read_is_a_mistake_of_its_folder(folder: Path, name: str, body: bytes, says: str) -> None:
    (folder / "es.po").unlink()
    (folder / name).write_bytes(body)
    _, mistakes = read_folder(folder)
    assert [mistake.file for mistake in mistakes] == [f"home_oxygen/{name}"] and says in str(mistakes[0])


@pytest.mark.parametrize("language", OTHERS)
def test_a_policy_with_a_catalogue_tells_at_least_its_title_and_reason_in_it(language: str) -> None:
    translated = [each for each in open_shelf().volumes() if language in each.words]
    assert {each.edition.topic for each in translated} >= {*WHOLE, "anything_else", "comfort_items", "outpatient_therapy"}
    for each in translated:
        assert not untranslated((each.edition.title, each.edition.because), each.words[language]), each.edition.name


@pytest.mark.parametrize("language", OTHERS)
@pytest.mark.parametrize("topic", WHOLE)
def test_what_members_read_of_the_common_policies_is_translated_to_the_last_word(topic: str, language: str) -> None:
    found = open_shelf().volume(topic)
    said = [word for each in found.edition.criteria for word in (each.title, each.because, *each.accepts)]
    said += [word for each in found.edition.criteria for word in asked_below(each)]
    assert not untranslated(said, found.words[language])
    assert set(said) <= set(sayings(found.edition, found.questionnaire))


def asked_below(criterion: Criterion) -> Iterator[str]:
    """What is accepted for a part of a criterion: the practice is asked for it, and the member reads what."""
    for inner in criterion.below:
        yield from inner.accepts
        yield from asked_below(inner)
