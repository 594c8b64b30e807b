"""The PAS inquiry Bundle: query by example for one member, by the payer's number where we know it (pas.md §1.8)."""

from __future__ import annotations

from fhir_pa.provider.codes import HEALTH_SERVICES_REVIEW, INITIAL
from fhir_pa.provider.elements import checked, concept, identifier, pas_extension, reference
from fhir_pa.provider.pas.claim import envelope
from fhir_pa.provider.pas.request import INQUIRY, collection
from fhir_pa.provider.pas.submission import TRACES, Submission
from ig_profiles.names import CLAIM_TYPE, PAS_PROFILE, PROCESS_PRIORITY, X12_CERTIFICATION_TYPE, X12_REQUEST_TYPE
from ig_profiles.reading import Json


def inquiry_of(submission: Submission, number: str) -> Json:
    """The Bundle that asks how every requested service of this submission stands now; ``number`` names the inquiry itself."""
    claim = checked(
        {
            "resourceType": "Claim",
            "id": number.lower(),
            "meta": {"profile": [f"{PAS_PROFILE}profile-claim-inquiry"]},
            "extension": envelope(submission),
            "identifier": [identifier(TRACES, submission.number if submission.guide == "2.0.1" else number)],
            "status": "active",
            "type": concept(CLAIM_TYPE, "professional"),
            "use": "preauthorization",
            "patient": reference(submission.chart.patient),
            "created": submission.at.isoformat(timespec="seconds"),
            "insurer": reference(submission.practice.payer),
            "provider": reference(submission.practice.clinic),
            "priority": concept(PROCESS_PRIORITY, "normal"),
            "insurance": [{"sequence": 1, "focal": True, "coverage": reference(submission.chart.coverage)}],
            "item": [_item(sequence, submission) for sequence, _ in enumerate(submission.lines, 1)],
        }
    )
    return collection(claim, submission.known(), submission, INQUIRY)


def _item(sequence: int, submission: Submission) -> Json:
    trace = pas_extension("itemTraceNumber", valueIdentifier=identifier(TRACES, f"{submission.number}-{sequence}"))
    return {
        "extension": [
            trace,
            pas_extension("serviceItemRequestType", valueCodeableConcept=concept(X12_REQUEST_TYPE, HEALTH_SERVICES_REVIEW)),
            pas_extension("certificationType", valueCodeableConcept=concept(X12_CERTIFICATION_TYPE, INITIAL)),
        ],
        "sequence": sequence,
        "productOrService": submission.lines[sequence - 1].code,
    }
