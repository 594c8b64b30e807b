"""Acting for: a submitter that works for several providers asks in the name of those who consented, and each request tells by whose word (domain F84)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from fhir_pa.auth.caller import Caller
from fhir_pa.um.case.authorization import Authorization
from fhir_pa.um.deciding.request import AuthorizationRequest
from ig_profiles.outcome import Forbidden


def by_whose_word(request: AuthorizationRequest, caller: Caller, today: date) -> str:
    """On whose consent this submitter asks, in a sentence; empty for a system that only asks for itself.

    Raises Forbidden when it acts for others, and this requestor has not consented, or no longer does.
    """
    client, npi = caller.client, request.requestor.npi
    if client is None or not client.consents or (npi or "") in client.organizations:
        return ""
    consent = next((each for each in client.consents if npi and each.holds(npi, today)), None)
    if consent is None:
        asks = request.requestor.name or npi or "the requestor, who has no NPI in the request"
        raise Forbidden(f"{client.name} has no consent of {asks} on file that holds on {today}. Have it signed, and send it to the payer.")
    until = f" until {consent.until}" if consent.until else ""
    return f"Submitted by {client.name} for {request.requestor.name or npi}, with the consent signed by {consent.signed_by} on {consent.on}{until}."


def told(case: Authorization, sentence: str) -> Authorization:
    """The new case, whose first line of the trail says by whose word it was submitted."""
    first, *others = case.trail
    return replace(case, trail=(replace(first, because=" ".join(filter(None, (first.because, sentence)))), *others)) if sentence else case
