"""A filled-in form is held against its form: types, limits, choices, order, conditions, constraints and origins (dtr.md §1.7-1.9)."""

from __future__ import annotations

from copy import deepcopy
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ig_profiles.names import INFORMATION_ORIGIN, QUESTIONNAIRE_UNIT_OPTION, SDC
from ig_profiles.reading import Coding, Json
from questionnaires.library import open_shelf
from questionnaires.response_check import Filling, check_response

CORE = "http://hl7.org/fhir/StructureDefinition/"


def question(kind: str, link_id: str = "q", *extension: Json, **more: Any) -> Json:
    return {"linkId": link_id, "text": f"The {link_id}", "type": kind, **({"extension": list(extension)} if extension else {}), **more}


def form(*items: Json, **more: Any) -> Json:
    return {"resourceType": "Questionnaire", "item": list(items), **more}


def said(*answers: Json, link_id: str = "q") -> Json:
    return {"linkId": link_id, "answer": list(answers)}


def told(questionnaire: Json, *items: Json, **filling: Any) -> list[str]:
    """What the check says, with the place, in one line each."""
    issues = check_response({"resourceType": "QuestionnaireResponse", "item": list(items)}, Filling(questionnaire, **filling))
    return [f"{issue.expression}: {issue.text}" for issue in issues]


GOOD = [
    ("boolean", {"valueBoolean": True}),
    ("decimal", {"valueDecimal": Decimal("86.5")}),
    ("integer", {"valueInteger": 3}),
    ("date", {"valueDate": "2026-11-21"}),
    ("date", {"valueDate": "2026-11"}),
    ("dateTime", {"valueDateTime": "2026-11-21T09:30:00-05:00"}),
    ("time", {"valueTime": "09:30:00"}),
    ("string", {"valueString": "a"}),
    ("text", {"valueString": "a\nb"}),
    ("url", {"valueUri": "https://a.example"}),
    ("open-choice", {"valueString": "my own"}),
    ("attachment", {"valueAttachment": {"title": "a"}}),
    ("reference", {"valueReference": {"reference": "Observation/1"}}),
    ("quantity", {"valueQuantity": {"value": 3}}),
]


@pytest.mark.parametrize(("kind", "answer"), GOOD)
def test_an_answer_of_the_questions_type_is_taken(kind: str, answer: Json) -> None:
    assert told(form(question(kind)), said(answer)) == []


@pytest.mark.parametrize(
    ("kind", "answer", "mending"),
    [
        ("boolean", {"valueString": "yes"}, "Send valueBoolean."),
        ("boolean", {"valueBoolean": "true"}, "Write true or false, without quotes."),
        ("integer", {"valueInteger": True}, "Write a whole number"),
        ("decimal", {"valueDecimal": "86"}, "Write a number, without quotes."),
        ("date", {"valueDate": "21.11.2026"}, 'Write a date like "2026-11-21".'),
        ("date", {"valueDate": "2026-02-31"}, 'Write a date like "2026-11-21".'),
        ("dateTime", {"valueDateTime": "2026-11-21T09:30:00"}, "Write a moment like"),
        ("time", {"valueTime": "25:00:00"}, "Write a time like"),
        ("string", {"valueString": "   "}, "Write a text in quotes."),
        ("choice", {"valueBoolean": True}, "Send valueCoding or"),
        ("date", {"valueDate": "2026-11-21", "valueString": "x"}, "Keep one."),
    ],
)
def test_an_answer_of_another_type_is_named_with_what_to_write(kind: str, answer: Json, mending: str) -> None:
    (found,) = told(form(question(kind)), said(answer))
    assert mending in found and "QuestionnaireResponse.item[0].answer[0]" in found


