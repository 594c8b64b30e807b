"""Pended for want of evidence -> CommunicationRequests and Tasks: what to send, for which item, where to, by when.

Source: PAS §additionalinfo, profile-communicationrequest, profile-task (pas.md §1.9 rules 80-83, traps 61-63). The answer
comes by CDex ``$submit-attachment``, its TrackingId being the control number given here. Where the answered form is
wanted, that number is also the DTR context under which the form is fetched, and a trace number of the item. What is
awaited no more can still be read, as completed or as called off; the guide's CommunicationRequest is active only, so such
a one is FHIR's own and claims no profile.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from fhir_pa.pas import codes
from fhir_pa.pas import extensions as ext
from fhir_pa.pas.answering import Answering, instant, profile
from fhir_pa.pas.asked import coding_of, spoken_diagnoses
from fhir_pa.pas.extensions import simple
from fhir_pa.pas.ids import stable_uuid
from fhir_pa.um.case.authorization import Authorization
from fhir_pa.um.case.item import Item
from fhir_pa.um.deciding.information_request import QUESTIONNAIRE, InformationRequest
from fhir_pa.um.reviewing.no_longer_asked import no_longer_asked
from ig_profiles.names import LOINC, PAS_TEMP_CODES
from ig_profiles.reading import Json, many, one

WHATEVER_ITS_AGE = "18793-0"  # LOINC, attachment modifiers: no time limit on what is sent
DOCUMENTS, FORMS = "attachment-request-code", "attachment-request-questionnaire"  # the two kinds of Task


Stands = Literal["open", "came", "called off"]
TASK: dict[Stands, str] = {"open": "requested", "came": "completed", "called off": "cancelled"}
REQUEST: dict[Stands, str] = {"open": "active", "came": "completed", "called off": "revoked"}


@dataclass(frozen=True)
class Asks:
    """The entries to add to the Bundle, and the references to the CommunicationRequests among them."""

    entries: list[Json]
    references: list[Json]


@dataclass(frozen=True)
class Need:
    """One thing wanted for one item, since when, and what became of it."""

    item: Item
    request: InformationRequest
    since: datetime
    stands: Stands = "open"

    @property
    def kind(self) -> str:
        """The kind of Task it goes into."""
        return FORMS if self.request.questionnaire else DOCUMENTS


def control_number(authorization: Authorization, sequence: int, document: str) -> str:
    """The attachment control number under which a document (LOINC) for this item is awaited."""
    return f"{authorization.reference}-{sequence}-{document}"


def form_asked_for(control: str) -> tuple[str, int] | None:
    """The reference and sequence in the control number of a form that is wanted; None for any other text.

    >>> form_asked_for("PR0001-2-102089-0"), form_asked_for("PR0001-2-18748-4"), form_asked_for("OAK-17")
    (('PR0001', 2), None, None)
    """
    reference, _, sequence = control.removesuffix(f"-{QUESTIONNAIRE}").rpartition("-")
    return (reference, int(sequence)) if control.endswith(f"-{QUESTIONNAIRE}") and sequence.isascii() and sequence.isdigit() else None


def needs(authorization: Authorization) -> tuple[Need, ...]:
    """What pended items still lack."""
    return tuple(Need(item, request, item.determination.decided_at) for item in authorization.pended for request in item.determination.asks)


def needs_before(authorization: Authorization) -> tuple[Need, ...]:
    """What was wanted once and is awaited no more."""
    return tuple(Need(each.item, each.request, each.asked_at, "came" if each.came else "called off") for each in no_longer_asked(authorization))


def form_contexts(item: Item, answering: Answering) -> list[Json | None]:
    """The trace numbers of an item that are DTR contexts: one for each form that is wanted for it (pas.md rule 80)."""
    wanted = [need for need in needs(answering.authorization) if need.item.sequence == item.sequence and need.kind == FORMS]
    return [simple(ext.ITEM_TRACE_NUMBER, "Identifier", _control(need, answering)) for need in wanted]


def information_requests(answering: Answering, response: Json) -> Asks:
    """The requests for everything still needed; an inquiry's answer bears the Tasks only (pas.md rule 79, trap 50)."""
    wanted = needs(answering.authorization)
    asked = [] if answering.form == "inquiry" else [_communication_request(need, answering, response) for need in wanted]
    return Asks([*asked, *_tasks(wanted, answering, response)], [{"reference": entry["fullUrl"]} for entry in asked])


def requests_before(answering: Answering, response: Json) -> list[Json]:
    """The requests that were answered or called off, as resources; a Task only where nothing more of its kind is open."""
    wanted, still = needs_before(answering.authorization), {need.kind for need in needs(answering.authorization)}
    asked = [_communication_request(need, answering, response) for need in wanted]
    return [entry["resource"] for entry in (*asked, *_tasks([need for need in wanted if need.kind not in still], answering, response))]


def _tasks(wanted: Iterable[Need], answering: Answering, response: Json) -> list[Json]:
    by_kind: dict[str, list[Need]] = {}
    for need in wanted:
        by_kind.setdefault(need.kind, []).append(need)
    return [_task(kind, mine, answering, response) for kind, mine in by_kind.items()]


def sentence(need: Need) -> str:
    """What is wanted, for a person to read."""
    wanted = "; ".join(need.request.words)
    how = "fill in the plan's form, which asks" if need.kind == FORMS else "send"
    return f"Item {need.item.sequence}: please {how}: {wanted.removesuffix('.')}."


