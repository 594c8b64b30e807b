"""The PAS Claim of a submission, for guide 2.0.1 and 2.2 (profile-claim; pas.md §1.12 rows 5-9 and 23)."""

from __future__ import annotations

from fhir_pa.provider.codes import HEALTH_SERVICES_REVIEW, INITIAL, ORDERING, REPORT_OF_KIND, REPORT_PROGRESS, UNIT_CODES
from fhir_pa.provider.elements import checked, concept, identifier, pas_extension, reference
from fhir_pa.provider.pas.submission import TRACES, Line, Submission
from ig_profiles.names import (
    CLAIM_TYPE,
    PAS_PROFILE,
    PAS_TEMP_CODES,
    PLACE_OF_SERVICE,
    PROCESS_PRIORITY,
    X12_CERTIFICATION_TYPE,
    X12_ENTITY,
    X12_REPORT_TYPE,
    X12_REQUEST_TYPE,
    X12_SERVICE_TYPE,
    X12_UNIT,
)
from ig_profiles.reading import Json, many


def claim_of(submission: Submission) -> Json:
    """The Claim, use preauthorization, one item for each line in the order they stand."""
    patient, coverage = submission.chart.patient, submission.chart.coverage
    diagnoses = _diagnoses(submission)
    return checked(
        {
            "resourceType": "Claim",
            "id": submission.number.lower(),
            "meta": {"profile": [f"{PAS_PROFILE}profile-claim"]},
            "extension": envelope(submission),
            "identifier": [identifier(TRACES, submission.number)],
            "status": "active",
            "type": concept(CLAIM_TYPE, "professional"),
            "use": "preauthorization",
            "patient": reference(patient),
            "created": submission.at.isoformat(timespec="seconds"),
            "insurer": reference(submission.practice.payer),
            "provider": reference(submission.practice.clinic),
            "priority": concept(PROCESS_PRIORITY, "normal"),
            "careTeam": [_orderer(submission)],
            "diagnosis": diagnoses,
            "supportingInfo": [supporting(number, document, submission.guide) for number, document in enumerate(submission.linked, 1)],
            "insurance": [{"sequence": 1, "focal": True, "coverage": reference(coverage)}],
            "item": [_item(number, line, submission, len(diagnoses)) for number, line in enumerate(submission.lines, 1)],
        }
    )


def supporting(sequence: int, document: Json, guide: str) -> Json:
    """One document as supporting information; 2.2 asks what kind of report it is (documentInformation)."""
    report = REPORT_OF_KIND.get(document["resourceType"], REPORT_PROGRESS)
    kind = {"url": "reportTypeCode", "valueCodeableConcept": concept(X12_REPORT_TYPE, report)}
    return {
        "extension": [pas_extension("documentInformation", extension=[kind])] if guide == "2.2" else [],
        "sequence": sequence,
        "category": concept(PAS_TEMP_CODES, "additionalInformation"),
        "valueReference": reference(document),
    }


def envelope(submission: Submission) -> list[Json]:
    """Who sends to whom (X12 GS02/GS03, ISA06/ISA08); 2.2 only, where subscriptions are filtered by the sender's id."""
    if submission.guide != "2.2":
        return []
    parts = {
        "applicationSenderCode": submission.sender,
        "applicationReceiverCode": submission.receiver,
        "interchangeSenderID": submission.sender,
        "interchangeReceiverID": submission.receiver,
    }
    return [pas_extension("TransmissionIdentifiers", extension=[{"url": name, "valueString": value} for name, value in parts.items()])]


def _orderer(submission: Submission) -> Json:
    whole_claim = pas_extension("careTeamClaimScope", valueBoolean=True)
    who = reference(submission.chart.clinician.role)
    return {"extension": [whole_claim], "sequence": 1, "provider": who, "role": concept(X12_ENTITY, ORDERING)}


def _diagnoses(submission: Submission) -> list[Json]:
    reasons = {each["coding"][0]["code"]: each for line in submission.lines for each in many(line.order, "reasonCode")}
    return [
        {"sequence": number, "diagnosisCodeableConcept": reason, "type": [concept(PAS_TEMP_CODES, "principal")] if number == 1 else []}
        for number, reason in enumerate(reasons.values(), 1)
    ]


def _item(sequence: int, line: Line, submission: Submission, diagnoses: int) -> Json:
    trace = pas_extension("itemTraceNumber", valueIdentifier=identifier(TRACES, f"{submission.number}-{sequence}"))
    period = {"servicedPeriod": {"start": str(line.starts), "end": str(line.ends)}} if line.ends else {"servicedDate": str(line.starts)}
    return {
        "extension": [
            trace,
            pas_extension("serviceItemRequestType", valueCodeableConcept=concept(X12_REQUEST_TYPE, HEALTH_SERVICES_REVIEW)),
            pas_extension("certificationType", valueCodeableConcept=concept(X12_CERTIFICATION_TYPE, INITIAL)),
            pas_extension("requestedService", valueReference=reference(line.order)),
        ],
        "sequence": sequence,
        "careTeamSequence": [1],
        "diagnosisSequence": list(range(1, diagnoses + 1)),
        "informationSequence": [number for number, _ in enumerate(submission.linked, 1)],
        "category": concept(X12_SERVICE_TYPE, line.service_type),
        "productOrService": line.code,
        **period,
        "locationCodeableConcept": concept(PLACE_OF_SERVICE, line.place),
        "quantity": {"value": line.units, "unit": line.unit, "system": X12_UNIT, "code": UNIT_CODES[line.unit]},
    }
