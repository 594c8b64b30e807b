"""Every hook answers every kind of order over HTTP, in both dialects, and refuses what is broken with the status of the table."""

from __future__ import annotations

from typing import Any

import pytest

from cds_hooks.services import HOOKS
from ig_profiles import json
from ig_profiles.names import COVERAGE_INFORMATION, HCPCS, ICD10CM
from ig_profiles.reading import Json, extension_value, extensions, many, text
from tests.cds_hooks.builders import bundle, call, coverage, told
from tests.cds_hooks.published import resources
from tests.cds_hooks.rules import broken_rules
from tests.stories.asking import BORDERLINE, SHORT_OF_OXYGEN
from tests.stories.conftest import Caller
from tests.stories.ehr import Ehr, said, searchset
from tests.stories.parties import System

DIALECT = {"2.0.1": "2.0", "2.2": "2.2"}
WALKER = {"coding": [{"system": HCPCS, "code": "E0130"}], "text": "walker"}
WHO = {"reference": "Practitioner/dr"}
PATIENT = {"reference": "Patient/p1"}
CONTENT = "http://hl7.org/fhir/5.0/StructureDefinition/extension-CommunicationRequest.payload.content[x]"
ORDERS: dict[str, Json] = {
    "CommunicationRequest": {"subject": PATIENT, "requester": WHO, "payload": [{"extension": [{"url": CONTENT, "valueCodeableConcept": WALKER}]}]},
    "DeviceRequest": {"subject": PATIENT, "requester": WHO, "codeCodeableConcept": WALKER, "authoredOn": "2026-11-21"},
    "MedicationRequest": {
        "subject": PATIENT,
        "requester": WHO,
        "contained": [{"resourceType": "Medication", "id": "m", "code": WALKER}],
        "medicationReference": {"reference": "#m"},
    },
    "NutritionOrder": {"patient": PATIENT, "orderer": WHO, "dateTime": "2026-11-21", "enteralFormula": {"baseFormulaType": WALKER}},
    "ServiceRequest": {"subject": PATIENT, "requester": WHO, "code": WALKER, "occurrenceDateTime": "2026-12-01"},
    "VisionPrescription": {"patient": PATIENT, "prescriber": WHO, "dateWritten": "2026-11-21", "lensSpecification": [{"product": WALKER}]},
}
VISITS: dict[str, Json] = {
    "Appointment": {"status": "proposed", "serviceType": [WALKER], "start": "2026-12-01T09:00:00Z", "end": "2026-12-01T09:30:00Z"},
    "Encounter": {"status": "planned", "class": {"code": "IMP"}, "type": [WALKER], "subject": PATIENT, "reasonCode": [{"coding": [{"system": ICD10CM}]}]},
}


def asked(hook: str, kind: str) -> Json:
    """A call of this hook about one resource of this type, everything it needs prefetched."""
    resource = {"resourceType": kind, "id": "x1", **ORDERS.get(kind, VISITS.get(kind, {}))}
    dispatch = {"order-dispatch": {"orders": bundle(resource)}, "encounter-start": {"encounter": resource}, "encounter-discharge": {"encounter": resource}}
    patient = {"resourceType": "Patient", "id": "p1"}
    prefetch = {"patient": patient, "coverage": searchset(coverage()), **dispatch.get(hook, {})}
    return call(hook, resource, prefetch=prefetch, context={"encounterId": "x1"} if hook.startswith("encounter") else None)


def posted(caller: Caller, body: Json) -> Any:
    base = caller.base.replace("/fhir", "/cds-services")
    return caller.http.post(f"{base}/{body['hook']}-crd", data=json.dump(body), content_type="application/json")


def answered(caller: Caller, body: Json) -> Json:
    answer = posted(caller, body)
    assert answer.status_code == 200, answer.text
    return dict(json.parse(answer.data))


def informed(answer: Json) -> list[Json]:
    """The coverage information of every order."""
    return [item for action in many(answer, "systemActions") for item in extensions(action["resource"], COVERAGE_INFORMATION)]


@pytest.mark.trap(22)
@pytest.mark.requirement("crd-2.0.1:152", "crd-2.0.1:153", "crd-2.2:hook-4", "crd-2.2:resp-29")
@pytest.mark.parametrize("kind", ORDERS)
@pytest.mark.parametrize("hook", ["order-sign", "order-select", "order-dispatch"])
def test_an_order_of_every_type_is_answered_at_every_hook_that_orders(hook: str, kind: str, caller: Caller) -> None:
    (repetition,) = informed(answered(caller, asked(hook, kind)))
    assert broken_rules(repetition, DIALECT[caller.guide]) == set()
    assert told(repetition, "pa-needed") == "auth-needed" and "No policy of the plan speaks about this service" in told(repetition, "reason")
    assert "walker" in told(repetition, "reason")


