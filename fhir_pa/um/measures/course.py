"""Course: one case as the figures count it: how it was first decided, how long that took, and what became of it on appeal (domain §6).

A case counts when its last service was first decided; what happened later is told beside it, and never changes the count.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from fhir_pa.um.case.appeal import ON_THE_MERITS, Outcome
from fhir_pa.um.case.authorization import Authorization
from fhir_pa.um.case.item import Item
from fhir_pa.um.case.transitions import State
from fhir_pa.um.clocks.time_limits import Asked
from fhir_pa.um.deciding.determination import ADVERSE, Determination, ReviewAction
from fhir_pa.um.deciding.root_cause import RootCause
from fhir_pa.um.on_file.order_time import SIGNED

_NO_DECISION = frozenset({ReviewAction.PENDED, ReviewAction.CANCELLED, ReviewAction.NO_ACTION})

_NEVER_DECIDED = frozenset({State.CANCELLED, State.NOT_NEEDED})


class Class(StrEnum):
    """How a case was first decided: every service, some, or none."""

    FULL = "approved"
    PART = "approved in part"
    NONE = "denied"


class Left(StrEnum):
    """Why a case is not counted; each is told with its number."""

    OPEN = "not decided yet"
    WITHDRAWN = "withdrawn before a decision"
    WITH_ORDER = "certified with the order, nobody asked"
    DRUG = "drugs"
    NOT_NEEDED = "no authorization was needed"
    ODD = "decided before it was received"


@dataclass(frozen=True)
class Course:
    """One decided case. ``on_time``: decided within the legal time. ``by_people``: every adverse decision bears a signature."""

    number: str
    line_of_business: str
    urgent: bool
    asked: Asked
    received_at: datetime
    decided_at: datetime
    decided: Class
    on_time: bool
    extended: bool
    by_engine: bool
    by_people: bool
    appealed: bool = False
    overturned: bool = False
    causes: tuple[RootCause, ...] = ()

    @property
    def took(self) -> timedelta:
        """From the receipt to the decision of the last service."""
        return self.decided_at - self.received_at


@dataclass(frozen=True)
class Standing:
    """One case as figures see it: when it came, and its course or why it has none."""

    line_of_business: str
    received_at: datetime
    course: Course | Left


def standing(authorization: Authorization) -> Standing:
    """The case as figures see it."""
    return Standing(authorization.request.line_of_business, authorization.opening_clock.received_at, course_of(authorization))


def course_of(authorization: Authorization) -> Course | Left:
    """The case as figures count it, or why it is left out."""
    if authorization.trail and authorization.trail[0].what == SIGNED:
        return Left.WITH_ORDER
    first = {item.sequence: first_decision(item) for item in authorization.items}
    live = [item for item in authorization.items if item.state not in _NEVER_DECIDED or first[item.sequence] is not None]
    if not live:
        return Left.NOT_NEEDED if any(item.state is State.NOT_NEEDED for item in authorization.items) else Left.WITHDRAWN
    decided = [made for item in live if (made := first[item.sequence]) is not None]
    if len(decided) < len(live):
        return Left.OPEN
    clock, at = authorization.opening_clock, max(made.decided_at for made in decided)
    if at < clock.received_at:
        return Left.ODD
    heard = [appeal for appeal in authorization.appeals if appeal.outcome in ON_THE_MERITS]
    adverse = [made for made in decided if made.action in ADVERSE]
    return Course(
        number=authorization.number,
        line_of_business=authorization.request.line_of_business,
        urgent=clock.urgent,
        asked=clock.asked,
        received_at=clock.received_at,
        decided_at=at,
        decided=_class(decided),
        on_time=at <= clock.legal_due_at,
        extended=clock.extended is not None,
        by_engine=all(made.signed_by is None for made in decided),
        by_people=all(made.signed_by is not None or made.excluded_by for made in adverse),
        appealed=bool(heard),
        overturned=any(appeal.outcome in (Outcome.OVERTURNED, Outcome.PARTLY) for appeal in heard),
        causes=tuple(made.root_cause for made in adverse if made.root_cause is not None),
    )


def first_decision(item: Item) -> Determination | None:
    """The first determination of an item that decided it; None while it is pended, or when it was withdrawn before."""
    return next((made for made in (*item.earlier, item.determination) if made.action not in _NO_DECISION), None)


def _class(decided: list[Determination]) -> Class:
    actions = {made.action for made in decided}
    if actions == {ReviewAction.CERTIFIED}:
        return Class.FULL
    return Class.NONE if actions == {ReviewAction.NOT_CERTIFIED} else Class.PART
