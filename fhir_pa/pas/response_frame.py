"""The frame of every answer: the Bundle, and what each ClaimResponse says of the request it answers.

Source: PAS §specification "Prior Authorization Response", profile-pas-response-bundle, profile-claimresponse-base.
"""

from __future__ import annotations

from datetime import datetime

from fhir_pa.pas.answering import Form, instant, profile
from fhir_pa.pas.echo import Echo, Received
from fhir_pa.pas.ids import stable_uuid
from ig_profiles.names import CLAIM_TYPE, DATA_ABSENT_REASON_EXTENSION
from ig_profiles.reading import Json, many, without_empty

_BUNDLE = {"submit": "profile-pas-response-bundle", "notification": "profile-pas-response-bundle", "inquiry": "profile-pas-inquiry-response-bundle"}
_RESPONSE = {"submit": "profile-claimresponse", "notification": "profile-claimresponse", "inquiry": "profile-claiminquiryresponse"}


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


def head(received: Received, asked: Received, echo: Echo, guide: str, at: datetime, form: Form) -> Json:
    """What every ClaimResponse says of the request it answers, in the order FHIR lists the elements; the people named become entries.

    ``asked`` is the Bundle being answered: in an inquiry's answer the member and the payer are those the inquirer sent.
    """
    claim = received.claim.resource
    return {
        "resourceType": "ClaimResponse",
        "id": None,
        "meta": profile(_RESPONSE[form], guide),
        "extension": None,
        "identifier": None,
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
