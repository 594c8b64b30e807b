"""The answer to an inquiry: 2.0.1 one Bundle with every match, 2.2 Parameters with one Bundle for each.

Source: PAS §specification "Checking Status"; OperationDefinition Claim-inquiry (pas.md §1.8, traps 2-4). No match is no
error: in 2.0.1 a Bundle with an OperationOutcome that says so, in 2.2 Parameters with nothing in them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from fhir_pa.pas import response_error
from fhir_pa.pas.answering import Answering
from fhir_pa.pas.business_error import BusinessError
from fhir_pa.pas.echo import Echo, Received
from fhir_pa.pas.ids import stable_uuid
from fhir_pa.pas.response import claim_response_entries
from fhir_pa.pas.response_frame import bundle_of
from fhir_pa.um.case.authorization import Authorization
from ig_profiles.names import OBSERVATION_VALUE
from ig_profiles.outcome import Issue, operation_outcome
from ig_profiles.reading import Json

ON_THE_CARD = "the number on the member's card"


@dataclass(frozen=True)
class Found:
    """One match: the authorization as far as it is asked about, and the request Bundle last received for it.

    ``is_part`` says that items nobody asked about are left out.
    """

    authorization: Authorization
    received: Json
    is_part: bool = False


def write(found: Sequence[Found], inquiry: Json, guide: str, *, at: datetime, base_url: str, withheld: str | None = None) -> Json:
    """The answer to this inquiry Bundle.

    ``withheld`` is whom to call when something that matches is not shown (pas.md rule 75). The 2.2 profile lets no Bundle
    begin with anything but a ClaimResponse, so where nothing is shown the hint is a parameter beside them.
    """
    asked = Received.of(inquiry)
    hints = [_outcome(Issue(f"More may be on file than is shown here. Call {withheld}.", "suppressed", "warning"))] if withheld else []
    if guide != "2.0.1":
        parameters = [{"name": "return", "resource": _bundle([each], asked, guide, at, base_url, hints)} for each in found]
        parameters = parameters or [{"name": "outcome", "resource": hint["resource"]} for hint in hints]
        return {"resourceType": "Parameters"} | ({"parameter": parameters} if parameters else {})
    if not found and not hints:
        nothing = "No authorization matches the inquiry. Check the member's number, or give fewer criteria."
        hints = [_outcome(Issue(nothing, "not-found", "information"))]
    return _bundle(found, asked, guide, at, base_url, hints)


def write_error(errors: Sequence[BusinessError], inquiry: Json, guide: str, *, at: datetime) -> Json:
    """The answer to an inquiry the payer's business objects to, such as one about nobody it insures."""
    bundle = response_error.write_error(inquiry, errors, guide, at=at, form="inquiry")
    return bundle if guide == "2.0.1" else {"resourceType": "Parameters", "parameter": [{"name": "return", "resource": bundle}]}


def _bundle(found: Sequence[Found], asked: Received, guide: str, at: datetime, base_url: str, hints: list[Json]) -> Json:
    echo = Echo()
    responses: list[Json] = []
    extras: list[Json] = []
    for each in found:
        answering = Answering(each.authorization, Received.of(each.received), guide, at, base_url.rstrip("/"), "inquiry", asked, echo=echo)
        first, *more = claim_response_entries(answering)
        responses.append(_as_part(first) if each.is_part else first)
        extras.extend(more)
    return bundle_of([*responses, *extras, *echo.entries(), *hints], asked.bundle, guide, at, "inquiry")


def _as_part(entry: Json) -> Json:
    """The ClaimResponse marked as holding a part only, with the guide's mark for that (pas.md rule 57)."""
    response = entry["resource"]
    subsetted = {"system": OBSERVATION_VALUE, "code": "SUBSETTED"}
    return {**entry, "resource": {**response, "meta": {**response["meta"], "security": [subsetted]}}}


def _outcome(issue: Issue) -> Json:
    resource = operation_outcome([issue])
    return {"fullUrl": f"urn:uuid:{stable_uuid('OperationOutcome', issue.text)}", "resource": resource}
