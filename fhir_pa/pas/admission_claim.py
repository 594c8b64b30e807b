"""A notice of an emergency admission -> the PAS request Bundle that its facility has not sent yet: what the notice's case rests on.

Kept in place of a request, so that inquiry, notification, update and review read the case as they read every other.
"""

from __future__ import annotations

from datetime import datetime

from fhir_pa.pas.event_days import ADMISSION
from fhir_pa.pas.extensions import CERTIFICATION_TYPE, ITEM_TRACE_NUMBER, LEVEL_OF_SERVICE, REQUEST_TYPE, simple
from fhir_pa.pas.ids import stable_uuid
from fhir_pa.um.deciding.request import Identifier
from fhir_pa.um.on_file.rendered import HOSPITAL
from fhir_pa.um.stays.admission import Admission
from ig_profiles.names import (
    CLAIM_TYPE,
    NPI,
    PAS_TEMP_CODES,
    PLACE_OF_SERVICE,
    PROCESS_PRIORITY,
    X12_CERTIFICATION_TYPE,
    X12_LEVEL_OF_SERVICE,
    X12_REQUEST_TYPE,
)
from ig_profiles.reading import Coding, Json, without_empty

INITIAL, ADMISSION_REVIEW, EMERGENCY = "I", "AR", "03"


def admission_claim(told: Admission, trace: Identifier, insurer: Json, at: datetime) -> Json:
    """The request Bundle: the Claim first, then the member, the coverage, the facility and the payer."""
    member = told.member.identifiers[0]
    identifier = {"system": trace.system, "value": trace.value}
    urls = {kind: f"urn:uuid:{stable_uuid(kind, trace.value)}" for kind in ("Claim", "Patient", "Coverage", "Facility", "Insurer")}
    patient = {"resourceType": "Patient", "identifier": [vars(member)], "name": [{"text": told.member.name}] if told.member.name else None}
    if told.member.birth_date:
        patient["birthDate"] = told.member.birth_date.isoformat()
    coverage = {
        "resourceType": "Coverage",
        "status": "active",
        "subscriberId": member.value,
        "beneficiary": {"reference": urls["Patient"]},
        "payor": [{"reference": urls["Insurer"]}],
    }
    facility = {"resourceType": "Organization", "active": True, "name": told.facility.name, "identifier": [{"system": NPI, "value": told.facility.npi}]}
    resources = {"Claim": _claim(told, identifier, urls, at), "Patient": patient, "Coverage": coverage, "Facility": facility, "Insurer": insurer}
    bundle = {
        "resourceType": "Bundle",
        "identifier": identifier,
        "type": "collection",
        "timestamp": at.isoformat(timespec="milliseconds"),
        "entry": [{"fullUrl": urls[kind], "resource": resource} for kind, resource in resources.items()],
    }
    return dict(without_empty(bundle))


def _claim(told: Admission, identifier: Json, urls: dict[str, str], at: datetime) -> Json:
    return {
        "resourceType": "Claim",
        "extension": [_coded(LEVEL_OF_SERVICE, X12_LEVEL_OF_SERVICE, EMERGENCY)],
        "identifier": [identifier],
        "status": "active",
        "type": {"coding": [{"system": CLAIM_TYPE, "code": "institutional"}]},
        "use": "preauthorization",
        "patient": {"reference": urls["Patient"]},
        "created": at.isoformat(timespec="seconds"),
        "insurer": {"reference": urls["Insurer"]},
        "provider": {"reference": urls["Facility"]},
        "priority": {"coding": [{"system": PROCESS_PRIORITY, "code": "stat"}]},
        "supportingInfo": [
            {"sequence": 1, "category": {"coding": [{"system": PAS_TEMP_CODES, "code": ADMISSION}]}, "timingDate": told.began_at.date().isoformat()}
        ],
        "diagnosis": [{"sequence": number, "diagnosisCodeableConcept": {"coding": [_coding(code)]}} for number, code in enumerate(told.diagnoses, start=1)],
        "insurance": [{"sequence": 1, "focal": True, "coverage": {"reference": urls["Coverage"]}}],
        "item": [
            {
                "extension": [
                    {"url": ITEM_TRACE_NUMBER, "valueIdentifier": identifier},
                    _coded(REQUEST_TYPE, X12_REQUEST_TYPE, ADMISSION_REVIEW),
                    _coded(CERTIFICATION_TYPE, X12_CERTIFICATION_TYPE, INITIAL),
                ],
                "sequence": 1,
                "diagnosisSequence": list(range(1, len(told.diagnoses) + 1)),
                "productOrService": {"coding": [_coding(told.bed)]},
                "servicedDate": told.began_at.date().isoformat(),
                "locationCodeableConcept": {"coding": [{"system": PLACE_OF_SERVICE, "code": HOSPITAL}]},
            }
        ],
    }


def _coded(url: str, system: str, code: str) -> Json | None:
    return simple(url, "CodeableConcept", {"coding": [{"system": system, "code": code}]})


def _coding(code: Coding) -> Json:
    return {"system": code.system, "code": code.code, "display": code.display}
