"""PAS Bundles for tests, built from nothing for either generation: fictional people, numbers and places."""

from __future__ import annotations

import json
import os
import tarfile
from copy import deepcopy
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from fhir_pa.pas import extensions as ext
from ig_profiles.names import (
    CLAIM_TYPE,
    HCPCS,
    ICD10CM,
    IDENTIFIER_TYPE,
    NPI,
    PAS_TEMP_CODES,
    PLACE_OF_SERVICE,
    PROCESS_PRIORITY,
    X12_CERTIFICATION_TYPE,
    X12_ENTITY,
    X12_REQUEST_TYPE,
    X12_SERVICE_TYPE,
    X12_UNIT,
)
from ig_profiles.reading import Json

BASE = "http://oakwood.example/fhir"
TRACE = "http://oakwood.example/trace"
MEMBERS = "http://larkfield.example/members"
GUIDES = ("2.0.1", "2.2")


def concept(system: str, code: str) -> Json:
    return {"coding": [{"system": system, "code": code}]}


def extension(url: str, **value: Any) -> Json:
    return {"url": url, **value}


def entry(resource: Json) -> Json:
    return {"fullUrl": f"{BASE}/{resource['resourceType']}/{resource['id']}", "resource": resource}


def reference(resource: Json) -> Json:
    return {"reference": f"{resource['resourceType']}/{resource['id']}"}


CLINIC = {"resourceType": "Organization", "id": "oakwood", "active": True, "name": "Oakwood Clinic", "identifier": [{"system": NPI, "value": "9000000023"}]}
PAYER = {"resourceType": "Organization", "id": "larkfield", "active": True, "name": "Larkfield", "identifier": [{"system": NPI, "value": "9000000015"}]}
DOCTOR = {
    "resourceType": "Practitioner",
    "id": "thorne",
    "name": [{"family": "Thorne", "given": ["Mae"]}],
    "identifier": [{"system": NPI, "value": "9000000049"}],
}
ROLE = {"resourceType": "PractitionerRole", "id": "thorne-oakwood", "practitioner": reference(DOCTOR), "organization": reference(CLINIC)}
PATIENT = {
    "resourceType": "Patient",
    "id": "orla",
    "identifier": [{"system": MEMBERS, "value": "SYN-01"}, {"system": f"{BASE}/mrn", "value": "77"}],
    "name": [{"family": "Penhallow", "given": ["Orla"]}],
    "gender": "female",
    "birthDate": "1955-03-02",
}
COVERAGE = {
    "resourceType": "Coverage",
    "id": "card",
    "status": "active",
    "identifier": [{"type": concept(IDENTIFIER_TYPE, "MB"), "system": MEMBERS, "value": "SYN-01"}],
    "subscriberId": "S-900",
    "relationship": concept("http://terminology.hl7.org/CodeSystem/subscriber-relationship", "self"),
    "beneficiary": reference(PATIENT),
    "subscriber": reference(PATIENT),
    "payor": [reference(PAYER)],
}
ORDER = {
    "resourceType": "DeviceRequest",
    "id": "oxygen",
    "intent": "order",
    "codeCodeableConcept": concept(HCPCS, "E1390"),
    "subject": reference(PATIENT),
    "occurrencePeriod": {"start": "2026-11-22", "end": "2027-02-20"},
    "reasonCode": [concept(ICD10CM, "J96.11")],
}
SATURATION = {
    "resourceType": "Observation",
    "id": "spo2",
    "status": "final",
    "code": concept("http://loinc.org", "59408-5"),
    "subject": reference(PATIENT),
    "valueQuantity": {"value": Decimal("86.0"), "unit": "%"},
}
FORM = {"resourceType": "QuestionnaireResponse", "id": "form", "status": "completed", "subject": reference(PATIENT), "item": []}


