"""The life of a request for information: opened once for all that is missing, reminded of at half, received, closed, or expired (domain §4.5).

Nothing of it is kept twice: what was asked stands in the determinations, what came in the trail, and its life is read from both.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from fhir_pa.um.case.authorization import Authorization
from fhir_pa.um.case.item import Event
from fhir_pa.um.case.transitions import PENDING, EventKind, State, follow
from fhir_pa.um.clocks.clock import Clock
from fhir_pa.um.deciding.determination import Determination
from fhir_pa.um.deciding.information_request import InformationRequest

NOT_RECEIVED = "information not received"
TIME_TO_DECIDE = timedelta(hours=24)  # of the plan's own promise, left for the decision after the answer was due
_ANSWERS = frozenset({str(EventKind.EVIDENCE_RECEIVED), str(EventKind.REVISED)})


class Stage(StrEnum):
    """Where a request for information stands."""

    OPEN = "open"
    PARTLY = "partly received"
    RECEIVED = "received"
    CLOSED = "closed"
    EXPIRED = "expired"


@dataclass(frozen=True)
class Round:
    """One request for information: everything that was asked for at one moment, by item; ``still`` is what has not come."""

    number: int
    opened_at: datetime
    due_at: datetime
    asks: Mapping[int, tuple[InformationRequest, ...]]
    still: Mapping[int, tuple[InformationRequest, ...]]
    stage: Stage

    @property
    def items(self) -> tuple[int, ...]:
        """The items it is about."""
        return tuple(self.asks)

    @property
    def waits(self) -> bool:
        """Whether the answer, or a part of it, is still awaited."""
        return self.stage in (Stage.OPEN, Stage.PARTLY)

    @property
    def remind_at(self) -> datetime:
        """When to remind of it: at half of the time."""
        return self.opened_at + (self.due_at - self.opened_at) / 2


def rounds(authorization: Authorization) -> tuple[Round, ...]:
    """Every request for information of this case, the first one first. One is the rule: whatever is missing is asked for at once."""
    opened: dict[datetime, dict[int, tuple[InformationRequest, ...]]] = {}
    for item in authorization.items:
        for at, asks in _new((*item.earlier, item.determination)):
            opened.setdefault(at, {})[item.sequence] = asks
    return tuple(_round(authorization, number, at, opened[at]) for number, at in enumerate(sorted(opened), 1))


def due(clock: Clock, opened_at: datetime) -> datetime:
    """Until when the answer is awaited: a day before the plan's own promise, or half of the time to it when that is less.

    A clock that is held for the answer waits as long as it is held. No request for information ever moves a clock by itself.
    """
    if clock.tolling is not None and clock.tolling.answered_at is None:
        return clock.tolling.answer_by
    left = clock.internal_due_at - opened_at
    return opened_at + max(left - TIME_TO_DECIDE, left / 2, timedelta(0))


def close_out(authorization: Authorization, at: datetime) -> Authorization | None:
    """The case with every request for information recorded that is overdue; None when there is none.

    What waits with a nurse goes to a physician, who decides on what is on file: nothing is denied by it (row 8).
    """
    late = [each for each in rounds(authorization) if each.waits and at > each.due_at]
    if not late:
        return None
    items = tuple(dict.fromkeys(sequence for each in late for sequence in each.still))
    moved = {
        sequence: replace(item, state=follow(item.state, EventKind.REFERRED_TO_PHYSICIAN, sequence))
        for sequence in items
        if (item := authorization.item(sequence)).state is State.IN_REVIEW_NURSE
    }
    said = f"Asked for on {late[0].opened_at.date()}, due {late[0].due_at.isoformat(timespec='minutes')}. A physician decides on what is on file."
    return authorization.with_items(moved, Event(at, NOT_RECEIVED, "clock", items, said))


def _new(determinations: tuple[Determination, ...]) -> Iterator[tuple[datetime, tuple[InformationRequest, ...]]]:
    """When something was asked for that had not been before; what is asked for again in other words is the same question."""
    known: set[str] = set()
    for made in determinations:
        fresh = tuple(ask for ask in made.asks if not _named(ask) <= known)
        if fresh:
            yield made.decided_at, fresh
        known |= {name for ask in made.asks for name in _named(ask)}


def _named(ask: InformationRequest) -> set[str]:
    """What a question is about: the criteria it could settle, else its own words."""
    return set(ask.criteria or ask.words or (ask.document,))


def _round(authorization: Authorization, number: int, at: datetime, asks: dict[int, tuple[InformationRequest, ...]]) -> Round:
    still = {sequence: left for sequence, asked in asks.items() if (left := _still(authorization, sequence, asked))}
    due_at = due(authorization.clock, at)
    came = any(event.at > at and event.what in _ANSWERS and set(event.items) & set(asks) for event in authorization.trail)
    given_up = any(event.what == NOT_RECEIVED and event.at > at and set(event.items) & set(asks) for event in authorization.trail)
    if all(authorization.item(sequence).state not in PENDING for sequence in asks):
        stage = Stage.CLOSED
    elif not still:
        stage = Stage.RECEIVED
    elif given_up:
        stage = Stage.EXPIRED
    else:
        stage = Stage.PARTLY if came and still != asks else Stage.OPEN
    return Round(number, at, due_at, asks, still, stage)


def _still(authorization: Authorization, sequence: int, asked: tuple[InformationRequest, ...]) -> tuple[InformationRequest, ...]:
    item = authorization.item(sequence)
    if item.state not in PENDING:
        return ()
    names = {name for ask in asked for name in _named(ask)}
    return tuple(ask for ask in item.determination.asks if _named(ask) & names)
