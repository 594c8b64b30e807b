"""Each question a policy weighs says why it is asked, beside it; the others do not."""

from __future__ import annotations

import pytest

from ig_profiles.names import ITEM_CONTROL
from ig_profiles.reading import Json, extension_value, many
from questionnaires.adaptive_form import shown_in
from questionnaires.form import items
from questionnaires.library import Volume, open_shelf
from questionnaires.package import questionnaire_for
from questionnaires.reasons import is_reason

ASKING = [volume for volume in open_shelf().volumes() if volume.questionnaire is not None]


def form(volume: Volume) -> Json:
    assert volume.questionnaire is not None
    return questionnaire_for("2.2", volume.questionnaire, volume.edition)


@pytest.mark.parametrize("volume", ASKING, ids=lambda volume: volume.edition.topic)
def test_every_question_that_is_weighed_tells_why(volume: Volume) -> None:
    explained = {item["linkId"] for item in items(form(volume)) if any(is_reason(each["linkId"]) for each in many(item, "item"))}
    asked = {item["linkId"] for item in items(form(volume)) if item["type"] not in ("group", "display")}
    assert explained == asked & set(volume.edition.facts)


@pytest.mark.parametrize("volume", ASKING, ids=lambda volume: volume.edition.topic)
def test_reasons_are_help_items_with_words_and_names_of_their_own(volume: Volume) -> None:
    helps = [item for item in items(form(volume)) if is_reason(item["linkId"])]
    assert {(item["type"], extension_value(item, ITEM_CONTROL)["coding"][0]["code"]) for item in helps} == {("display", "help")}
    assert all(item["text"].strip() for item in helps)
    names = [item["linkId"] for item in items(form(volume))]
    assert len(names) == len(set(names))


def test_a_reason_names_what_is_looked_for_and_the_rule() -> None:
    oxygen = next(volume for volume in ASKING if volume.edition.topic == "home_oxygen")
    told = next(item["text"] for item in items(form(oxygen)) if item["linkId"] == "room_air.why")
    assert told == (
        "The measurement was taken while breathing room air. A measurement taken on oxygen does not show the need for it. (NCD 240.2, section B)"
    )


def test_an_adaptive_form_shows_reasons_with_their_questions_and_counts_only_questions() -> None:
    oxygen = next(volume for volume in ASKING if volume.edition.topic == "home_oxygen")
    assert not [name for name in shown_in(form(oxygen)) if is_reason(name)]