def item(sequence: int = 1, code: str = "E1390", **given: Any) -> Json:
    node = {
        "extension": [
            extension(ext.ITEM_TRACE_NUMBER, valueIdentifier={"system": TRACE, "value": f"T-{sequence}"}),
            extension(ext.REQUEST_TYPE, valueCodeableConcept=concept(X12_REQUEST_TYPE, "HS")),
            extension(ext.CERTIFICATION_TYPE, valueCodeableConcept=concept(X12_CERTIFICATION_TYPE, "I")),
        ],
        "sequence": sequence,
        "careTeamSequence": [1],
        "diagnosisSequence": [1],
        "category": concept(X12_SERVICE_TYPE, "18"),
        "productOrService": concept(HCPCS, code),
        "servicedPeriod": {"start": "2026-11-22", "end": "2027-02-20"},
        "locationCodeableConcept": concept(PLACE_OF_SERVICE, "12"),
        "quantity": {"value": Decimal("3.0"), "unit": "month", "system": X12_UNIT, "code": "MO"},
        "unitPrice": {"value": Decimal("100.00"), "currency": "USD"},
    }
    return {**node, **given}


def claim(*items: Json, **given: Any) -> Json:
    node = {
        "resourceType": "Claim",
        "id": "c1",
        "identifier": [{"system": TRACE, "value": "C-1"}],
        "status": "active",
        "type": concept(CLAIM_TYPE, "professional"),
        "use": "preauthorization",
        "patient": reference(PATIENT),
        "created": "2026-11-20T12:00:00Z",
        "insurer": reference(PAYER),
        "provider": reference(CLINIC),
        "priority": concept(PROCESS_PRIORITY, "normal"),
        "careTeam": [
            {
                "extension": [extension(ext.CARE_TEAM_CLAIM_SCOPE, valueBoolean=False)],
                "sequence": 1,
                "provider": reference(ROLE),
                "role": concept(X12_ENTITY, "SJ"),
            }
        ],
        "diagnosis": [
            {"sequence": 1, "diagnosisCodeableConcept": concept(ICD10CM, "J96.11")},
            {"sequence": 2, "diagnosisCodeableConcept": concept(ICD10CM, "I10")},
        ],
        "supportingInfo": [
            {"sequence": 1, "category": concept(PAS_TEMP_CODES, "additionalInformation"), "valueReference": reference(FORM)},
            {"sequence": 2, "category": concept(PAS_TEMP_CODES, "admissionDates"), "timingPeriod": {"start": "2026-11-22", "end": "2026-11-25"}},
        ],
        "insurance": [{"sequence": 1, "focal": True, "coverage": reference(COVERAGE)}],
        "item": list(items) or [item()],
    }
    return {**node, **given}


def bundle(asked: Json | None = None, *more: Json, guide: str = "2.2") -> Json:
    """A request Bundle of this generation; ``more`` are further resources."""
    asked = deepcopy(asked or claim())
    if guide == "2.2":
        parts = {"applicationSenderCode": "OAK", "applicationReceiverCode": "LARK", "interchangeSenderID": "OAKISA", "interchangeReceiverID": "LARKISA"}
        inner = [extension(name, valueString=value) for name, value in parts.items()]
        asked.setdefault("extension", []).append(extension(ext.TRANSMISSION_IDENTIFIERS, extension=inner))
    resources = [asked, CLINIC, PAYER, PATIENT, COVERAGE, DOCTOR, ROLE, ORDER, SATURATION, FORM, *more]
    return {
        "resourceType": "Bundle",
        "identifier": {"system": "http://oakwood.example/message", "value": "M-1"},
        "type": "collection",
        "timestamp": "2026-11-20T12:00:00Z",
        "entry": [entry(deepcopy(resource)) for resource in resources],
    }


def package(name: str) -> dict[str, Json]:
    """The JSON files of a published FHIR package by file name; skips when the package is not at hand."""
    folder = Path(os.environ.get("FHIR_PA_PACKAGES", Path(__file__).parents[3] / "shared" / "packages"))
    path = folder / f"{name}.tgz"
    if not path.exists():
        pytest.skip(f"{path.name} is not in {folder}, so what it publishes was not tested (set FHIR_PA_PACKAGES)")
    with tarfile.open(path) as archive:
        files = {member.name: archive.extractfile(member) for member in archive if member.name.endswith(".json") and member.isfile()}
        return {name.removeprefix("package/"): json.loads(file.read(), parse_float=Decimal) for name, file in files.items() if file is not None}


def published_requests() -> dict[str, Json]:
    """Every request Bundle among the 2.0.1 examples, inquiries among them."""
    examples = {name: resource for name, resource in package("hl7.fhir.us.davinci-pas-2.0.1").items() if name.startswith("example/Bundle-")}
    return {name: found for name, found in examples.items() if found["entry"][0]["resource"]["resourceType"] == "Claim"}
