"""The PAS request Bundle: the Claim first, then everything it refers to, directly or through others, each once (pas.md §1.2)."""

from __future__ import annotations

from collections.abc import Mapping

from fhir_pa.provider.elements import checked, identifier
from fhir_pa.provider.pas.claim import claim_of
from fhir_pa.provider.pas.submission import TRANSACTIONS, Submission
from ig_profiles.names import PAS_PROFILE
from ig_profiles.reading import Json, references

REQUEST, INQUIRY = "profile-pas-request-bundle", "profile-pas-inquiry-request-bundle"


class Unreachable(Exception):
    """A resource of the request refers to something we do not hold, so the Bundle would be incomplete."""


def request_of(submission: Submission) -> Json:
    """The submission as the Bundle that is POSTed to Claim/$submit. Raises Unreachable."""
    return collection(claim_of(submission), submission.known(), submission, REQUEST)


def collection(claim: Json, known: Mapping[str, Json], submission: Submission, profile: str, *also: Json) -> Json:
    """A collection Bundle with the Claim first and what it reaches after it; ``also`` are Claims that stand after the first."""
    firsts = (claim, *also)
    resources = [*firsts, *reachable(firsts, known)]
    return checked(
        {
            "resourceType": "Bundle",
            "meta": {"profile": [f"{PAS_PROFILE}{profile}"]},
            "identifier": identifier(TRANSACTIONS, f"T-{claim['id']}"),
            "type": "collection",
            "timestamp": submission.at.isoformat(timespec="seconds"),
            "entry": [{"fullUrl": f"{submission.fhir_base}/{each['resourceType']}/{each['id']}", "resource": each} for each in resources],
        }
    )


def reachable(firsts: tuple[Json, ...], known: Mapping[str, Json]) -> list[Json]:
    """What the first resources refer to, and what that refers to, in order of discovery. Raises Unreachable."""
    found: dict[str, Json] = {f"{each['resourceType']}/{each['id']}": each for each in firsts}
    waiting = list(firsts)
    order: list[Json] = []
    while waiting:
        holder = waiting.pop(0)
        for name in references(holder):
            if name in found or name.startswith("#"):
                continue
            if name not in known:
                raise Unreachable(f"{holder['resourceType']}/{holder['id']} refers to {name}, which is neither in the chart nor in the request.")
            found[name] = known[name]
            order.append(known[name])
            waiting.append(known[name])
    return order
