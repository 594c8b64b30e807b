"""Answers from a form, and what the record adds to them or holds against them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from ig_profiles.names import INFORMATION_ORIGIN
from ig_profiles.reading import Coding, Json
from questionnaires.answers import merge, read_response
from questionnaires.criteria import Answer, Circumstances, Criterion, Evidence, Test, Truth, weigh
from questionnaires.facts import Fact

STATES = "http://a.example/states"
FORM: Json = {
    "item": [
        {
            "linkId": "test",
            "type": "group",
            "text": "Test",
            "item": [
                {
                    "linkId": "spo2",
                    "type": "decimal",
                    "text": "Saturation",
                    "extension": [{"url": "http://hl7.org/fhir/StructureDefinition/questionnaire-unit", "valueCoding": {"code": "%"}}],
                },
                {
                    "linkId": "pulse",
                    "type": "quantity",
                    "text": "Pulse",
                    "extension": [{"url": "http://hl7.org/fhir/StructureDefinition/questionnaire-unitOption", "valueCoding": {"code": "/min"}}],
                },
                {"linkId": "tested_on", "type": "date", "text": "Day"},
                {"linkId": "room_air", "type": "boolean", "text": "Room air?"},
                {
                    "linkId": "state",
                    "type": "choice",
                    "text": "State",
                    "answerOption": [{"valueCoding": {"system": STATES, "code": "rest", "display": "At rest"}}],
                },
                {"linkId": "symptoms", "type": "string", "text": "Symptoms", "repeats": True},
            ],
        }
    ]
}
TODAY = Circumstances(date(2026, 11, 21), date(2026, 11, 21))


def said(link_id: str, *answers: Json, **more: Any) -> dict[str, Answer]:
    response = {
        "resourceType": "QuestionnaireResponse",
        "id": "qr",
        "item": [{"linkId": "test", "item": [{"linkId": link_id, "answer": list(answers)}]}],
        **more,
    }
    return dict(read_response(FORM, response))


@pytest.mark.parametrize(
    ("link_id", "given", "value"),
    [
        ("spo2", {"valueDecimal": Decimal("86.0")}, Decimal("86.0")),
        ("spo2", {"valueInteger": 86}, Decimal(86)),
        ("spo2", {"valueQuantity": {"value": Decimal(86), "code": "%"}}, Decimal(86)),
        ("tested_on", {"valueDate": "2026-11-20"}, date(2026, 11, 20)),
        ("room_air", {"valueBoolean": False}, False),
        ("state", {"valueCoding": {"system": STATES, "code": "rest"}}, Coding(STATES, "rest", "At rest")),
        ("state", {"valueCoding": {"code": "rest"}}, Coding(STATES, "rest", "At rest")),
        ("symptoms", {"valueString": "Headache"}, "Headache"),
    ],
)
def test_an_answer_is_read_as_its_question_asks(link_id: str, given: Json, value: Any) -> None:
    assert said(link_id, given)[link_id].values == (value,)


def test_a_repeating_question_keeps_every_answer() -> None:
    assert said("symptoms", {"valueString": "Headache"}, {"valueString": "Confusion"})["symptoms"].values == ("Headache", "Confusion")


def test_questions_without_an_answer_and_link_ids_nobody_asked_are_absent() -> None:
    assert said("spo2") == {}
    assert said("unknown", {"valueString": "x"}) == {}


@pytest.mark.parametrize("given", [{"valueString": "eighty-six"}, {"valueQuantity": {"value": 86, "comparator": "<", "code": "%"}}, {"valueBoolean": True}])
def test_an_answer_of_another_kind_leaves_the_criterion_unknown(given: Json) -> None:
    rule = Criterion("low", "Low", test=Test("spo2", "at_most", Decimal(88)))
    assert weigh(rule, said("spo2", given), TODAY).truth is Truth.UNKNOWN


def test_a_number_in_a_unit_the_form_does_not_offer_is_not_taken_for_a_number() -> None:
    rule = Criterion("fast", "Fast", test=Test("pulse", "above", Decimal(1)))
    assert weigh(rule, said("pulse", {"valueQuantity": {"value": Decimal("1.4"), "code": "/s"}}), TODAY).truth is Truth.UNKNOWN
    assert weigh(rule, said("pulse", {"valueQuantity": {"value": Decimal(84), "code": "/min"}}), TODAY).truth is Truth.MET


def test_a_choice_the_form_does_not_list_is_disputed_and_so_unknown() -> None:
    answers = said("state", {"valueCoding": {"system": "http://other.example", "code": "rest", "display": "Ruhe"}})
    assert answers["state"].disputed == "The form says 'Ruhe', which is not among its choices."
    rule = Criterion("rest", "Rest", test=Test("state", "is", "rest"))
    assert weigh(rule, answers, TODAY).truth is Truth.UNKNOWN


def test_origin_author_place_and_time_of_an_answer_become_its_evidence() -> None:
    author = {"url": "author", "extension": [{"url": "practitioner", "valueReference": {"reference": "Practitioner/okafor"}}]}
    origin = {"url": INFORMATION_ORIGIN, "extension": [{"url": "source", "valueCode": "override"}, author]}
    (evidence,) = said("spo2", {"extension": [origin], "valueDecimal": 86}, authored="2026-11-21T10:00:00Z")["spo2"].evidence
    assert evidence.origin == "override by Practitioner/okafor"
    assert (evidence.value, evidence.resource, evidence.recorded_on) == ("86 %", "QuestionnaireResponse/qr", "2026-11-21T10:00:00Z")
    assert evidence.element == "item.where(linkId='spo2')"


def test_form_and_record_that_agree_stand_together() -> None:
    found = Fact("spo2", Decimal("86.0"), (Evidence("spo2", "86", "Observation/1"),))
    both = merge(said("spo2", {"valueDecimal": 86}), {"spo2": found})["spo2"]
    assert both.disputed is None
    assert [each.resource for each in both.evidence] == ["QuestionnaireResponse/qr", "Observation/1"]


def test_form_and_record_that_disagree_make_the_criterion_unknown_and_say_why() -> None:
    found = Fact("spo2", Decimal(91), (Evidence("spo2", "91", "Observation/1"),))
    answers = merge(said("spo2", {"valueDecimal": 86}), {"spo2": found})
    assert answers["spo2"].disputed == "The form says 86 %, the attached Observation says 91 %."
    finding = weigh(Criterion("low", "Saturation is low", test=Test("spo2", "at_most", Decimal(88))), answers, TODAY)
    assert (finding.truth, finding.because) == (Truth.UNKNOWN, "Saturation is low: The form says 86 %, the attached Observation says 91 %.")


@pytest.mark.parametrize(
    ("link_id", "given", "fact"),
    [
        ("tested_on", {"valueDate": "2026-11-20"}, Fact("tested_on", "2026-11-20T09:30:00-05:00")),
        ("state", {"valueCoding": {"system": STATES, "code": "rest"}}, Fact("state", (Coding("http://loinc.org", "x"), Coding(STATES, "rest")))),
        ("symptoms", {"valueString": "headache "}, Fact("symptoms", "Headache")),
    ],
)
def test_the_same_said_another_way_is_no_dispute(link_id: str, given: Json, fact: Fact) -> None:
    assert merge(said(link_id, given), {link_id: fact})[link_id].disputed is None


def test_the_record_alone_answers_too_and_a_fact_in_trouble_does_not() -> None:
    found = {"spo2": Fact("spo2", Decimal(86), unit="%"), "room_air": Fact("room_air", trouble="'room_air' could not be computed.")}
    assert merge({}, found) == {"spo2": Answer("spo2", (Decimal(86),), unit="%")}
