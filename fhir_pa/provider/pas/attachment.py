"""The Parameters of $submit-attachment: documents that arrive after the request (CDex 2.1 §attachments; pas.md rule 84)."""

from __future__ import annotations

from fhir_pa.provider.elements import checked, concept, identifier
from fhir_pa.provider.pas.submission import Submission
from fhir_pa.provider.wire import parameters
from ig_profiles.names import LOINC, NPI
from ig_profiles.reading import Json, identifier_value

ANSWERED_FORM = "102089-0"  # LOINC: what a QuestionnaireResponse, which bears no type of its own, is sent as


def attachment_of(submission: Submission, tracking: Json, documents: dict[int, Json], final: bool = True) -> Json:
    """Documents, or answered forms, by the sequence of the item each belongs to; ``tracking`` is the Identifier the payer knows the case by."""
    patient, practice = submission.chart.patient, submission.practice
    member = next(each for each in submission.chart.coverage["identifier"])
    clinic, clinician, payer = (
        identifier(NPI, identifier_value(each, NPI) or "") for each in (practice.clinic, submission.chart.clinician.practitioner, practice.payer)
    )
    parts: list[Json] = [
        {"name": "TrackingId", "valueIdentifier": tracking},
        {"name": "AttachTo", "valueCode": "preauthorization"},
        {"name": "PayerId", "valueIdentifier": payer},
        {"name": "OrganizationId", "valueIdentifier": clinic},
        {"name": "ProviderId", "valueIdentifier": clinician},
        {"name": "MemberId", "valueIdentifier": member},
        *(_attachment(sequence, document, patient) for sequence, document in documents.items()),
        {"name": "Final", "valueBoolean": final},
    ]
    return checked(parameters(*parts))


def _attachment(sequence: int, document: Json, patient: Json) -> Json:
    if document["subject"]["reference"] != f"Patient/{patient['id']}":
        raise ValueError(f"{document['resourceType']}/{document['id']} is about somebody else.")
    line = {"name": "LineItem", "valueString": str(sequence)}
    code = document.get("type") or concept(LOINC, ANSWERED_FORM)
    return {"name": "Attachment", "part": [line, {"name": "Code", "valueCodeableConcept": code}, {"name": "Content", "resource": document}]}
