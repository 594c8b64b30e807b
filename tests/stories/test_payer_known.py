"""What the payer has on file of a member fills the next form, marked as the payer's finding; nobody else's record does."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from fhir_pa.provider.dtr.package import question
from ig_profiles.names import INFORMATION_ORIGIN
from ig_profiles.reading import Json, extension_value, extensions, many
from questionnaires.form import items
from tests.stories.asking import SHORT_OF_OXYGEN, oxygen, submit
from tests.stories.interviewing import PACKAGE, by_hand, contained, package_of
from tests.stories.parties import SUPPLIER, System, trace

OXYGEN_FORM = "http://fhir-pa.example/fhir/Questionnaire/home-oxygen"
TEST_FORM = "http://fhir-pa.example/fhir/Questionnaire/hereditary-cancer-test"


def answered(response: Json) -> dict[str, Json]:
    return {item["linkId"]: item["answer"][0] for item in items(response) if "answer" in item}


def draft(clinic: System, canonical: str) -> Json:
    return next(each for each in package_of(clinic, canonicals=(canonical,)) if each["resourceType"] == "QuestionnaireResponse")


@pytest.mark.requirement("dtr-2.0.1:322", "dtr-2.0.1:175")
def test_a_member_nothing_is_known_of_gets_an_empty_draft_and_one_that_asked_before_a_filled_one(clinic: System) -> None:
    before = draft(clinic, OXYGEN_FORM)
    assert answered(before) == {} and before["subject"] == {"reference": f"Patient/{SHORT_OF_OXYGEN}"}
    submit(clinic, oxygen(clinic))
    given = answered(draft(clinic, OXYGEN_FORM))
    assert {"spo2", "tested_on"} <= set(given)
    source = {"2.0.1": "auto", "2.2": "auto-server"}[clinic.guide]
    for each in given.values():
        (origin,) = extensions(each, INFORMATION_ORIGIN)
        assert extension_value(origin, "source") == source and not extensions(origin, "author")


@pytest.mark.parametrize("written", ["86.10", "86.1", "86.0", "86"])
def test_a_number_that_comes_unchanged_from_the_record_keeps_the_digits_it_was_written_with(clinic: System, written: str) -> None:
    asked = oxygen(clinic)
    documents = tuple(measured(each, Decimal(written)) for each in asked.documents)
    submit(clinic, replace(asked, documents=documents))
    assert str(answered(draft(clinic, OXYGEN_FORM))["spo2"]["valueDecimal"]) == written


def measured(document: Json, value: Decimal) -> Json:
    """An observation of a saturation, with this value."""
    quantity = document.get("valueQuantity", {})
    return {**document, "valueQuantity": {**quantity, "value": value}} if quantity.get("code") == "%" and quantity.get("value", 0) > 60 else document


def test_what_one_providers_system_sent_fills_no_form_of_another(clinic: System) -> None:
    submit(clinic, oxygen(clinic))
    other = System(clinic.plan, SUPPLIER, clinic.guide)
    coverage = clinic.plan.charts.by_patient[SHORT_OF_OXYGEN].coverage
    told = other.post(PACKAGE, question(coverage, (), None, (OXYGEN_FORM,)))
    (response,) = [each for each in many(told, "parameter", "resource", "entry", "resource") if each["resourceType"] == "QuestionnaireResponse"]
    assert answered(response) == {}


def filled(clinic: System, **said: Any) -> Json:
    """A form about an inherited cancer test, filled by hand for this member."""
    form, response, *_ = package_of(clinic, canonicals=(TEST_FORM,))
    origin = by_hand(f"Practitioner/{clinic.plan.charts.by_patient[SHORT_OF_OXYGEN].clinician.practitioner['id']}")
    return {**response, "status": "completed", "authored": "2026-11-01T12:00:00Z", "item": _filled(form["item"], said, origin)}


def _filled(form: list[Json], said: dict[str, Any], origin: Json) -> list[Json]:
    written: list[Json] = []
    for item in form:
        below = _filled(item.get("item", []), said, origin)
        if item["linkId"] in said:
            value = said[item["linkId"]]
            coded = next(({"valueCoding": coding} for coding in many(item, "answerOption", "valueCoding") if coding["code"] == value), None)
            answer = {"extension": [origin], **(coded or {"valueBoolean": value})}
            written.append({"linkId": item["linkId"], "text": item["text"], "answer": [answer]})
        elif below:
            written.append({"linkId": item["linkId"], "text": item["text"], "item": below})
    return written


def test_an_answer_that_stays_true_is_offered_again_and_one_that_may_change_is_not(clinic: System) -> None:
    asked = oxygen(clinic)
    form = filled(clinic, personal_cancer="breast", known_variant=False, counseled=True)
    submit(clinic, replace(asked, number=trace(), documents=(form, *asked.documents)))
    standard = answered(draft(clinic, TEST_FORM))
    assert set(standard) == {"personal_cancer", "known_variant"}
    step_by_step = draft(clinic, f"{TEST_FORM}-adaptive")
    assert set(answered(step_by_step)) == {"personal_cancer", "known_variant"}
    shown = [item["linkId"] for item in items(contained(step_by_step)) if item["type"] not in ("group", "display")]
    assert shown == ["personal_cancer", "known_variant"], "what is known is there to be checked, and nothing is asked yet"
