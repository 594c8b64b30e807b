"""An authorization -> the PAS Response Bundle, in either generation: one writer for submit, inquiry and notification.

Source: PAS §specification "Prior Authorization Response", profile-pas-response-bundle, profile-claimresponse
(pas.md §1.4, §3.7). The ClaimResponse stands first; what it refers to follows with the fullUrls of the request.
"""

from __future__ import annotations

from datetime import datetime

from fhir_pa.pas.answering import Answering, Form, claim_response_id, claim_response_url
from fhir_pa.pas.dates import wire_period
from fhir_pa.pas.echo import Received
from fhir_pa.pas.information_request import information_requests
from fhir_pa.pas.response_2_2 import claim_response_2_2
from fhir_pa.pas.response_frame import bundle_of, head
from fhir_pa.pas.response_item import CERTIFIES, write_item
from fhir_pa.um.case.authorization import Authorization
from fhir_pa.um.deciding.determination import ReviewAction
from ig_profiles.reading import Json, many


def write(
    authorization: Authorization,
    received: Json,
    guide: str,
    *,
    at: datetime,
    base_url: str,
    form: Form = "submit",
    answers_to: Json | None = None,
) -> Json:
    """The PAS Response Bundle about this authorization as it stands.

    ``received`` is the request Bundle last received for it, ``answers_to`` the inquiry Bundle when form is ``inquiry``,
    ``base_url`` the FHIR base of this guide (``https://payer.example/v2.2/fhir``). Decimals stay ``Decimal``: write
    the result with ``ig_profiles.json.dump``.
    """
    inquiry = Received.of(answers_to) if answers_to is not None else None
    answering = Answering(authorization, Received.of(received), guide, at, base_url.rstrip("/"), form, inquiry)
    ours = claim_response_entries(answering)
    return bundle_of([*ours, *answering.echo.entries()], answering.asked.bundle, guide, at, form)


def claim_response_entries(answering: Answering) -> list[Json]:
    """The ClaimResponse entry, and behind it the requests for additional information that belong to it."""
    authorization = answering.authorization
    response = head(answering.received, answering.asked, answering.echo, answering.guide, answering.at, answering.form)
    response["id"] = claim_response_id(authorization)
    response["identifier"] = [*many(answering.received.claim.resource, "identifier"), _own_identifier(answering)]
    response["outcome"] = outcome(authorization, answering.guide)
    response["disposition"] = disposition(authorization)
    response |= _whole_certification(authorization)
    response["item"] = [write_item(item, answering) for item in sorted(authorization.items, key=lambda item: item.sequence)]
    if answering.is_2_2:
        response |= claim_response_2_2(answering)
    asks = information_requests(answering, response)
    response["communicationRequest"] = asks.references
    response["processNote"] = answering.notes.as_fhir()
    return [{"fullUrl": claim_response_url(authorization, answering.base_url), "resource": response}, *asks.entries]


def outcome(authorization: Authorization, guide: str) -> str:
    """Whether the work is done: 2.0.1 queues a pend; 2.2 knows complete, partial and error only (trap 18)."""
    if authorization.is_final:
        return "complete"
    return "queued" if guide == "2.0.1" and len(authorization.pended) == len(authorization.items) else "partial"


def disposition(authorization: Authorization) -> str | None:
    """One sentence for a person to read; nothing when there is no item to speak of."""
    counted: dict[ReviewAction, list[str]] = {}
    for item in authorization.items:
        counted.setdefault(item.determination.action, []).append(str(item.sequence))
    parts = [f"{action} (item {', '.join(sequences)})" for action, sequences in counted.items()]
    whole = "; ".join(parts)
    return f"{whole[0].upper()}{whole[1:]}." if whole else None


def _own_identifier(answering: Answering) -> Json:
    return {"system": f"{answering.base_url}/ClaimResponse", "value": answering.authorization.reference}


def _whole_certification(authorization: Authorization) -> Json:
    """Number and period of the whole: from the first day any item holds to the last."""
    held = [item.determination.authorized for item in authorization.items if item.determination.action in CERTIFIES]
    periods = [(each.starts_on, each.until) for each in held if each is not None]
    if not periods:
        return {}
    return {"preAuthRef": authorization.number, "preAuthPeriod": wire_period(min(first for first, _ in periods), max(last for _, last in periods))}
