"""Calls, orders, policies and a house to hand in: invented, small, and the same for every test of this floor."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from cds_hooks.answer import CoverageAnswer
from cds_hooks.given import Given
from cds_hooks.membership import MemberStanding, Standing
from cds_hooks.request import HookRequest, read
from cds_hooks.respond import respond
from cds_hooks.services import service
from ig_profiles.names import COVERAGE_INFORMATION, HCPCS, ICD10CM
from ig_profiles.reading import Coding, Json, extension_value, extensions, many
from questionnaires.criteria import Answer, Criterion, Evidence, Test
from questionnaires.library import Shelf, Volume
from questionnaires.policy import Certifies, Edition, RequestedService

TODAY = date(2026, 11, 21)
PAYER = "Larkfield Health Plan"
OXYGEN_FORM = "https://larkfield.example/fhir/Questionnaire/home-oxygen|2026.1"
POLICY_PAGE = "https://larkfield.example/policies/home-oxygen#criteria"

OXYGEN = Edition(
    topic="home_oxygen",
    version="2026.1",
    title="Home oxygen",
    owner="Medical policy",
    source="",
    signed_by="Ada Quill, MD",
    in_force_from=date(2026, 1, 1),
    in_force_until=date(2026, 12, 31),
    lines_of_business=(),
    services=(Coding(HCPCS, "E1390"), Coding(HCPCS, "E0431")),
    covered=True,
    authorization="needed",
    documentation=("clinical",),
    because="Home oxygen is covered when a test shows too little oxygen in the blood.",
    criteria=(
        Criterion("room_air", "The measurement was taken on room air", test=Test("room_air", "is", True), accepts=("the test report",)),
        Criterion("low", "A qualifying oxygen saturation", test=Test("spo2", "at_most", Decimal(88)), accepts=("a saturation at rest",)),
    ),
    certifies=Certifies(90),
    refer_to="nurse",
    questionnaire=OXYGEN_FORM,
    phone="555-555-0140",
    policy_link=POLICY_PAGE,
    fingerprint="f" * 64,
)
ANYTHING_ELSE = replace(
    OXYGEN,
    topic="anything_else",
    title="Services no other policy mentions",
    in_force_from=date(2000, 1, 1),
    in_force_until=None,
    services=(),
    documentation=(),
    because="No policy speaks about this service, so a nurse looks at the request.",
    criteria=(),
    certifies=None,
    questionnaire=None,
    phone=None,
    policy_link=None,
)
_NAMED = {"cosmetic": Coding(HCPCS, "X0001"), "walkers": Coding(HCPCS, "E0130")}
COSMETIC = replace(ANYTHING_ELSE, topic="cosmetic", title="Cosmetic services", services=(_NAMED["cosmetic"],), covered=False, because="It is excluded.")
FREE = replace(ANYTHING_ELSE, topic="walkers", title="Walkers", services=(_NAMED["walkers"],), authorization="not needed", because="No need to ask.")

ELM: Json = {
    "library": {
        "identifier": {"id": "HomeOxygen", "version": "2026.1"},
        "codeSystems": {"def": [{"name": "LOINC", "id": "http://loinc.org"}]},
        "codes": {"def": [{"name": "SpO2", "id": "59408-5", "codeSystem": {"name": "LOINC"}}]},
        "statements": {
            "def": [
                {
                    "name": "spo2",
                    "expression": {
                        "type": "Retrieve",
                        "dataType": "{http://hl7.org/fhir}Observation",
                        "codeProperty": "code",
                        "codes": {"type": "ToList", "operand": {"type": "CodeRef", "name": "SpO2"}},
                    },
                }
            ]
        },
    }
}


def shelf(*editions: Edition) -> Shelf:
    """A shelf with these editions, the usual ones when none are given; home oxygen has facts."""
    return Shelf(Volume(each, None, None, ELM if each.topic == "home_oxygen" else None, Path()) for each in editions or (OXYGEN, ANYTHING_ELSE, COSMETIC, FREE))


def found(spo2: str | None = None, room_air: bool | None = True) -> dict[str, Answer]:
    """Answers the chart gives: a saturation in percent, and whether it was measured on room air."""
    answers = {}
    if spo2 is not None:
        evidence = Evidence("spo2", f"{spo2} %", "Observation/1", "value", "2026-11-16")
        answers["spo2"] = Answer("spo2", (Decimal(spo2),), (evidence,))
    if room_air is not None:
        answers["room_air"] = Answer("room_air", (room_air,))
    return answers


def house(answers: Mapping[str, Answer] | None = None, standing: Standing = Standing.ACTIVE, **more: Any) -> Given:
    """A payer that found these answers in the chart and knows the member so."""
    given: dict[str, Any] = {
        "shelf": shelf(),
        "facts": lambda edition, resources: answers or {},
        "member_standing": lambda coverage, patient, on: MemberStanding(standing, "medicare-advantage"),
        "assertion_for": lambda order, coverage, carried: carried[0] if carried else f"assertion-{order.fingerprint[:8]}",
        "today": TODAY,
        "payer_name": PAYER,
        "public_url": "https://larkfield.example",
        "payer_phone": "555-555-0100",
    }
    return Given(**given | more)


def device_request(code: str = "E1390", identity: str = "order-1", **more: Any) -> Json:
    """A draft order for equipment, with content a rewriting server would lose."""
    return {
        "resourceType": "DeviceRequest",
        "id": identity,
        "extension": [{"url": "http://ehr.example/urgency-score", "valueDecimal": Decimal("1.0")}],
        "status": "draft",
        "_status": {"extension": [{"url": "http://ehr.example/why", "valueString": "typed"}]},
        "intent": "order",
        "codeCodeableConcept": {"coding": [{"system": HCPCS, "code": code, "display": "Oxygen concentrator"}]},
        "subject": {"reference": "Patient/p1"},
        "authoredOn": "2026-11-21",
        "requester": {"reference": "Practitioner/dr"},
        "reasonCode": [{"coding": [{"system": ICD10CM, "code": "J44.9"}]}],
        **more,
    }


def coverage(identity: str = "cov1", **more: Any) -> Json:
    """The patient's coverage with the payer."""
    payor = [{"display": PAYER}]
    return {"resourceType": "Coverage", "id": identity, "status": "active", "beneficiary": {"reference": "Patient/p1"}, "payor": payor, **more}