def _communication_request(need: Need, answering: Answering, response: Json) -> Json:
    line = simple(ext.SERVICE_LINE_NUMBER, "PositiveInt", need.item.sequence)
    about = [simple(ext.COMMUNICATED_DIAGNOSIS, "CodeableConcept", {"coding": [coding_of(coding)]}) for coding in spoken_diagnoses(need.item.requested)]
    control = _control(need, answering)
    resource: Json = {
        "resourceType": "CommunicationRequest",
        "id": _identity(control["value"]),
        "meta": profile("profile-communicationrequest", answering.guide) if need.stands == "open" else None,
        "extension": [line] if answering.is_2_2 else None,
        "identifier": [control],
        "status": REQUEST[need.stands],
        "category": [codes.report_type_concept(codes.SUPPORTING_DOCUMENT)],
        "medium": [{"coding": [{"system": PAS_TEMP_CODES, "code": "CDEX"}]}],
        "subject": response["patient"],
        "payload": [{"extension": [*([] if answering.is_2_2 else [line]), *about, _modifier(need)], "contentString": need.request.document}],
        "authoredOn": instant(need.since),
        "requester": response["insurer"],
        "recipient": [response["insurer"]],
        "sender": response["requestor"],
        "note": [{"text": sentence(need)}],
    }
    return {"fullUrl": f"{answering.base_url}/CommunicationRequest/{resource['id']}", "resource": resource}


def _modifier(need: Need) -> Json | None:
    """What modifies the document asked for: where the policy bounds no age, that it may be as old as it likes."""
    said = {"coding": [{"system": LOINC, "code": WHATEVER_ITS_AGE}], "text": "of any age"}
    return simple(ext.CONTENT_MODIFIER, "CodeableConcept", said) if need.request.any_age else None


def _control(need: Need, answering: Answering) -> Json:
    number = control_number(answering.authorization, need.item.sequence, need.request.document)
    return {"system": f"{answering.base_url}/CommunicationRequest", "value": number}


def _task(kind: str, mine: list[Need], answering: Answering, response: Json) -> Json:
    authorization = answering.authorization
    stands: Stands = "open" if any(need.stands == "open" for need in mine) else "came" if any(need.stands == "came" for need in mine) else "called off"
    payer = {"identifier": _payer_identifier(answering)}
    resource: Json = {
        "resourceType": "Task",
        "id": _identity(f"{authorization.reference}-{kind}"),
        "meta": profile("profile-task", answering.guide),
        "identifier": [response["identifier"][0]],
        "status": TASK[stands],
        "statusReason": {"text": _status_reason(mine, stands, authorization)},
        "intent": "order",
        "code": _coded(kind),
        "description": " ".join(sentence(need) for need in mine),
        "for": response["patient"],
        "authoredOn": instant(min(need.since for need in mine)),
        "requester": payer,
        "owner": payer,
        "reasonCode": _coded("priorAuthorization"),
        "reasonReference": response["request"],
        "restriction": {"period": {"end": instant(authorization.clock.legal_due_at)}},
        "input": [
            {"type": _coded("payer-url"), "valueUrl": f"{answering.base_url}/$submit-attachment"},
            *(_input(need, answering) for need in mine),
        ],
    }
    return {"fullUrl": f"{answering.base_url}/Task/{resource['id']}", "resource": resource}


def _status_reason(mine: list[Need], stands: Stands, authorization: Authorization) -> str:
    items = list(dict.fromkeys(str(need.item.sequence) for need in mine))
    named, s = ("Item", "s") if len(items) == 1 else ("Items", "")
    says = {"open": f"wait{s} for this", "came": "waited for this, and it came", "called off": f"wait{s} for this no more"}
    return f"{named} {', '.join(items)} of {authorization.reference} {says[stands]}."


def _input(need: Need, answering: Answering) -> Json:
    """The line it is for and, of a document, its code; of a form, its context, which the two generations write differently."""
    sequence = need.item.sequence
    line = simple(ext.SERVICE_LINE_NUMBER, "PositiveInt", sequence) if answering.is_2_2 else simple(ext.LINE_NUMBER_2_0, "Integer", sequence)
    if need.kind == DOCUMENTS:
        document = {"coding": [{"system": LOINC, "code": need.request.document}], "text": "; ".join(need.request.words)}
        return {"extension": [line, _modifier(need) if answering.is_2_2 else None], "type": _coded("attachments-needed"), "valueCodeableConcept": document}
    control = _control(need, answering)
    if answering.is_2_2:
        return {"extension": [line], "type": _coded("questionnaire-context"), "valueString": control["value"]}
    return {"extension": [line], "type": _coded("questionnaires-needed"), "valueIdentifier": control}


def _identity(name: str) -> str:
    """The name as an id, so that whoever knows the control number can read what was asked."""
    return name if re.fullmatch(r"[A-Za-z0-9\-.]{1,64}", name) else stable_uuid(name)


def _payer_identifier(answering: Answering) -> Json:
    """The insurer's own identifier as the request gives it; the payer's base URL when it gives none."""
    insurer = answering.asked.index.resolve(answering.asked.claim.resource.get("insurer"), answering.asked.claim)
    given: Any = next((item for item in many(insurer.resource if insurer else None, "identifier") if isinstance(item, dict)), None)
    given = given or one(answering.asked.claim.resource, "insurer", "identifier")
    return given if isinstance(given, dict) else {"system": "urn:ietf:rfc:3986", "value": answering.base_url}


def _coded(code: str) -> Json:
    return {"coding": [{"system": PAS_TEMP_CODES, "code": code}]}
