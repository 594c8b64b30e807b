"""What a practice watches of one case, as lines: what is pended and for whom it waits, what is certified and ends, calls, appeals, denials.

Pure reading of the case; a line says in one sentence what to do. Days are days of the plan, moments have their zone (domain §1L).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from enum import StrEnum

from fhir_pa.um.case.authorization import Authorization
from fhir_pa.um.case.item import Item
from fhir_pa.um.case.transitions import CERTIFICATIONS, REOPENABLE, State
from fhir_pa.um.deciding.request import CertificationType
from fhir_pa.um.on_file.inquiry import is_sensitive, npis_of
from fhir_pa.um.on_file.units import left
from fhir_pa.um.reviewing.appealing import file_until
from fhir_pa.um.reviewing.information_life import Round, rounds
from fhir_pa.um.stays.stay import CONTINUED, is_reviewed, reviews_of

DAY = timedelta(days=1)
STILL_TOLD = timedelta(days=30)  # how long the end of a stay without an extension stands on the list


class Kind(StrEnum):
    """What a line is about."""

    REQUEST = "request"
    PENDED = "pended"
    AWAITED = "awaited"
    HELD = "on file"
    REVIEW = "continued stay"
    CALL = "peer-to-peer"
    APPEALABLE = "may be appealed"
    APPEAL = "appeal"
    DENIED = "denied"


class Awaits(StrEnum):
    """For whom a line waits."""

    PRACTICE = "the practice"
    PLAN = "the plan"
    NOBODY = ""


@dataclass(frozen=True)
class Line:
    """One line. ``part`` tells lines of a kind apart: the item, the conversation, the appeal, the review. ``items`` are those it is about
    (none: the whole request).

    ``at`` is the moment it turns on and is sorted by; it is shown from ``since`` until ``until``, where these are given.
    ``share`` is what is left in parts of a thousand. ``continued``: what follows it was asked for already.
    """

    kind: Kind
    part: int
    at: datetime
    says: str
    state: str
    items: tuple[int, ...] = ()
    awaits: Awaits = Awaits.NOBODY
    since: datetime | None = None
    until: datetime | None = None
    starts_on: date | None = None
    ends_on: date | None = None
    certified: Decimal | None = None
    left: Decimal | None = None
    unit: str = ""
    share: int | None = None
    continued: bool = False
    booked_at: datetime | None = None


def seen_by(authorization: Authorization) -> frozenset[str]:
    """The NPIs of the practices that may watch this case: who asked, and who performs, unless the policy calls it sensitive."""
    request = authorization.request
    performing = () if is_sensitive(authorization) else (*request.providers, *(party for item in authorization.items for party in item.requested.providers))
    return npis_of((request.requestor, *performing))


def lines(authorization: Authorization) -> tuple[Line, ...]:
    """Every line of the case as it stands."""
    return tuple(_all(authorization))


def _all(case: Authorization) -> Iterator[Line]:
    yield Line(Kind.REQUEST, 0, case.opening_clock.received_at, "", str(case.action))
    if case.pended:
        waiting = [each for each in rounds(case) if each.waits]
        yield _pended(case, waiting)
        if waiting:
            yield _awaited(waiting)
    for item in case.items:
        if item.state in CERTIFICATIONS:
            yield _held(case, item)
            yield from _reviews(case, item)
        if item.state in REOPENABLE:
            yield from _against(case, item)
    for talk in case.peer_to_peers:
        if talk.is_open:
            until = None if talk.call_at else talk.until
            says = f"The plan’s physician does not yet see why: {talk.intended.because.strip()}"
            yield Line(Kind.CALL, talk.number, talk.until, says, str(talk.stage), talk.items, Awaits.PRACTICE, until=until, booked_at=talk.call_at)
    for filed in case.appeals:
        if filed.is_open:
            heard = f"Heard by {filed.reviewer.name}." if filed.reviewer else "Nobody hears it yet." if filed.ours else "Decided outside the plan."
            yield Line(Kind.APPEAL, filed.number, filed.due_at, heard, filed.name, filed.items, Awaits.PLAN)


def _pended(case: Authorization, waiting: list[Round]) -> Line:
    states = {item.state for item in case.pended}
    due, items = case.clock.legal_due_at, tuple(item.sequence for item in case.pended)
    talk = next((each for each in case.peer_to_peers if each.is_open), None)
    if talk is not None and talk.call_at is None:
        return Line(Kind.PENDED, 0, due, "A call with the plan’s physician: book it.", "pended", items, Awaits.PRACTICE)
    if waiting:
        return Line(Kind.PENDED, 0, due, _wanted(waiting), "pended", items, Awaits.PRACTICE)
    who = "a physician" if states & {State.IN_REVIEW_PHYSICIAN, State.ADVERSE_INTENDED} else "a nurse"
    return Line(Kind.PENDED, 0, due, f"A decision by {who} of the plan.", "pended", items, Awaits.PLAN)


def _awaited(waiting: list[Round]) -> Line:
    """What was asked for and has not come, due when its answer is: the decision may be due days later."""
    items = tuple(sorted({sequence for each in waiting for sequence in each.still}))
    return Line(Kind.AWAITED, 0, min(each.due_at for each in waiting), _wanted(waiting), "awaited", items, Awaits.PRACTICE)


def _wanted(waiting: list[Round]) -> str:
    return "; ".join(dict.fromkeys(word for each in waiting for asks in each.still.values() for ask in asks for word in ask.words))


def _held(case: Authorization, item: Item) -> Line:
    held, rest = item.determination.authorized, left(case, item)
    assert held is not None, f"item {item.sequence} of {case.number} is certified for no time"
    share = int(1000 * rest.left / rest.certified) if rest.certified and rest.left is not None else None
    return Line(
        Kind.HELD,
        item.sequence,
        _day(held.until),
        "",
        str(item.state),
        (item.sequence,),
        starts_on=held.starts_on,
        ends_on=held.until,
        certified=rest.certified,
        left=rest.left,
        unit=rest.unit or "",
        share=share,
        continued=_is_continued(case),
    )


def _reviews(case: Authorization, item: Item) -> Iterator[Line]:
    """Each review of a stay from the day after the one before; after the last certified day, that no extension is on file."""
    held = item.determination.authorized
    if held is None or not is_reviewed(item) or _is_continued(case):
        return
    goes_on = CertificationType.EXTENSION in {case.request.certification_type, item.requested.certification_type}
    since = _day(held.starts_on)
    for review in reviews_of(item):
        plan = " Send the discharge plan with it: where to, and when." if goes_on or review.wants_discharge_plan else ""
        says = f"Review {review.number}: send today’s need, and what would happen at a lower level.{plan}"
        part, until = item.sequence * 1000 + review.number, _day(review.on) + DAY
        yield Line(Kind.REVIEW, part, _day(review.on), says, "review", (item.sequence,), Awaits.PRACTICE, since, until, held.starts_on, held.until)
        since = until
    says = f"Certified until {held.until}, and no extension is on file. Send it now: days that go on are not covered."
    over = _day(held.until)
    yield Line(Kind.REVIEW, item.sequence * 1000, over, says, "ends", (item.sequence,), Awaits.PRACTICE, since, over + STILL_TOLD, held.starts_on, held.until)


def _against(case: Authorization, item: Item) -> Iterator[Line]:
    made = item.determination
    cause = str(made.root_cause) if made.root_cause else str(item.state)
    yield Line(Kind.DENIED, item.sequence, made.decided_at, made.because, cause, (item.sequence,))
    open_ = any(each.is_open and item.sequence in each.items for each in case.appeals)
    found = None if open_ else file_until(case, item.sequence)
    if found is not None:
        level, until = found
        says = f"{level.name.capitalize()} ({level.source})."
        yield Line(Kind.APPEALABLE, item.sequence, until, says, str(item.state), (item.sequence,), Awaits.PRACTICE, until=until)


def _is_continued(case: Authorization) -> bool:
    return any(event.what == CONTINUED for event in case.trail)


def _day(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


__all__ = ["Awaits", "Kind", "Line", "lines", "seen_by"]
