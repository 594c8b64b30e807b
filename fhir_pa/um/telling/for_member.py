"""For the member: how each service stands, who is waited for until when, and which appeal is open, told as values and never sooner than decided.

A decision that is only intended is no decision: the member hears that the doctors may talk first (domain §4.3 rows 12-14).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from fhir_pa.um.case.authorization import Authorization
from fhir_pa.um.case.item import Item
from fhir_pa.um.case.transitions import PENDING, State
from fhir_pa.um.clocks.time_limits import MEDICAID
from fhir_pa.um.deciding.determination import ReviewAction
from fhir_pa.um.reviewing.appealing import file_until
from fhir_pa.um.reviewing.information_life import rounds


class Stands(StrEnum):
    """How one service stands, as far as the member needs to tell it apart."""

    IN_REVIEW = "in review"
    RECORDS = "records awaited"
    TALK = "talk offered"
    APPROVED = "approved"
    PART = "approved in part"
    DENIED = "not approved"
    WITHDRAWN = "withdrawn"
    NOT_NEEDED = "no approval needed"


class Who(StrEnum):
    """Who is waited for."""

    PLAN = "plan"
    PRACTICE = "practice"
    ELSEWHERE = "elsewhere"


class What(StrEnum):
    """What is waited for."""

    DECISION = "decision"
    RECORDS = "records"
    TALK = "talk"
    APPEAL = "appeal"


@dataclass(frozen=True)
class Awaited:
    """One thing that is waited for: from whom, until when, about which services; ``words`` name it (records, the level of an appeal)."""

    who: Who
    what: What
    until: datetime
    items: tuple[int, ...]
    words: tuple[str, ...] = ()


@dataclass(frozen=True)
class AppealOpen:
    """An appeal the member may ask for: of which services, at which level, until when, and how long it may take.

    ``here``: the plan takes it, so that the member may ask on the plan's own page, while it is not too late.
    """

    items: tuple[int, ...]
    level: str
    until: datetime
    here: bool
    too_late: bool
    expedited_hours: int
    standard_days: int
    care_may_go_on: bool


_OF_ACTION = {
    ReviewAction.CERTIFIED: Stands.APPROVED,
    ReviewAction.PARTIAL: Stands.PART,
    ReviewAction.MODIFIED: Stands.PART,
    ReviewAction.NOT_CERTIFIED: Stands.DENIED,
    ReviewAction.CANCELLED: Stands.WITHDRAWN,
    ReviewAction.NO_ACTION: Stands.NOT_NEEDED,
}
_ORDER = (Stands.TALK, Stands.RECORDS, Stands.IN_REVIEW)


def stands(authorization: Authorization, item: Item) -> Stands:
    """How this service stands."""
    if item.state not in PENDING and item.determination.action in _OF_ACTION:
        return _OF_ACTION[item.determination.action]
    if item.state is State.ADVERSE_INTENDED:
        return Stands.TALK
    asked = {sequence for each in rounds(authorization) if each.waits for sequence in each.still}
    return Stands.RECORDS if item.sequence in asked else Stands.IN_REVIEW


def stands_as_a_whole(authorization: Authorization) -> Stands:
    """One word for the request: what is still open comes first; then what was decided, withdrawn services aside."""
    each = {stands(authorization, item) for item in authorization.items}
    open_ = next((word for word in _ORDER if word in each), None)
    if open_ is not None:
        return open_
    decided = each - {Stands.WITHDRAWN, Stands.NOT_NEEDED}
    if not decided:
        return Stands.WITHDRAWN if Stands.WITHDRAWN in each else Stands.NOT_NEEDED
    return decided.pop() if len(decided) == 1 else Stands.PART


def awaited(authorization: Authorization, at: datetime) -> tuple[Awaited, ...]:
    """Everything that is waited for, what comes first coming first; nothing when it is done."""
    return tuple(sorted(_awaited(authorization, at), key=lambda each: each.until))


def appeals_open(authorization: Authorization, at: datetime) -> tuple[AppealOpen, ...]:
    """The appeals that may be asked for, services with the same level and last day together."""
    found: dict[tuple[str, datetime], AppealOpen] = {}
    for item in authorization.items:
        right = file_until(authorization, item.sequence)
        if right is None:
            continue
        level, until = right
        items = (*found[level.name, until].items, item.sequence) if (level.name, until) in found else (item.sequence,)
        found[level.name, until] = AppealOpen(
            items=items,
            level=level.name,
            until=until,
            here=level.ours and at <= until,
            too_late=at > until,
            expedited_hours=round(level.expedited.total_seconds() / 3600),
            standard_days=level.standard.days,
            care_may_go_on=level.ours and authorization.request.line_of_business == MEDICAID,
        )
    return tuple(sorted(found.values(), key=lambda each: each.until))


def _awaited(authorization: Authorization, at: datetime) -> Iterator[Awaited]:
    pended = tuple(item.sequence for item in authorization.pended)
    for asked in rounds(authorization):
        if asked.waits:
            words = tuple(dict.fromkeys(word for asks in asked.still.values() for ask in asks for word in ask.words))
            yield Awaited(Who.PRACTICE, What.RECORDS, asked.due_at, tuple(asked.still), words)
    for offer in authorization.peer_to_peers:
        if offer.is_open and not offer.lapsed(at):
            yield Awaited(Who.PRACTICE, What.TALK, offer.until, offer.items)
    if pended:
        yield Awaited(Who.PLAN, What.DECISION, authorization.clock.legal_due_at, pended)
    for appeal in authorization.appeals:
        if appeal.is_open:
            yield Awaited(Who.PLAN if appeal.ours else Who.ELSEWHERE, What.APPEAL, appeal.due_at, appeal.items, (appeal.name,))
