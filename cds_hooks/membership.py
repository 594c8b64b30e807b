"""Membership: which Coverage the call is about, and how the member stands with us (crd.md §1.5 step 8, §1.13)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import Enum

from cds_hooks.request import HookRequest
from ig_profiles.outcome import Issue, PreconditionFailed, Unprocessable
from ig_profiles.reading import Entry, Json, many, one, text


class Standing(Enum):
    """How the person on a Coverage stands with this payer."""

    ACTIVE = "a member with active coverage"
    UNKNOWN_MEMBER = "nobody we know"
    NOT_ACTIVE = "a member without active coverage"
    NOT_SINGLED_OUT = "a member with several coverages that cannot be told apart"
    ANOTHER_PAYER = "insured elsewhere"
    UNREACHABLE = "could not be looked up"


@dataclass(frozen=True)
class MemberStanding:
    """The standing with the line of business it brings, and a sentence of explanation when there is one.

    ``until`` is the last day for which the coverage is contracted; None when no end is known.
    """

    standing: Standing
    line_of_business: str = ""
    because: str = ""
    until: date | None = None


LookUp = Callable[[Json, Json | None, date], MemberStanding]


@dataclass(frozen=True)
class Insured:
    """The Coverage that was chosen, by the reference the client uses for it, and how its member stands."""

    coverage: Json
    reference: str
    standing: MemberStanding
    patient: Json | None = None


def insured(request: HookRequest, look_up: LookUp, on: date) -> Insured | None:
    """The one Coverage to answer under: ours, active, and the first in order when there are several.

    None when a supporting hook brought no Coverage (2.0 only: there is nothing to say then). Raises PreconditionFailed
    when no Coverage came and none could be fetched, and from 2.1 on Unprocessable for a call about no coverage of ours or
    about several (CRD 2.2 hook-13); 2.0 answers both.
    """
    found = [(entry, look_up(entry.resource, request.patient, on)) for entry in _of_patient(request)]
    if not found:
        _refuse_without_coverage(request)
        return None
    ours = [pair for pair in found if pair[1].standing is not Standing.ANOTHER_PAYER]
    if not ours and request.dialect != "2.0":
        text_ = found[0][1].because or "The Coverage names another payer. Send the call to that payer's CRD service, or the member's Coverage with us."
        raise Unprocessable(Issue(text_, "not-supported", expression="prefetch.coverage"))
    entry, standing = min(ours or found, key=lambda pair: (pair[1].standing is not Standing.ACTIVE, _rank(pair[0].resource)))
    alike = [pair for pair in ours if pair[1].standing is Standing.ACTIVE and _rank(pair[0].resource) == _rank(entry.resource)]
    if len(alike) > 1 and request.dialect != "2.0":
        text_ = f"{len(alike)} active Coverages with us came with the call, and none is first in order. Send the one the order is for."
        raise Unprocessable(Issue(text_, "multiple-matches", expression="prefetch.coverage"))
    if len(alike) > 1:
        standing = MemberStanding(Standing.NOT_SINGLED_OUT, standing.line_of_business, f"{len(alike)} active coverages with us came with the call.")
    return Insured(entry.resource, _reference(request, entry), standing, request.patient)


def _of_patient(request: HookRequest) -> list[Entry]:
    """The Coverages of this patient that have an id, the active ones alone when there are any."""
    found = [entry for entry in request.index.of_type("Coverage") if text(entry.resource, "id") and _covers(entry.resource, request.patient_id)]
    found = [entry for entry in found if entry.resource.get("status") not in ("draft", "entered-in-error")]
    return [entry for entry in found if entry.resource.get("status", "active") == "active"] or found


def _covers(coverage: Json, patient_id: str) -> bool:
    beneficiary = text(coverage, "beneficiary", "reference")
    return beneficiary is None or beneficiary.split("/_history/")[0].rsplit("/", 1)[-1] == patient_id


def _rank(coverage: Json) -> int:
    order = one(coverage, "order")
    return int(order) if isinstance(order, (int, Decimal)) and not isinstance(order, bool) else 1


def _reference(request: HookRequest, entry: Entry) -> str:
    """The reference an order itself uses for this Coverage, else ``Coverage/id``."""
    for subject in request.orders:
        for reference in many(subject.carrier.resource, "insurance"):
            target = request.index.resolve(reference, subject.carrier)
            name = text(reference, "reference")
            if name and target is not None and target.resource is entry.resource:
                return name
    return f"Coverage/{entry.resource['id']}"


def _refuse_without_coverage(request: HookRequest) -> None:
    if request.dialect == "2.0" and not request.hook.primary:
        return
    if "Coverage" in request.absent and request.dialect != "2.0":
        text_ = "The patient has no active Coverage in your system, so there is nothing to answer about. Record the coverage, or call no payer."
        raise Unprocessable(Issue(text_, "not-found", expression="prefetch.coverage"))
    told = f" {' '.join(request.troubles)}" if request.troubles else ""
    text_ = f"No Coverage came with the call and none could be fetched.{told} Send it as prefetch, or fhirServer and fhirAuthorization that may read it."
    raise PreconditionFailed(Issue(text_, "required", expression="prefetch.coverage"))
