"""Points: what one case brings to the tracker of a practice, said once and without a clock, so that it can be kept as rows and counted there.

What depends on the moment (a window that closes, a day that comes) is told by ``row`` when the point is read.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum

from fhir_pa.um.case.appeal import ON_THE_MERITS
from fhir_pa.um.case.authorization import Authorization
from fhir_pa.um.case.item import Item
from fhir_pa.um.case.peer_to_peer import REMIND_LAST, Stage
from fhir_pa.um.case.transitions import PENDING
from fhir_pa.um.clocks.calendar import spoken
from fhir_pa.um.deciding.determination import ADVERSE, Determination, ReviewAction
from fhir_pa.um.deciding.request import Identifier
from fhir_pa.um.deciding.root_cause import RootCause
from fhir_pa.um.measures.failures import SOON, Failure, Row
from fhir_pa.um.stays.stay import is_stay

_FAILS = {
    RootCause.NO_AUTHORIZATION: Failure.NO_AUTHORIZATION,
    RootCause.EXPIRED: Failure.EXPIRED,
    RootCause.CONCURRENT_MISSED: Failure.EXPIRED,
    RootCause.WRONG_LEVEL: Failure.WRONG_LEVEL,
    RootCause.CRITERIA_NOT_SPOKEN: Failure.MISMATCH,
    RootCause.DOCUMENTS_MISSING: Failure.MISMATCH,
    RootCause.RETRO_NOT_PURSUED: Failure.RETRO_NOT_PURSUED,
}
_NOT_OFFERED = (Stage.NO_TIME, Stage.NOT_NEEDED)


class About(StrEnum):
    """What a point is about."""

    DENIED = "denied"  # against the member, and it still stands
    REDUCED = "reduced"
    PLANNED = "planned"  # a service whose day is told, and nothing is certified yet
    ASKED = "asked"
    MISSED = "missed"  # a conversation
    WINDOW = "window"  # of a conversation that nobody has booked
    ADMISSION = "admission"  # whose request is still to come
    CALL = "call"  # any conversation that could be taken
    APPEAL = "appeal"  # decided on the merits
    CAUSE = "cause"  # of the newest decision against the member
    LOST = "lost"  # days asked for and not certified
    STAY = "stay"


FAILURES = (About.DENIED, About.REDUCED, About.PLANNED, About.ASKED, About.MISSED, About.WINDOW, About.ADMISSION)
IN_TIME = (About.CALL, About.APPEAL, About.CAUSE, About.LOST)  # counted from a day on


@dataclass(frozen=True)
class Point:
    """One point. ``part`` tells points about the same thing apart: the item, the conversation, the appeal. ``on`` is the day it is counted by.

    ``what`` is the failure, the stage of the conversation, the outcome of the appeal or the root cause. ``at`` is the moment
    at which a window closes. ``says`` is the sentence of its row where no clock is needed; ``count`` are days. Of a stay they
    are the system and the value of its member's number.
    """

    about: About
    part: int
    on: date
    what: str = ""
    says: str = ""
    item: int | None = None
    at: datetime | None = None
    count: int = 0

    def happened(self, now: datetime) -> bool:
        """Whether it is done; else it can still be kept from happening."""
        over = self.at is not None and now > self.at
        if self.about is About.CALL:
            return self.what == Stage.MISSED_BY_PROVIDER or (self.what == Stage.OFFERED and over)
        if self.about is About.PLANNED:
            return self.on <= now.date()
        return over if self.about in (About.WINDOW, About.ADMISSION) else self.about is not About.ASKED

    def counts(self, since: date, now: datetime) -> bool:
        """Whether it is counted at this moment, in the time that begins with this day."""
        return self.about in FAILURES and (self.about is not About.PLANNED or self.on <= now.date() + SOON) or self.about in IN_TIME and self.on >= since


def points(case: Authorization) -> tuple[Point, ...]:
    """Every point of the case as it stands."""
    return tuple(_all(case))


def row(number: str, point: Point, now: datetime) -> Row:
    """The point as a line of the tracker at this moment."""
    happened = point.happened(now)
    if point.about is About.CALL and point.at is not None:
        return Row(number, f"Nobody called before {spoken(point.at, now)}.", point.at.date(), point.item)
    return Row(number, point.says or _said(point, happened, now), point.on, point.item, happened=happened)


def _said(point: Point, happened: bool, now: datetime) -> str:
    if point.about is About.PLANNED:
        says = f"The service {'was' if happened else 'is'} planned for {point.on}, and the request is still under review."
        return f"{says} Send what is asked for, or move the day."
    assert point.at is not None, f"a point about {point.about} has its moment"
    by = spoken(point.at, now)
    if point.about is About.ADMISSION:
        return f"The request for the admission did not come by {by}. Send it with the reason." if happened else f"Send the request by {by}."
    hurry = "Call now" if point.at - now <= REMIND_LAST else "Book the call"
    return _UNUSED if happened else f"{hurry}: the plan's physician may be talked to until {by}."


_UNUSED = "The window for the conversation closed unused. Send what the chart shows; the physician decides, and the decision may be appealed."


def _all(case: Authorization) -> Iterator[Point]:
    for item in case.items:
        yield from _of_item(case, item)
    for talk in case.peer_to_peers:
        until, first = talk.until.astimezone(UTC), talk.items[0]
        if talk.stage is Stage.MISSED_BY_PROVIDER:
            yield Point(About.MISSED, talk.number, (talk.closed_at or until).date(), Failure.MISSED_CALL, _UNUSED, first)
        elif talk.stage is Stage.OFFERED:
            yield Point(About.WINDOW, talk.number, until.date(), Failure.MISSED_CALL, "", first, until)
        if talk.stage not in _NOT_OFFERED:
            yield Point(About.CALL, talk.number, talk.offered_at.date(), talk.stage, "", first, until)
    for filed in case.appeals:
        if filed.outcome in ON_THE_MERITS and filed.decided_at:
            says = f"{filed.name} {filed.outcome}: {filed.because}"
            yield Point(About.APPEAL, filed.number, filed.decided_at.date(), str(filed.outcome), says, filed.items[0])
    if case.retro is not None and case.retro.requested_at is None:
        by = case.retro.ask_by.astimezone(UTC)
        yield Point(About.ADMISSION, 1, by.date(), Failure.RETRO_NOT_PURSUED, "", 1, by)
    if is_stay(case):
        who = next(iter(case.request.member.identifiers), Identifier("", ""))
        yield Point(About.STAY, 1, case.opening_clock.received_at.date(), who.system, who.value)


def _of_item(case: Authorization, item: Item) -> Iterator[Point]:
    made, asked, part = item.determination, item.requested.service, item.sequence
    if made.root_cause in _FAILS:
        says = f"{made.root_cause}: {made.because}"
        yield Point(About.DENIED, part, made.decided_at.date(), _FAILS[made.root_cause], says, part)
    if made.action is ReviewAction.MODIFIED and made.root_cause is not RootCause.WRONG_LEVEL:
        says = f"Certified otherwise than asked for: {made.because}"  # the difference is paid at the lower level (F63)
        yield Point(About.REDUCED, part, made.decided_at.date(), Failure.WRONG_LEVEL, says, part)
    if item.state in PENDING and asked.on is not None and asked.on >= case.opening_clock.received_at.date():
        yield Point(About.PLANNED, part, asked.on, Failure.NO_AUTHORIZATION, "", part)
    if item.state in PENDING and made.asks:
        wanted = ", ".join(dict.fromkeys(word for ask in made.asks for word in ask.words)) or "what it asked for"
        yield Point(About.ASKED, part, made.decided_at.date(), Failure.MISMATCH, f"The plan waits for {wanted}.", part)
    against = newest_against(item)
    if against is not None and against.root_cause is not None:
        yield Point(About.CAUSE, part, against.decided_at.date(), against.root_cause, against.because, part)
    lost = _days_lost(item)
    if lost:
        yield Point(About.LOST, part, made.decided_at.date(), item=part, count=lost)


def newest_against(item: Item) -> Determination | None:
    """The newest decision against the member that has a root cause, whatever came after it."""
    return next((each for each in (item.determination, *reversed(item.earlier)) if each.action in ADVERSE and each.root_cause), None)


def _days_lost(item: Item) -> int:
    """Days asked for and not certified, of services counted in days (F96)."""
    made, asked = item.determination, item.requested.service
    if not made.is_final or made.root_cause is None or (asked.unit or "").strip("{}").lower() not in ("d", "day", "days"):
        return 0
    given = made.authorized.quantity if made.authorized and made.authorized.quantity is not None else 0
    return max(0, int((asked.quantity or 0) - given))
