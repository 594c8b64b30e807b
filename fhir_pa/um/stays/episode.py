"""Episode: every review of one course of care as one story: requests, what continues them, conversations, appeals, demands (domain F07).

Cases belong together when one names the other, or continues or renews the same service of the same member.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from fhir_pa.um.case.appeal import Appeal
from fhir_pa.um.case.authorization import Authorization
from fhir_pa.um.case.looking_back import reason_of
from fhir_pa.um.deciding.request import CertificationType
from fhir_pa.um.stays.stay import continues

GOES_ON = frozenset({CertificationType.EXTENSION, CertificationType.RENEWAL})


@dataclass(frozen=True)
class Step:
    """One thing that happened: in which case, when, what kind of review it was, and what came of it; ``by`` is who did it."""

    at: datetime
    number: str
    kind: str
    says: str
    by: str = ""
    items: tuple[int, ...] = ()


def episode(case: Authorization, of_member: Iterable[Authorization]) -> tuple[Authorization, ...]:
    """The cases of this member that belong to the same course of care as this one, itself among them, the first received first."""
    listed = sorted({each.number: each for each in (*of_member, case)}.values(), key=_received)
    together = {case.number}
    links = [(each.number, before.number) for place, each in enumerate(listed) for before in _linked(each, listed[:place])]
    grew = True
    while grew:
        more = {end for link in links if together.intersection(link) for end in link} - together
        together |= more
        grew = bool(more)
    return tuple(each for each in listed if each.number in together)


def steps(cases: Iterable[Authorization]) -> tuple[Step, ...]:
    """Everything that was reviewed in these cases, in the order in which it happened."""
    return tuple(sorted((step for case in cases for step in _of(case)), key=lambda step: (step.at, step.number)))


def _received(case: Authorization) -> tuple[datetime, str]:
    return case.opening_clock.received_at, case.number


def _linked(case: Authorization, earlier: list[Authorization]) -> Iterator[Authorization]:
    """The earlier cases this one names, continues, or renews."""
    items = case.request.items
    named = {number for item in items for number in (item.authorization_number, item.administrative_reference) if number}
    yield from (each for each in earlier if {each.number, each.reference} & named)
    before = continues(case.request, earlier)
    if before is not None:
        yield before
    if not named and GOES_ON & {case.request.certification_type, *(item.certification_type for item in items)}:
        codes = [code for item in items for code in item.service.codes]
        alike = [each for each in earlier if any(mine.same_as(code) for item in each.items for mine in item.requested.service.codes for code in codes)]
        yield from alike[-1:]


def _of(case: Authorization) -> Iterator[Step]:
    number, opened = case.number, case.opening_clock
    said = f"{'Urgent request' if opened.urgent else 'Request'}, {case.request.certification_type}."
    yield Step(opened.received_at, number, _stage(case), said, case.client)
    for item in case.items:
        for made in (*item.earlier, item.determination):
            who = made.signed_by.name if made.signed_by else "engine"
            yield Step(made.decided_at, number, "decision", f"{str(made.action).capitalize()}. {made.because}", who, (item.sequence,))
    for talk in case.peer_to_peers:
        came = f", {talk.outcome}" if talk.outcome else ""
        said = f"Conversation {talk.number}: {talk.stage}{came}."
        yield Step(talk.closed_at or talk.offered_at, number, "peer-to-peer", said, talk.drafted_by.name, talk.items)
    for filed in case.appeals:
        yield Step(filed.filed_at, number, "appeal", f"{filed.name.capitalize()}: {filed.filing.because}", filed.filing.name, filed.items)
        if filed.decided_at is not None:
            yield Step(filed.decided_at, number, "appeal", f"{filed.name.capitalize()}: {filed.outcome}. {filed.because}", _hearer(filed), filed.items)
    for demand in case.recoupments:
        yield Step(demand.noticed_at, number, "demand for money", f"{demand.amount} asked back.", demand.rests_on.name, demand.items)


def _stage(case: Authorization) -> str:
    """Before, during or after the care: which review this request asks for (F06)."""
    if reason_of(case):
        return "retrospective review"
    goes_on = CertificationType.EXTENSION in {case.request.certification_type, *(item.certification_type for item in case.request.items)}
    return "concurrent review" if goes_on else "prospective review"


def _hearer(filed: Appeal) -> str:
    return filed.reviewer.name if filed.reviewer else "outside the plan"