@pytest.mark.parametrize(
    ("item", "answer", "mending"),
    [
        (question("decimal", "q", {"url": f"{CORE}minValue", "valueInteger": 50}), {"valueDecimal": 8}, "less than 50"),
        (question("integer", "q", {"url": f"{CORE}maxValue", "valueInteger": 100}), {"valueInteger": 101}, "more than 100"),
        (question("date", "q", {"url": f"{CORE}minValue", "valueDate": "2026-01-01"}), {"valueDate": "2025-12-31"}, "less than 2026-01-01"),
        (question("decimal", "q", {"url": f"{CORE}maxDecimalPlaces", "valueInteger": 1}), {"valueDecimal": Decimal("1.25")}, "Round it."),
        (question("string", maxLength=3), {"valueString": "four"}, "4 characters long and may have 3"),
        (question("string", "q", {"url": f"{CORE}minLength", "valueInteger": 3}), {"valueString": "no"}, "at least 3 characters"),
        (question("string", "q", {"url": f"{CORE}regex", "valueString": r"\d{10}"}), {"valueString": "12"}, "not written as the form asks"),
        (
            question("quantity", "q", {"url": QUESTIONNAIRE_UNIT_OPTION, "valueCoding": {"code": "kg"}}),
            {"valueQuantity": {"value": 1, "code": "lb"}},
            "Give it in kg",
        ),
        (
            question("attachment", "q", {"url": f"{CORE}mimeType", "valueCode": "application/pdf"}),
            {"valueAttachment": {"contentType": "a/b"}},
            "Attach application/pdf",
        ),
        (question("attachment", "q", {"url": f"{CORE}maxSize", "valueDecimal": 10}), {"valueAttachment": {"size": 11}}, "Attach a smaller file."),
        (
            question("reference", "q", {"url": f"{CORE}questionnaire-referenceResource", "valueCode": "Observation"}),
            {"valueReference": {"reference": "Patient/1"}},
            "Refer to a Observation",
        ),
    ],
)
def test_an_answer_beyond_the_limits_of_its_question_is_named(item: Json, answer: Json, mending: str) -> None:
    (found,) = told(form(item), said(answer))
    assert mending in found


CHOICES = [
    {"valueCoding": {"system": "urn:s", "code": "a"}},
    {"valueCoding": {"system": "urn:s", "code": "none"}, "extension": [{"url": f"{CORE}questionnaire-optionExclusive", "valueBoolean": True}]},
]


@pytest.mark.parametrize(
    ("answers", "mending"),
    [
        ([{"valueCoding": {"system": "urn:s", "code": "z"}}], "Choose from 'a', 'none'."),
        ([{"valueCoding": {"system": "urn:other", "code": "a"}}], "Choose from 'a', 'none'."),
        ([CHOICES[0], CHOICES[0]], "the same choice twice"),
        ([CHOICES[0], {"valueCoding": {"system": "urn:s", "code": "none"}}], "goes with no other"),
    ],
)
def test_choices_are_held_to_the_list(answers: list[Json], mending: str) -> None:
    (found,) = told(form(question("choice", repeats=True, answerOption=CHOICES)), said(*answers))
    assert mending in found


def test_a_choice_of_a_value_set_is_known_by_its_expansion_and_undecided_without() -> None:
    item = question("choice", answerValueSet="urn:set|1")
    answer = said({"valueCoding": {"system": "urn:s", "code": "z"}})
    assert told(form(item), answer) == []
    (found,) = told(form(item), answer, value_sets={"urn:set": (Coding("urn:s", "a"),)})
    assert "Choose from 'a'." in found


@pytest.mark.dtr_trap(18)
def test_a_choice_without_a_system_is_known_by_its_code() -> None:
    assert told(form(question("choice", answerOption=[{"valueCoding": {"code": "a"}}])), said({"valueCoding": {"system": "urn:s", "code": "a"}})) == []


GATED = form(
    question("boolean", "gate", required=True),
    question("group", "inner", enableWhen=[{"question": "gate", "operator": "=", "answerBoolean": True}], item=[question("integer", "deep", required=True)]),
)


@pytest.mark.dtr_trap(13, 18)
@pytest.mark.parametrize(
    ("items", "wrong"),
    [
        ([said({"valueBoolean": False}, link_id="gate")], []),
        ([said({"valueBoolean": True}, link_id="gate")], ["'The deep' has no answer, and needs one."]),
        ([], ["'The gate' has no answer, and needs one."]),
        (
            [said({"valueBoolean": False}, link_id="gate"), {"linkId": "inner", "item": [said({"valueInteger": 1}, link_id="deep")]}],
            ["'The inner' is not asked, given the other answers, and has an answer. Take its answers out, or correct the answer it depends on."],
        ),
    ],
)
def test_what_is_not_asked_needs_no_answer_and_may_have_none(items: list[Json], wrong: list[str]) -> None:
    """Disabled items are neither required nor kept, also below a disabled group."""
    assert [each.split(": ", 1)[1] for each in told(GATED, *items)] == wrong


def test_a_form_that_is_not_finished_may_lack_answers() -> None:
    assert told(GATED, finished=False) == []


@pytest.mark.parametrize(
    ("items", "mending"),
    [
        ([said({"valueInteger": 1}, link_id="deep")], "The form has it under 'inner': put it there."),
        ([said({"valueInteger": 1}, link_id="unknown")], "Take the item out, or correct its linkId."),
        ([{"answer": [{"valueInteger": 1}]}], "Give it the linkId of its question."),
        (
            [{"linkId": "inner", "item": [said({"valueInteger": 1}, link_id="deep")]}, said({"valueBoolean": True}, link_id="gate")],
            "Keep the order of the form.",
        ),
        ([said({"valueBoolean": True}, link_id="gate"), said({"valueBoolean": True}, link_id="gate")], "Keep one of them."),
        ([said({"valueBoolean": True}, {"valueBoolean": True}, link_id="gate")], "takes one answer and has 2"),
        ([said({}, link_id="gate")], "has an answer without a value"),
    ],
)
def test_what_stands_in_the_wrong_place_or_too_often_is_named(items: list[Json], mending: str) -> None:
    assert any(mending in found for found in told(GATED, *items))


