"""An order that fits its CRD profile still fits it with our answer on it: every kind of order, both generations, every kind of answer."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from cds_hooks.granting import Granted
from cds_hooks.membership import Standing
from cds_hooks.orders import PAYLOAD_CONTENT
from cds_hooks.profiles import profile_of
from ig_profiles.names import COVERAGE_INFORMATION, HCPCS
from ig_profiles.reading import extensions
from ig_profiles.registry import open_set
from ig_profiles.validator import validate
from tests.cds_hooks.builders import OXYGEN, PATIENT, TODAY, answered, bundle, call, coverage, found, house, shelf

GUIDE = {"2.0": "2.0.1", "2.2": "2.2"}
CODE = {"coding": [{"system": HCPCS, "code": "E1390", "display": "Oxygen concentrator"}], "text": "Oxygen concentrator"}
P, DOCTOR = {"reference": "Patient/p1"}, {"reference": "Practitioner/dr"}
ROLE = {"reference": "PractitionerRole/r1"}
V3 = "http://terminology.hl7.org/CodeSystem/"
ORDERED = {"status": "draft", "intent": "order", "subject": P, "requester": DOCTOR, "authoredOn": "2026-11-21"}
VISIT_PEOPLE = [
    {"actor": P, "status": "tentative", "required": "required"},
    {"type": [{"coding": [{"system": f"{V3}v3-ParticipationType", "code": "PPRF"}]}], "actor": DOCTOR, "status": "tentative", "required": "required"},
]


def resources(dialect):
    content = {"url": PAYLOAD_CONTENT, "valueCodeableConcept": CODE}
    return {
        "Appointment": {
            "status": "proposed",
            "serviceType": [CODE],
            "start": "2026-12-01T09:00:00Z",
            "end": "2026-12-01T09:30:00Z",
            "requestedPeriod": [{"start": "2026-12-01", "end": "2026-12-02"}],
            "participant": VISIT_PEOPLE,
        },
        "CommunicationRequest": {
            **{key: value for key, value in ORDERED.items() if key != "intent"},
            "basedOn": [{"reference": "ServiceRequest/s9"}],
            "payload": [{"extension": [content], "contentString": "Oxygen concentrator"}],
        },
        "DeviceRequest": {**ORDERED, "codeCodeableConcept": CODE},
        "Encounter": {
            "status": "planned",
            "class": {"system": f"{V3}v3-ActCode", "code": "IMP"},
            "type": [CODE],
            "subject": P,
            "location": [{"location": {"reference": "Location/l1"}}],
        },
        "MedicationRequest": {**ORDERED, "medicationCodeableConcept": CODE},
        "NutritionOrder": {
            "status": "draft",
            "intent": "order",
            "patient": P,
            "dateTime": "2026-11-21",
            "orderer": DOCTOR,
            "enteralFormula": {"baseFormulaType": CODE},
        },
        "ServiceRequest": {**ORDERED, "code": CODE, "occurrenceDateTime": "2026-12-01"},
        "VisionPrescription": {
            "status": "draft",
            "patient": P,
            "created": "2026-11-21",
            "dateWritten": "2026-11-21",
            "prescriber": DOCTOR,
            "lensSpecification": [{"product": CODE, "eye": "left"}],
        },
    }


KINDS = list(resources("2.0"))
PROVEN = {"grant": lambda wanted: Granted("PA-1", TODAY, date(2027, 2, 18), Decimal(1), "each")}
HOUSES = {
    "asked for": house(found()),
    "granted": house(found("86"), **PROVEN),
    "not covered": house(shelf=shelf(replace(OXYGEN, covered=False))),
    "free": house(shelf=shelf(replace(OXYGEN, authorization="not needed"))),
    "nobody we know": house(standing=Standing.UNKNOWN_MEMBER),
    "out of reach": house(standing=Standing.UNREACHABLE),
}


def faults(resource, dialect):
    found_ = validate(resource, open_set(GUIDE[dialect]), profile_of(resource, dialect), strict=True)
    return [f"{issue.expression}: {issue.text}" for issue in found_ if issue.severity in ("fatal", "error")]


def hook_of(kind):
    return {"Appointment": "appointment-book", "Encounter": "encounter-start"}.get(kind, "order-sign")


@pytest.mark.requirement("crd-2.2:resp-47", "crd-2.0.1:272", "crd-2.0.1:273", "crd-2.0.1:274", "crd-2.0.1:275", "crd-2.0.1:276", "crd-2.0.1:277")
@pytest.mark.parametrize("dialect", GUIDE)
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("situation", HOUSES)
def test_what_fits_its_profile_still_fits_it_with_our_answer(situation, kind, dialect):
    resource = {"resourceType": kind, "id": "x1", **resources(dialect)[kind]}
    assert faults(resource, dialect) == [], "the order fits before"
    hook = hook_of(kind)
    prefetch = {"patient": PATIENT, "coverage": bundle(coverage())} | ({"encounter": resource} if kind == "Encounter" else {})
    body = call(hook, resource, prefetch=prefetch, context={"encounterId": "x1"} if kind == "Encounter" else None)
    answer, _ = answered(body, dialect, HOUSES[situation])
    (action,) = answer["systemActions"]
    assert extensions(action["resource"], COVERAGE_INFORMATION) and faults(action["resource"], dialect) == []
