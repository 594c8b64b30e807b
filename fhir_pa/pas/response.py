"""An authorization -> the PAS Response Bundle, in either generation: one writer for submit, inquiry and notification.

Source: PAS §specification "Prior Authorization Response", profile-pas-response-bundle, profile-claimresponse
(pas.md §1.4, §3.7). The ClaimResponse stands first; what it refers to follows with the fullUrls of the request.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from fhir_pa.pas.answering import Answering, Form, claim_response_id, claim_response_url, instant, profile
from fhir_pa.pas.dates import wire_period
from fhir_pa.pas.echo import Echo, Received
from fhir_pa.pas.ids import stable_uuid
from fhir_pa.pas.information_request import information_requests
from fhir_pa.pas.response_2_2 import claim_response_2_2, stay
from fhir_pa.pas.response_item import CERTIFIES, write_item
from fhir_pa.um.authorization import Authorization
from fhir_pa.um.determination import ReviewAction
from ig_profiles.names import CLAIM_TYPE, DATA_ABSENT_REASON_EXTENSION
from ig_profiles.reading import Coding, Json, many, without_empty

_BUNDLE = {"submit": "profile-pas-response-bundle", "notification": "profile-pas-response-bundle", "inquiry": "profile-pas-inquiry-response-bundle"}
_RESPONSE = {"submit": "profile-claimresponse", "notification": "profile-claimresponse", "inquiry": "profile-claiminquiryresponse"}


def write(
    authorization: Authorization,
    received: Json,
    guide: str,
    *,
    at: datetime,
    base_url: str,
    form: Form = "submit",
    answers_to: Json | None = None,
    documents: Mapping[str, Coding] | None = None,
) -> Json:
    """The PAS Response Bundle about this authorization as it stands.

    ``received`` is the request Bundle last received for it, ``answers_to`` the inquiry Bundle when form is ``inquiry``,
    ``base_url`` the FHIR base of this guide (``https://payer.example/v2.2/fhir``), ``documents`` the attachment (LOINC)
    that would show a missing fact. Decimals stay ``Decimal``: write the result with ``ig_profiles.json.dump``.
    """
    inquiry = Received.of(answers_to) if answers_to is not None else None
    answering = Answering(authorization, Received.of(received), guide, at, base_url.rstrip("/"), form, inquiry, documents or {})
    ours = claim_response_entries(answering)
    return bundle_of([*ours, *answering.echo.entries()], answering.asked.bundle, guide, at, form)


def bundle_of(entries: list[Json], asked: Json, guide: str, at: datetime, form: Form) -> Json:
    """A response Bundle with these entries; its identifier is the request's (2.2 requires one)."""
    identifier = asked.get("identifier")
    if not isinstance(identifier, dict) and guide != "2.0.1":
        identifier = {"system": "urn:ietf:rfc:3986", "value": f"urn:uuid:{stable_uuid('Bundle', instant(at), entries[0].get('fullUrl'))}"}
    bundle = {
        "resourceType": "Bundle",
        "meta": profile(_BUNDLE[form], guide),
        "identifier": identifier,
        "type": "collection",
        "timestamp": instant(at),
        "entry": entries,
    }
    return dict(without_empty(bundle))


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
        for item, written in zip(sorted(authorization.items, key=lambda item: item.sequence), response["item"], strict=True):
            written["extension"] += stay(answering) if item.determination.action in CERTIFIES else []
    asks = information_requests(answering, response)
    response["communicationRequest"] = asks.references
    response["processNote"] = answering.notes.as_fhir()
    return [{"fullUrl": claim_response_url(authorization, answering.base_url), "resource": response}, *asks.entries]


def head(received: Received, asked: Received, echo: Echo, guide: str, at: datetime, form: Form) -> Json:
    """What every ClaimResponse says of the request it answers; the people named become entries of the Bundle.

    ``asked`` is the Bundle being answered: in an inquiry's answer the member and the payer are those the inquirer sent.
    """
    claim = received.claim.resource
    return {
        "resourceType": "ClaimResponse",
        "meta": profile(_RESPONSE[form], guide),
        "status": "active",
        "type": claim.get("type") or {"coding": [{"system": CLAIM_TYPE, "code": "professional"}]},
        "use": "preauthorization",
        "patient": echo.mention(asked, asked.claim.resource.get("patient")),
        "created": instant(at),
        "insurer": echo.mention(asked, asked.claim.resource.get("insurer")),
        "requestor": echo.mention(received, claim.get("provider")),
        "request": request_reference(received, guide),
    }


def request_reference(received: Received, guide: str) -> Json:
    """ClaimResponse.request: the Claim by its identifier and, in 2.2, by its URL where that means something outside the Bundle.

    2.0.1 would want the Claim and all it refers to in the Bundle along with a literal reference.
    """
    claim = received.claim
    url = claim.full_url if guide != "2.0.1" and claim.full_url.startswith(("http://", "https://")) else None
    identifier = next((item for item in many(claim.resource, "identifier") if isinstance(item, dict)), None)
    if url is None and identifier is None:
        return {"extension": [{"url": DATA_ABSENT_REASON_EXTENSION, "valueCode": "unknown"}]}
    return {"reference": url, "type": "Claim", "identifier": identifier}


def outcome(authorization: Authorization, guide: str) -> str:
    """Whether the work is done: 2.0.1 queues a pend; 2.2 knows complete, partial and error only (trap 18)."""
    if authorization.is_final:
        return "complete"
    return "queued" if guide == "2.0.1" and len(authorization.pended) == len(authorization.items) else "partial"


def disposition(authorization: Authorization) -> str:
    """One sentence for a person to read."""
    counted: dict[ReviewAction, list[str]] = {}
    for item in authorization.items:
        counted.setdefault(item.determination.action, []).append(str(item.sequence))
    parts = [f"{action} (item {', '.join(sequences)})" for action, sequences in counted.items()]
    whole = "; ".join(parts)
    return f"{whole[:1].upper()}{whole[1:]}."


def _own_identifier(answering: Answering) -> Json:
    return {"system": f"{answering.base_url}/ClaimResponse", "value": answering.authorization.reference}


def _whole_certification(authorization: Authorization) -> Json:
    """Number and period of the whole: from the first day any item holds to the last."""
    held = [item.determination.authorized for item in authorization.items if item.determination.action in CERTIFIES]
    periods = [(each.starts_on, each.until) for each in held if each is not None]
    if not periods:
        return {}
    return {"preAuthRef": authorization.number, "preAuthPeriod": wire_period(min(first for first, _ in periods), max(last for _, last in periods))}