@pytest.mark.requirement("crd-2.0.1:184", "crd-2.2:hook-26", "crd-2.2:hook-19")
@pytest.mark.parametrize(("hook", "kind"), [("appointment-book", "Appointment"), ("encounter-start", "Encounter"), ("encounter-discharge", "Encounter")])
def test_visits_are_answered_at_their_hooks(hook: str, kind: str, caller: Caller) -> None:
    answer = answered(caller, asked(hook, kind))
    (repetition,) = informed(answer)
    assert broken_rules(repetition, DIALECT[caller.guide]) == set() and told(repetition, "pa-needed") == "auth-needed"
    assert answer["systemActions"][0]["resource"]["resourceType"] == kind
    assert answer["systemActions"][0]["description"].endswith(f"added to {kind}/x1")


@pytest.mark.trap(17)
@pytest.mark.requirement("crd-2.2:resp-47")
def test_an_appointment_for_an_order_is_answered_where_its_guide_has_room(caller: Caller) -> None:
    order = {"resourceType": "ServiceRequest", "id": "s1", **ORDERS["ServiceRequest"]}
    body = asked("appointment-book", "Appointment")
    body["context"]["appointments"]["entry"][0]["resource"]["basedOn"] = [{"reference": "ServiceRequest/s1"}]
    body["prefetch"]["order"] = order
    (action,) = answered(caller, body)["systemActions"]
    assert action["resource"]["resourceType"] == {"2.0.1": "Appointment", "2.2": "ServiceRequest"}[caller.guide]


def test_a_task_that_dispatches_an_order_stands_for_it_and_says_when(caller: Caller) -> None:
    body = asked("order-dispatch", "DeviceRequest")
    period = {"start": "1999-01-01", "end": "1999-01-31"}
    task = {"resourceType": "Task", "id": "t1", "status": "requested", "focus": {"reference": "DeviceRequest/x1"}, "restriction": {"period": period}}
    body["context"] |= {"dispatchedOrders": ["DeviceRequest/x1"], "fulfillmentTasks": [task]}
    (repetition,) = informed(answered(caller, body))
    assert "No policy of An unnamed payer is on file for the day of this service." in told(repetition, "reason")
    body["context"] |= {"dispatchedOrders": ["Task/t1"], "fulfillmentTasks": [{**task, "restriction": None}]}
    (action,) = answered(caller, body)["systemActions"]
    assert (action["resource"]["resourceType"], action["resource"]["id"]) == ("DeviceRequest", "x1")


@pytest.mark.requirement("crd-2.0.1:152", "crd-2.0.1:164", "crd-2.2:hook-16", "crd-2.2:found-34")
@pytest.mark.parametrize("hook", [hook.name for hook in HOOKS])
def test_the_published_orders_go_through_every_hook(hook: str, caller: Caller) -> None:
    examples = list(resources("hl7.fhir.us.davinci-crd-2.0.1", "package/example").values())
    if caller.guide != "2.0.1":  # another payer's answer of the older guide stays on its order, and is no 2.2
        examples = [one for one in examples if not extensions(one, COVERAGE_INFORMATION)]
    orders = [one for one in examples if one["resourceType"] in {*ORDERS, *VISITS, "Task"}]
    others = bundle(*(one for one in examples if one not in orders and one["resourceType"] not in ("Patient", "Coverage")))
    patient = {"resourceType": "Patient", "id": "p1"}
    encounter = next(one for one in orders if one["resourceType"] == "Encounter")
    body = call(
        hook,
        *orders,
        prefetch={"patient": patient, "coverage": coverage(), "others": others, "orders": bundle(*orders)},
        context={"encounterId": encounter["id"]} if hook.startswith("encounter") else None,
    )
    if hook == "order-select":
        body["context"]["selections"] = [f"{one['resourceType']}/{one['id']}" for one in orders]
    answer = answered(caller, body)
    assert len(answer["systemActions"]) == {"appointment-book": 1, "encounter-start": 1, "encounter-discharge": 1}.get(hook, len(answer["systemActions"])) >= 1
    mine = [item for item in informed(answer) if extension_value(item, "coverage") == {"reference": "Coverage/cov1"}]
    assert mine and [broken_rules(item, DIALECT[caller.guide]) for item in mine] == [set()] * len(mine)


