"""$next-question is a pure function: hostile and broken responses are refused, never fallen over, and nothing is altered or remembered."""

from __future__ import annotations

from copy import deepcopy
from datetime import date
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from ig_profiles.outcome import Refusal
from ig_profiles.reading import Json
from questionnaires import path_to_yes
from questionnaires.adaptive import Interview
from questionnaires.adaptive_form import Address, first_draft
from questionnaires.draft import Occasion
from questionnaires.facts import Fact
from questionnaires.library import open_shelf
from questionnaires.next_question import Turn, read_asked, take_turn

TODAY = date(2026, 11, 21)
VOLUME = open_shelf().volume("hereditary_cancer_test")
ADDRESS = Address("https://payer.example/fhir", "seal")
COVERAGE = {"resourceType": "Coverage", "id": "cov-7", "status": "active", "beneficiary": {"reference": "Patient/orla"}}


def turn(body: Any) -> Turn:
    return take_turn(read_asked(body), VOLUME, Interview(VOLUME.edition.services[:1], TODAY), ADDRESS, "2.2", TODAY, {})


def begun() -> Json:
    """A response with an answer the payer knew."""
    assert VOLUME.questionnaire is not None
    known = {"known_variant": Fact("known_variant", False)}
    response = first_draft("2.2", VOLUME.questionnaire, VOLUME.edition, Occasion((COVERAGE,)), ADDRESS, known)
    assert response["item"]
    return response


def answered(form: list[Json], said: dict[str, Any]) -> list[Json]:
    origin = {"url": "http://hl7.org/fhir/us/davinci-dtr/StructureDefinition/information-origin", "extension": [{"url": "source", "valueCode": "auto-client"}]}
    written: list[Json] = []
    for item in form:
        below = answered(item.get("item", []), said)
        if below:
            written.append({"linkId": item["linkId"], "item": below})
        elif item["linkId"] in said:
            value = said[item["linkId"]]
            coded = next((option for option in item.get("answerOption", []) if option["valueCoding"]["code"] == value), None)
            given_ = {"valueCoding": coded["valueCoding"]} if coded else {"valueInteger": value} if item["type"] == "integer" else {"valueBoolean": value}
            written.append({"linkId": item["linkId"], "answer": [{"extension": [origin], **given_}]})
    return written


def places(node: Any, way: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place inside, as the keys and positions that lead there."""
    found = [way] if way else []
    for key, value in node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ():
        found += places(value, (*way, key))
    return found


def put(body: Json, way: tuple[Any, ...], value: Any) -> Json:
    changed = deepcopy(body)
    node: Any = changed
    for key in way[:-1]:
        node = node[key]
    assert node[way[-1]] is not node  # the place must still be there after what was put before
    node[way[-1]] = value
    return changed


ASKED = turn(begun()).response
GOOD = {**ASKED, "item": answered(ASKED["contained"][0]["item"], {"personal_cancer": "breast", "known_variant": False})}
PLACES = places({key: GOOD[key] for key in ("contained", "item", "questionnaire", "status", "extension")})
ODD = st.sampled_from(
    [None, True, 0, -1, "", "x" * 300, "#", [], {}, [[]], [None], {"linkId": 1}, {"item": "a"}, [{"linkId": ["a"]}], {"valueCoding": {"code": {}}}]
)


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(PLACES), ODD), min_size=1, max_size=3))
def test_whatever_is_put_wherever_the_answer_is_a_turn_or_a_refusal_that_says_where(changes: list[tuple[tuple[Any, ...], Any]]) -> None:
    body = GOOD
    for way, value in changes:
        try:
            body = put(body, way, value)
        except (KeyError, IndexError, TypeError):
            continue
    try:
        after = turn(body)
    except Refusal as refusal:
        assert refusal.issues and all(issue.text for issue in refusal.issues)
    else:
        assert after.response["status"] in ("in-progress", "completed")


def test_what_came_is_not_altered_and_the_same_response_gets_the_same_answer() -> None:
    before = deepcopy(GOOD)
    assert turn(GOOD).response == turn(deepcopy(GOOD)).response
    assert before == GOOD


def test_the_search_for_the_way_on_remembers_no_answer_of_an_interview() -> None:
    """R49: the memory of paths that orders share is not for interviews."""
    remembered = path_to_yes.remembered()
    turn(GOOD)
    assert path_to_yes.remembered() == remembered


def test_what_the_payer_knows_is_shown_for_review_and_counts() -> None:
    shown = [item["linkId"] for group in begun()["contained"][0]["item"] for item in group.get("item", [])]
    assert shown == ["known_variant"]
    assert turn(begun()).page.asks == ("personal_cancer",)


def test_an_answer_beyond_its_limit_is_taken_and_left_to_a_person() -> None:
    assert VOLUME.questionnaire is not None
    said: dict[str, Any] = {"personal_cancer": "none", "known_variant": False, "relatives_count": 400, "counseled": True, "tested_before": False}
    response = begun()
    for _ in range(8):
        after = turn(response)
        if after.done:
            break
        response = {**after.response, "item": answered(after.response["contained"][0]["item"], {**said, "result_decides": "surgery"})}
    assert after.page.outcome == "referred"
