"""A request of which no message is on file -> the least request Bundle that says the same: what answers about a simulated case rest on.

`fhir-pa simulate --keep` decides by the same rules, and nothing of it came over the wire; so answers, inquiries and
previews are written from what the case itself states. It is never kept as something that was received.
"""

from __future__ import annotations

from datetime import datetime

from fhir_pa.pas.extensions import CERTIFICATION_TYPE, ITEM_TRACE_NUMBER, REQUEST_TYPE, simple
from fhir_pa.pas.ids import stable_uuid
from fhir_pa.um.deciding.request import AuthorizationRequest, Identifier, Party, RequestedItem
from ig_profiles.names import (
    CLAIM_TYPE,
    DATA_ABSENT_REASON_EXTENSION,
    PLACE_OF_SERVICE,
    PROCESS_PRIORITY,
    X12_CERTIFICATION_TYPE,
    X12_REQUEST_TYPE,
    X12_SERVICE_TYPE,
)
from ig_profiles.reading import Coding, Json, without_empty

INITIAL, HEALTH_SERVICES_REVIEW, MEDICAL_CARE, IN_OFFICE = "I", "HS", "1", "11"


def stated_claim(request: AuthorizationRequest, at: datetime) -> Json:
    """The request Bundle, asked at that moment: the Claim first, then the member, the coverage, who asks and who pays."""
    name = request.trace_numbers[0].value if request.trace_numbers else request.member.name
    urls = {kind: f"urn:uuid:{stable_uuid(kind, name)}" for kind in ("Claim", "Patient", "Coverage", "Requestor", "Insurer")}
    resources = {
        "Claim": _claim(request, urls, request.created_at or at),
        "Patient": _member(request),
        "Coverage": {
            "resourceType": "Coverage",
            "status": "active",
            "beneficiary": {"reference": urls["Patient"]},
            "payor": [{"reference": urls["Insurer"]}],
        },
        "Requestor": _organization(request.requestor),
        "Insurer": _organization(request.payer),
    }
    bundle = {
        "resourceType": "Bundle",
        "identifier": _identifier(request.trace_numbers[0]) if request.trace_numbers else None,
        "type": "collection",
        "timestamp": at.isoformat(timespec="milliseconds"),
        "entry": [{"fullUrl": urls[kind], "resource": {**resource, "id": urls[kind].removeprefix("urn:uuid:")}} for kind, resource in resources.items()],
    }
    return dict(without_empty(bundle))


def _claim(request: AuthorizationRequest, urls: dict[str, str], at: datetime) -> Json:
    diagnoses = [{"sequence": number, "diagnosisCodeableConcept": _concept(code)} for number, code in enumerate(request.diagnoses, start=1)]
    return {
        "resourceType": "Claim",
        "identifier": [_identifier(each) for each in request.trace_numbers],
        "status": "active",
        "type": {"coding": [{"system": CLAIM_TYPE, "code": "professional"}]},
        "use": "preauthorization",
        "patient": {"reference": urls["Patient"]},
        "created": at.isoformat(timespec="seconds"),
        "insurer": {"reference": urls["Insurer"]},
        "provider": {"reference": urls["Requestor"]},
        "priority": {"coding": [{"system": PROCESS_PRIORITY, "code": "stat" if request.urgent else "normal"}]},
        "diagnosis": diagnoses,
        "insurance": [{"sequence": 1, "focal": True, "coverage": {"reference": urls["Coverage"]}}],
        "item": [_item(item, len(diagnoses)) for item in request.items],
    }


def _item(item: RequestedItem, diagnoses: int) -> Json:
    service = item.service
    until = {"servicedPeriod": {"start": str(service.on), "end": str(service.until)}} if service.on and service.until else {}
    return {
        "extension": [
            *(simple(ITEM_TRACE_NUMBER, "Identifier", _identifier(each)) for each in item.trace_numbers),
            _coded(REQUEST_TYPE, X12_REQUEST_TYPE, item.request_type or HEALTH_SERVICES_REVIEW),
            _coded(CERTIFICATION_TYPE, X12_CERTIFICATION_TYPE, INITIAL),
        ],
        "sequence": item.sequence,
        "diagnosisSequence": list(range(1, diagnoses + 1)),
        "category": _concept(item.category or Coding(X12_SERVICE_TYPE, MEDICAL_CARE)),
        "productOrService": {"coding": [{"system": code.system, "code": code.code, "display": code.display} for code in service.codes]},
        "modifier": [_concept(each) for each in item.modifiers],
        **(until or {"servicedDate": str(service.on) if service.on else None}),
        "locationCodeableConcept": {"coding": [{"system": PLACE_OF_SERVICE, "code": service.place or IN_OFFICE}]},
        "quantity": {"value": service.quantity, "unit": service.unit or "unit"} if service.quantity is not None else None,
    }


def _member(request: AuthorizationRequest) -> Json:
    member = request.member
    return {
        "resourceType": "Patient",
        "identifier": [_identifier(each) for each in member.identifiers if each.system],
        "name": [{"text": member.name, "family": member.name.rpartition(" ")[2]}] if member.name else None,
        "gender": "unknown",
        "birthDate": member.birth_date.isoformat() if member.birth_date else None,
    }


def _organization(party: Party) -> Json:
    unknown = {"extension": [{"url": DATA_ABSENT_REASON_EXTENSION, "valueCode": "unknown"}]}
    known = [_identifier(each) for each in party.identifiers]
    return {"resourceType": "Organization", "active": True, "name": party.name, "identifier": known, "telecom": [unknown], "address": [unknown]}


def _identifier(identifier: Identifier) -> Json:
    return {"system": identifier.system, "value": identifier.value}


def _concept(code: Coding) -> Json:
    return {"coding": [{"system": code.system, "code": code.code, "display": code.display}]}


def _coded(url: str, system: str, code: str) -> Json | None:
    return simple(url, "CodeableConcept", {"coding": [{"system": system, "code": code}]})
