"""A clinician answers an adaptive form: whatever is asked next is answered as told, until the payer says that it is complete."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from fhir_pa.provider.dtr.package import question
from fhir_pa.provider.elements import concept
from ig_profiles import json
from ig_profiles.names import COVERAGE_INFORMATION, HCPCS, INFORMATION_ORIGIN
from ig_profiles.reading import Json, extension_value, extensions, many
from questionnaires.form import items
from tests.stories.asking import SHORT_OF_OXYGEN
from tests.stories.ehr import Ehr, searchset
from tests.stories.parties import System

NEXT = "Questionnaire/$next-question"
PACKAGE = "Questionnaire/$questionnaire-package"
FIRST_MONTHS: Mapping[str, Any] = {
    "stage": "first",
    "first_visit_on": "2026-09-01",
    "test_on": "2026-10-01",
    "test_type": "psg",
    "ahi": 20,
    "events": 100,
    "instructed": True,
}


def pap_order(clinic: System, code: str = "E0601", **more: Any) -> Json:
    """An order of a positive airway pressure device for a patient of the clinic."""
    (order,) = clinic.plan.charts.by_patient[SHORT_OF_OXYGEN].orders
    kept = {key: value for key, value in order.items() if key != "extension"}
    return {**kept, "id": "pap-1", "codeCodeableConcept": concept(HCPCS, code), **more}


def package_of(clinic: System, *orders: Json, context: str | None = None, canonicals: tuple[str, ...] = ()) -> list[Json]:
    """The resources of the one package that is answered."""
    coverage = clinic.plan.charts.by_patient[SHORT_OF_OXYGEN].coverage
    answered = clinic.post(PACKAGE, question(coverage, orders, context, canonicals))
    (bundle,) = [part["resource"] for part in answered["parameter"] if part["resource"]["resourceType"] == "Bundle"]
    return [entry["resource"] for entry in bundle["entry"]]


def first_response(clinic: System, *orders: Json, context: str | None = None, canonicals: tuple[str, ...] = ()) -> Json:
    """The response an interview begins with."""
    return next(each for each in package_of(clinic, *orders, context=context, canonicals=canonicals) if each["resourceType"] == "QuestionnaireResponse")


def contained(response: Json) -> Json:
    """The form inside."""
    (form,) = response["contained"]
    return dict(form)


def asked_in(response: Json) -> list[str]:
    """The link ids of every question shown so far."""
    return [item["linkId"] for item in items(contained(response)) if item["type"] not in ("group", "display")]


def interview(clinic: System, response: Json, said: Mapping[str, Any]) -> Iterator[Json]:
    """Every turn's response, answered as told in between; ends when the payer completes the form."""
    for _ in range(20):
        response = clinic.post(NEXT, response)
        yield response
        if response["status"] == "completed":
            return
        response = filled(response, said)
    raise AssertionError("The interview does not end.")


def filled(response: Json, said: Mapping[str, Any]) -> Json:
    """The response with these answers to the questions it shows; an answer to a question not shown is left out."""
    written = _answer(many(contained(response), "item"), said)
    return {**response, **({"item": written} if written else {})}


def refusal(clinic: System, response: Json) -> Json:
    """The OperationOutcome of a response that is refused with 400."""
    answered = clinic.call("POST", NEXT, response)
    assert answered.status_code == 400, answered.text
    return dict(json.parse(answered.data))


def signed(clinic: System, code: str = "E0601", orderer_at_hand: bool = True, **more: Any) -> tuple[Json, str]:
    """The order as the hook answered it, and the assertion id it bears."""
    ehr, chart = Ehr(clinic), clinic.plan.charts.by_patient[SHORT_OF_OXYGEN]
    call = ehr.call(fhirServer=None, fhirAuthorization=None, **more)
    draft = pap_order(clinic, code, requester={"reference": f"Practitioner/{chart.clinician.practitioner['id']}"})
    call["context"]["draftOrders"]["entry"] = [{"resource": draft}]
    if orderer_at_hand:
        call["prefetch"] |= {"requester": searchset(chart.clinician.practitioner)}
    answer = ehr.ask(call)
    (order,) = [action["resource"] for action in answer["systemActions"]]
    return order, str(extension_value(extensions(order, COVERAGE_INFORMATION)[0], "coverage-assertion-id"))


def told_of(response: Json) -> dict[str, Any]:
    """What the coverage information on the response says."""
    (said,) = extensions(response, COVERAGE_INFORMATION)
    return {part["url"]: next(value for key, value in part.items() if key != "url") for part in many(said, "extension")}


def _answer(form: list[Json], said: Mapping[str, Any]) -> list[Json]:
    written = []
    for item in form:
        below = _answer(many(item, "item"), said)
        values = said.get(item["linkId"])
        answers = [_value(item, each) for each in (values if isinstance(values, list) else [values])] if values is not None else []
        if answers or below:
            written.append({"linkId": item["linkId"], "text": item["text"], **({"answer": answers} if answers else {"item": below})})
    return written


def _value(item: Json, value: Any) -> Json:
    key = {"boolean": "valueBoolean", "date": "valueDate", "decimal": "valueDecimal", "integer": "valueInteger", "choice": "valueCoding"}[item["type"]]
    if key == "valueCoding":
        listed = (option["valueCoding"] for option in many(item, "answerOption"))
        system = "http://fhir-pa.example/fhir/CodeSystem/cpap-answers"
        value = next((coding for coding in listed if coding["code"] == value), {"system": system, "code": value})
    return {"extension": [by_hand()], key: value}


def by_hand(practitioner: str = "Practitioner/dr-fenwick") -> Json:
    """The origin of an answer a clinician typed."""
    role = {"url": "role", "valueCodeableConcept": concept("http://nucc.org/provider-taxonomy", "207R00000X")}
    who = {"url": "practitioner", "valueReference": {"reference": practitioner}}
    return {"url": INFORMATION_ORIGIN, "extension": [{"url": "source", "valueCode": "manual"}, {"url": "author", "extension": [role, who]}]}
