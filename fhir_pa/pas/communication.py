"""What was said about a case, as FHIR Communications: documents the provider sent, and what the plan told the provider by phone, fax or letter.

A subscriber's notifications are no Communications: those it can have again with $events. What the plan says to the member
is between them. Source: FHIR R4 Communication; CDex 2.1, whose CommunicationRequest each answer is based on.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from fhir_pa.pas.answering import claim_response_url, instant
from fhir_pa.pas.attachment import Attachments
from fhir_pa.um.case.authorization import Authorization
from fhir_pa.um.case.contact import ARRIVED, Channel, Contact, Told
from ig_profiles.reading import Json, codings, text, without_empty

PARTICIPATION_MODE = "http://terminology.hl7.org/CodeSystem/v3-ParticipationMode"
_MODES = {Channel.PHONE: "PHONE", Channel.VOICEMAIL: "PHONE", Channel.PORTAL: "ONLINEWRIT", Channel.LETTER: "MAILWRIT", Channel.FAX: "FAXWRIT"}


@dataclass(frozen=True)
class Sent:
    """One call of $submit-attachment that joined the case: the id it was received under, when, and what it brought."""

    identity: str
    at: datetime
    attachments: Attachments


def communications(authorization: Authorization, sent: Iterable[Sent], answer: Json, base_url: str) -> list[Json]:
    """Everything said between the plan and the provider, the newest last; ``answer`` is the ClaimResponse, which names the parties."""
    base = base_url.rstrip("/")
    found = [*(_documents(authorization, each, answer, base) for each in sent)]
    found += [_contact(authorization, each, answer, base) for each in authorization.contacts if each.who is Told.PROVIDER]
    return sorted((without_empty(each) for each in found), key=lambda each: str(each.get("received") or each.get("sent")))


def _documents(authorization: Authorization, sent: Sent, answer: Json, base: str) -> Json:
    tracking = sent.attachments.tracking
    asked = tracking.value.startswith(f"{authorization.reference}-")
    return {
        **_about(authorization, sent.identity, answer, base),
        "identifier": [{"system": tracking.system, "value": tracking.value}],
        "basedOn": [{"reference": f"{base}/CommunicationRequest/{tracking.value}"}] if asked else [],
        "status": "completed",
        "received": instant(sent.at),
        "sender": answer.get("requestor"),
        "recipient": [answer["insurer"]],
        "payload": [{"contentString": _named(each.content, each.items)} for each in sent.attachments.attachments],
    }


def _contact(authorization: Authorization, contact: Contact, answer: Json, base: str) -> Json:
    arrived = contact.arrival in ARRIVED
    return {
        **_about(authorization, f"contact-{contact.number}", answer, base),
        "status": "completed" if arrived else "not-done",
        "statusReason": {} if arrived else {"text": str(contact.arrival)},
        "medium": [{"coding": [{"system": PARTICIPATION_MODE, "code": _MODES[contact.channel]}], "text": str(contact.channel)}],
        "sent": instant(contact.at),
        "sender": answer["insurer"],
        "recipient": [answer.get("requestor")],
        "payload": [{"contentString": contact.said}],
        "note": [{"text": f"To call back: {contact.call_back}"}] if contact.call_back else [],
    }


def _about(authorization: Authorization, name: str, answer: Json, base: str) -> Json:
    return {
        "resourceType": "Communication",
        "id": f"{authorization.reference}-{name}",
        "subject": answer["patient"],
        "about": [{"reference": claim_response_url(authorization, base)}],
    }


def _named(resource: Json, items: tuple[int, ...]) -> str:
    """What was attached, for which items; its content stays where it was received."""
    kind = next(iter(codings(resource.get("type") or resource.get("code"))), None)
    named = (text(resource, "description"), text(resource, "content", "attachment", "title"), text(resource, "type", "text"), text(resource, "code", "text"))
    said = next(filter(None, named), (kind.display or kind.code) if kind else "")
    about = f" for item {', '.join(map(str, items))}" if items else ""
    return f"{resource['resourceType']}{f': {said}' if said else ''}{about}"
