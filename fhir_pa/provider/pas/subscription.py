"""The Subscription that brings every change of an answer to our rest-hook (pas.md §1.7; R4 Subscriptions Backport)."""

from __future__ import annotations

from fhir_pa.provider.elements import checked
from ig_profiles.names import BACKPORT, PAS_PROFILE, PAS_TOPIC
from ig_profiles.reading import Json

FILTER = {"2.0.1": "identifier", "2.2": "org-identifier"}
CONTENT = {"2.0.1": "id-only", "2.2": "full-resource"}


def subscription(guide: str, organization: str, endpoint: str, authorization: str, reason: str = "Tell us when an authorization changes") -> Json:
    """A rest-hook Subscription on the PAS topic for one organization's (2.0.1) or sender's (2.2) authorizations.

    ``authorization`` is the header value the payer must send back with every notice.
    """
    profile = [f"{PAS_PROFILE}profile-subscription"] if guide == "2.2" else [f"{BACKPORT}backport-subscription"]
    criterion = {"url": f"{BACKPORT}backport-filter-criteria", "valueString": f"{FILTER[guide]}={organization}"}
    content = {"url": f"{BACKPORT}backport-payload-content", "valueCode": CONTENT[guide]}
    return checked(
        {
            "resourceType": "Subscription",
            "meta": {"profile": profile},
            "status": "requested",
            "reason": reason,
            "criteria": PAS_TOPIC,
            "_criteria": {"extension": [criterion]},
            "channel": {
                "type": "rest-hook",
                "endpoint": endpoint,
                "payload": "application/fhir+json",
                "_payload": {"extension": [content]},
                "header": [f"Authorization: {authorization}"],
            },
        }
    )
