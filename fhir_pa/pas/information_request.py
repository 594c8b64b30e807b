"""Pended for want of evidence -> CommunicationRequest and Task: what to send, for which item, where to, by when.

Source: PAS §additionalinfo, profile-communicationrequest, profile-task (pas.md §1.9 rules 80-83, traps 61-63). The answer
comes by CDex ``$submit-attachment``, its TrackingId being the control number given here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from fhir_pa.pas import codes
from fhir_pa.pas import extensions as ext
from fhir_pa.pas.answering import Answering, instant, profile
from fhir_pa.pas.asked import coding_of
from fhir_pa.pas.extensions import simple
from fhir_pa.pas.ids import stable_uuid
from fhir_pa.um.authorization import Authorization, Item
from ig_profiles.names import LOINC, PAS_TEMP_CODES
from ig_profiles.reading import Coding, Json, many, one

MEDICAL_RECORDS = Coding(LOINC, "11503-0", "Medical records")


@dataclass(frozen=True)
class Asks:
    """The entries to add to the Bundle, and the references to the CommunicationRequests among them."""

    entries: list[Json]
    references: list[Json]


@dataclass(frozen=True)
class Need:
    """One document wanted for one item, with the reason in the payer's words."""

    item: Item
    document: Coding
    facts: tuple[str, ...]


def control_number(authorization: Authorization, sequence: int, document: Coding) -> str:
    """The attachment control number under which a document for this item is awaited."""
    return f"{authorization.reference}-{sequence}-{document.code}"


def needs(answering: Answering) -> tuple[Need, ...]:
    """What pended items still lack: one document may show several facts."""
    found: dict[tuple[int, Coding], Need] = {}
    for item in answering.authorization.pended:
        for finding in item.determination.findings:
            for fact in finding.missing:
                document = answering.documents.get(fact, MEDICAL_RECORDS)
                before = found.get((item.sequence, document), Need(item, document, ()))
                found[item.sequence, document] = Need(item, document, tuple(dict.fromkeys((*before.facts, fact))))
    return tuple(found.values())


def information_requests(answering: Answering, response: Json) -> Asks:
    """The requests for everything still needed; an inquiry's answer bears the Task only (pas.md rule 79, trap 50)."""
    wanted = needs(answering)
    if not wanted:
        return Asks([], [])
    asked = [] if answering.form == "inquiry" else [_communication_request(need, answering, response) for need in wanted]
    task = _task(wanted, answering, response)
    return Asks([*asked, task], [{"reference": entry["fullUrl"]} for entry in asked])


def _communication_request(need: Need, answering: Answering, response: Json) -> Json:
    authorization, sequence = answering.authorization, need.item.sequence
    line = simple(ext.SERVICE_LINE_NUMBER, "PositiveInt", sequence)
    about = [simple(ext.COMMUNICATED_DIAGNOSIS, "CodeableConcept", {"coding": [coding_of(coding)]}) for coding in need.item.requested.service.diagnoses]
    number = control_number(authorization, sequence, need.document)
    resource: Json = {
        "resourceType": "CommunicationRequest",
        "id": stable_uuid("CommunicationRequest", number),
        "meta": profile("profile-communicationrequest", answering.guide),
        "extension": [line] if answering.is_2_2 else None,
        "identifier": [{"system": f"{answering.base_url}/CommunicationRequest", "value": number}],
        "status": "active",
        "category": [codes.report_type_concept(codes.SUPPORTING_DOCUMENT)],
        "medium": [{"coding": [{"system": PAS_TEMP_CODES, "code": "CDEX"}]}],
        "subject": response["patient"],
        "payload": [{"extension": about if answering.is_2_2 else [line, *about], "contentString": need.document.code}],
        "authoredOn": instant(answering.at),
        "requester": response["insurer"],
        "recipient": [response["insurer"]],
        "sender": response["requestor"],
        "note": [{"text": _sentence(need)}],
    }
    return {"fullUrl": f"{answering.base_url}/CommunicationRequest/{resource['id']}", "resource": resource}


def _sentence(need: Need) -> str:
    document = need.document.display or f"LOINC {need.document.code}"
    return f"Item {need.item.sequence}: send what shows {', '.join(need.facts)} ({document}). {need.item.determination.because}"


def _task(wanted: tuple[Need, ...], answering: Answering, response: Json) -> Json:
    authorization = answering.authorization
    payer = {"identifier": _payer_identifier(answering)}
    resource: Json = {
        "resourceType": "Task",
        "id": stable_uuid("Task", authorization.reference),
        "meta": profile("profile-task", answering.guide),
        "identifier": [response["identifier"][0]],
        "status": "requested",
        "intent": "order",
        "code": _coded("attachment-request-code"),
        "for": response["patient"],
        "authoredOn": instant(answering.at),
        "requester": payer,
        "owner": payer,
        "reasonCode": _coded("priorAuthorization"),
        "reasonReference": response["request"],
        "restriction": {"period": {"end": instant(authorization.clock.legal_due_at)}},
        "input": [
            {"type": _coded("payer-url"), "valueUrl": f"{answering.base_url}/$submit-attachment"},
            *(_input(need, answering) for need in wanted),
        ],
    }
    return {"fullUrl": f"{answering.base_url}/Task/{resource['id']}", "resource": resource}


def _input(need: Need, answering: Answering) -> Json:
    sequence = need.item.sequence
    line = simple(ext.SERVICE_LINE_NUMBER, "PositiveInt", sequence) if answering.is_2_2 else simple(ext.LINE_NUMBER_2_0, "Integer", sequence)
    return {"extension": [line], "type": _coded("attachments-needed"), "valueCodeableConcept": {"coding": [coding_of(need.document)]}}


def _payer_identifier(answering: Answering) -> Json:
    """The insurer's own identifier as the request gives it; the payer's base URL when it gives none."""
    insurer = answering.asked.index.resolve(answering.asked.claim.resource.get("insurer"), answering.asked.claim)
    given: Any = next((item for item in many(insurer.resource if insurer else None, "identifier") if isinstance(item, dict)), None)
    given = given or one(answering.asked.claim.resource, "insurer", "identifier")
    return given if isinstance(given, dict) else {"system": "urn:ietf:rfc:3986", "value": answering.base_url}


def _coded(code: str) -> Json:
    return {"coding": [{"system": PAS_TEMP_CODES, "code": code}]}