def test_a_group_and_a_display_take_no_answer() -> None:
    questionnaire = form(question("group", "g", item=[question("string", "s")]), question("display", "d"))
    found = told(questionnaire, said({"valueString": "a"}, link_id="g"), said({"valueString": "a"}, link_id="d"))
    assert ["takes no answer" in each for each in found] == [True, True]


def test_a_repeating_group_is_counted_against_its_limits() -> None:
    limits = ({"url": f"{CORE}questionnaire-minOccurs", "valueInteger": 2}, {"url": f"{CORE}questionnaire-maxOccurs", "valueInteger": 3})
    questionnaire = form(question("group", "g", *limits, repeats=True, item=[question("string", "s")]))
    once = {"linkId": "g", "item": [said({"valueString": "a"}, link_id="s")]}
    assert "at least 2 times" in told(questionnaire, once)[0]
    assert told(questionnaire, once, once) == []
    assert "at most 3 times" in told(questionnaire, *[once] * 4)[0]


@pytest.mark.parametrize(
    ("url", "expression"),
    [
        (f"{SDC}sdc-questionnaire-targetConstraint", {"valueExpression": {"language": "text/fhirpath", "expression": "answer.value > 10"}}),
        (f"{CORE}questionnaire-constraint", {"valueString": "answer.value > 10"}),
    ],
)
def test_a_constraint_of_the_author_is_told_in_the_authors_words(url: str, expression: Json) -> None:
    rule = {
        "url": url,
        "extension": [
            {"url": "key", "valueId": "c-1"},
            {"url": "severity", "valueCode": "error"},
            {"url": "human", "valueString": "More than ten is needed."},
            {"url": "expression", **expression},
        ],
    }
    questionnaire = form(question("integer", "q", rule))
    (issue,) = check_response({"item": [said({"valueInteger": 3})]}, Filling(questionnaire))
    assert (issue.text, issue.constraint, issue.severity) == ("More than ten is needed.", "c-1", "error")
    assert told(questionnaire, said({"valueInteger": 11})) == []


def origin(source: str, *author: Json) -> Json:
    return {"extension": [{"url": INFORMATION_ORIGIN, "extension": [{"url": "source", "valueCode": source}, *author]}], "valueBoolean": True}


AUTHOR = {"url": "author", "extension": [{"url": "practitioner", "valueReference": {"reference": "Practitioner/1"}}]}


@pytest.mark.dtr_trap(10)
@pytest.mark.parametrize(
    ("answer", "guide", "mending"),
    [
        (origin("auto"), "2.0.1", None),
        (origin("auto-server"), "2.2", None),
        (origin("manual", AUTHOR), "2.2", None),
        (origin("auto"), "2.2", "Write auto-client, auto-server, override, manual."),
        (origin("auto-client"), "2.0.1", "Write auto, override, manual."),
        (origin("manual"), "2.2", "a person gave it: name the author (dtrx-1)"),
        (origin("auto", AUTHOR), "2.0.1", "no person gave it: take the author out (dtrx-1)"),
        ({"valueBoolean": True}, "2.2", "Give one information-origin"),
    ],
)
def test_each_answer_says_where_it_came_from_as_its_guide_knows_it(answer: Json, guide: Any, mending: str | None) -> None:
    """Per answer, an author exactly when a person gave it, the codes of the generation."""
    found = told(form(question("boolean")), said(answer), guide=guide)
    assert found == [] if mending is None else mending in found[0]


CPAP = open_shelf().volume("cpap").questionnaire
JUNK = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**40), 2**40) | st.text(max_size=8) | st.sampled_from(["stage", "ahi", "test"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["linkId", "item", "answer", "valueCoding", "valueDecimal", "valueDate", "extension", "url"]), inner, max_size=4)
    ),
    max_leaves=12,
)


@settings(max_examples=100, deadline=None)
@given(JUNK)
def test_no_response_makes_the_check_fall_over(junk: Any) -> None:
    assert CPAP is not None
    before = deepcopy(junk)
    check_response({"resourceType": "QuestionnaireResponse", "item": junk if isinstance(junk, list) else [junk]}, Filling(CPAP, guide="2.2"))
    assert junk == before