def without(body: Json, *names: str) -> Json:
    return {name: value for name, value in body.items() if name not in names}


@pytest.fixture
def ehr(clinic: System) -> Ehr:
    """The clinic's EHR."""
    return Ehr(clinic)


FAULTS: dict[str, tuple[Any, tuple[int, int], str]] = {
    "a list": (lambda ehr: [ehr.call()], (400, 400), "not a JSON object"),
    "no hook": (lambda ehr: without(ehr.call(), "hook"), (422, 400), "does not name its hook"),
    "another hook": (lambda ehr: {**ehr.call(), "hook": "order-select"}, (400, 400), "listens to order-sign"),
    "context is a list": (lambda ehr: {**ehr.call(), "context": []}, (422, 400), "needs an object with"),
    "no drafts": (lambda ehr: {**ehr.call(), "context": without(ehr.call()["context"], "draftOrders")}, (422, 400), "context.draftOrders is missing"),
    "drafts are no Bundle": (
        lambda ehr: {**ehr.call(), "context": {**ehr.call()["context"], "draftOrders": {"resourceType": "List"}}},
        (422, 400),
        "context.draftOrders is a List",
    ),
    "a version not spoken": (lambda ehr: ehr.call(extension={"davinci-crd.requestedVersion": "1.0"}), (422, 422), "Ask for one of 2.0, 2.1, 2.2"),
    "no coverage to be had": (
        lambda ehr: ehr.call(prefetch={"patient": ehr.clinic.plan.charts.by_patient[SHORT_OF_OXYGEN].patient}, fhirServer=None),
        (412, 412),
        "Send it as prefetch",
    ),
    "no coverage on record": (lambda ehr: ehr.call(prefetch={"coverage": searchset()}, fhirServer=None), (412, 400), "overage"),
    "another payer's coverage": (lambda ehr: ehr.call(prefetch={"coverage": searchset(_others(ehr))}), (200, 400), "another payer"),
}


def _others(ehr: Ehr) -> Json:
    chart = ehr.clinic.plan.charts.by_patient[SHORT_OF_OXYGEN]
    return {**chart.coverage, "payor": [{"identifier": {"system": "http://hl7.org/fhir/sid/us-npi", "value": "9000000019"}}]}


@pytest.mark.trap(11)
@pytest.mark.requirement("crd-2.0.1:158", "crd-2.0.1:162", "crd-2.0.1:163", "crd-2.2:hook-9", "crd-2.2:hook-10", "crd-2.2:hook-13")
@pytest.mark.parametrize("fault", FAULTS)
def test_a_broken_call_has_the_status_of_its_dialect_and_an_outcome_that_tells_how_to_mend_it(fault: str, ehr: Ehr) -> None:
    body, statuses, words = FAULTS[fault]
    answer = ehr.send(body(ehr))
    status = dict(zip(("2.0.1", "2.2"), statuses, strict=True))[ehr.clinic.guide]
    assert answer.status_code == status, answer.text
    parsed = json.parse(answer.data)
    if status == 200:
        assert "Ask the payer it names" in said(parsed)[0].reasons[0]
    else:
        assert parsed["resourceType"] == "OperationOutcome" and words in str(text(parsed, "issue", "details", "text"))


@pytest.mark.trap(12)
@pytest.mark.requirement("crd-2.2:found-32", "crd-2.2:conf-12", "cds-hooks-2.0:54")
@pytest.mark.parametrize(
    "changed",
    [
        {"fhirAuthorization": {"access_token": "expired", "token_type": "Bearer"}},
        {"fhirAuthorization": None},
        {"fhirServer": "http://169.254.169.254/fhir"},
        {"hookInstance": None},
        {"extension": {"davinci-crd.configuration": ["odd", {"cost": "false"}], "other": 1}},
    ],
)
def test_what_is_only_missing_or_odd_is_no_error(changed: Json, ehr: Ehr) -> None:
    (told_,) = ehr.sign(BORDERLINE, **changed)
    assert (told_.covered, told_.pa_needed) == ("covered", "auth-needed")


def test_an_encounter_without_coverage_is_answered_with_nothing_in_the_first_dialect(caller: Caller) -> None:
    body = asked("encounter-start", "Encounter")
    del body["prefetch"]["coverage"]
    answer = posted(caller, body)
    expected: Any = (200, {"cards": []}) if caller.guide == "2.0.1" else (412, "OperationOutcome")
    parsed = json.parse(answer.data)
    assert (answer.status_code, parsed if caller.guide == "2.0.1" else parsed["resourceType"]) == expected