PATIENT: Json = {"resourceType": "Patient", "id": "p1"}


def bundle(*resources: Json) -> Json:
    """A Bundle with these resources."""
    return {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": resource} for resource in resources]}


def call(hook: str = "order-sign", *orders: Json, prefetch: Json | None = None, context: Json | None = None, **more: Any) -> Json:
    """The JSON of a hook call: with these drafts, the patient and the coverage, unless told otherwise."""
    drafts = orders or (device_request(),)
    names = [f"{one['resourceType']}/{one['id']}" for one in drafts]
    fields: dict[str, Json] = {
        "order-sign": {"userId": "Practitioner/dr", "draftOrders": bundle(*drafts)},
        "order-select": {"userId": "Practitioner/dr", "draftOrders": bundle(*drafts), "selections": names[:1]},
        "order-dispatch": {"dispatchedOrders": names, "performer": "Organization/shop"},
        "appointment-book": {"userId": "Practitioner/dr", "appointments": bundle(*drafts)},
        "encounter-start": {"userId": "Practitioner/dr", "encounterId": "e1"},
        "encounter-discharge": {"userId": "Practitioner/dr", "encounterId": "e1"},
    }
    brought = {"patient": PATIENT, "coverage": bundle(coverage())} if prefetch is None else prefetch
    if hook == "order-dispatch" and prefetch is None:
        brought["orders"] = bundle(*drafts)
    return {
        "hook": hook,
        "hookInstance": "b3b7a5c4-0000-4000-8000-000000000001",
        "context": {"patientId": "p1", **fields[hook], **(context or {})},
        "prefetch": brought,
        **more,
    }


def heard(body: Json, dialect: Any = "2.2") -> HookRequest:
    """The call as its own service at a base of this dialect reads it."""
    return read(body, service(f"{body['hook']}-crd"), dialect)


def configured(**switches: Any) -> Json:
    """The ``extension`` of a call that sets these switches (underscores stand for hyphens)."""
    return {"davinci-crd.configuration": {name.replace("_", "-"): value for name, value in switches.items()}}


def informed(body: Json, position: int = 0) -> list[Json]:
    """The coverage-information repetitions in one system action of an answer."""
    return extensions(body["systemActions"][position]["resource"], COVERAGE_INFORMATION)


def told(repetition: Json, name: str) -> Any:
    """One value of a repetition: the code, the text of a reason, or None."""
    value = extension_value(repetition, name)
    return value.get("text", value) if isinstance(value, dict) else value


def all_told(repetition: Json, name: str) -> list[Any]:
    """Every value of a repeating part."""
    return [value for part in many(repetition, "extension") if part["url"] == name for key, value in part.items() if key.startswith("value")]


def asks(*codes: Coding, **more: Any) -> RequestedService:
    """A requested service with these codes."""
    return RequestedService(codes, **more)


def answered(body: Json, dialect: Any = "2.2", given: Given | None = None) -> tuple[Json, tuple[CoverageAnswer, ...]]:
    """The answer to a call, and the answers to keep."""
    return respond(heard(body, dialect), given or house())


def only(body: Json, dialect: Any = "2.2", given: Given | None = None) -> Json:
    """The one repetition on the one order of the answer."""
    (repetition,) = informed(answered(body, dialect, given)[0])
    return repetition
