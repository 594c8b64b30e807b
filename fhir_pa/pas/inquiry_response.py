"""The answer to an inquiry: 2.0.1 one Bundle with every match, 2.2 Parameters with one Bundle for each.

Source: PAS §specification "Checking Status"; OperationDefinition Claim-inquiry (pas.md §1.8, traps 2-4). No match is no
error: in 2.0.1 a Bundle with an OperationOutcome that says so, in 2.2 Parameters with nothing in them.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from fhir_pa.pas.answering import Answering
from fhir_pa.pas.echo import Echo, Received
from fhir_pa.pas.ids import stable_uuid
from fhir_pa.pas.response import claim_response_entries
from fhir_pa.pas.response_frame import bundle_of
from fhir_pa.um.authorization import Authorization
from ig_profiles.outcome import Issue, operation_outcome
from ig_profiles.reading import Json

Case = tuple[Authorization, Json]


def write(cases: Sequence[Case], inquiry: Json, guide: str, *, at: datetime, base_url: str, withheld: str | None = None) -> Json:
    """The answer: each case is an authorization with the request Bundle last received for it.

    ``withheld`` is the phone number to name when something that matches is not shown (pas.md rule 75).
    """
    asked = Received.of(inquiry)
    hints = [_outcome(Issue(f"More may be on file than is shown here. Call {withheld}.", "suppressed", "warning"))] if withheld else []
    if guide != "2.0.1":
        bundles = [_bundle([case], asked, guide, at, base_url, hints) for case in cases]
        return {"resourceType": "Parameters"} | ({"parameter": [{"name": "return", "resource": bundle} for bundle in bundles]} if bundles else {})
    if not cases and not hints:
        nothing = "No authorization matches the inquiry. Check the member's number, or give fewer criteria."
        hints = [_outcome(Issue(nothing, "not-found", "information"))]
    return _bundle(cases, asked, guide, at, base_url, hints)


def _bundle(cases: Sequence[Case], asked: Received, guide: str, at: datetime, base_url: str, hints: list[Json]) -> Json:
    echo = Echo()
    responses: list[Json] = []
    extras: list[Json] = []
    for authorization, received in cases:
        answering = Answering(authorization, Received.of(received), guide, at, base_url.rstrip("/"), "inquiry", asked, echo=echo)
        first, *more = claim_response_entries(answering)
        responses.append(first)
        extras.extend(more)
    return bundle_of([*responses, *extras, *echo.entries(), *hints], asked.bundle, guide, at, "inquiry")


def _outcome(issue: Issue) -> Json:
    resource = operation_outcome([issue])
    return {"fullUrl": f"urn:uuid:{stable_uuid('OperationOutcome', issue.text)}", "resource": resource}
