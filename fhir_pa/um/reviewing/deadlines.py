"""Deadlines: the alarms before a decision is due, and what it means in law when the time has passed undecided.

A deadline that passes changes no item: it is written into the trail, once, and a person still decides (domain §4.3 row 25).
Silence certifies nothing, and software signs no denial.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from fhir_pa.um.case.authorization import Authorization
from fhir_pa.um.case.item import Event
from fhir_pa.um.clocks.clock import Clock
from fhir_pa.um.clocks.time_limits import Consequence

PASSED = "deadline passed"
BEFORE = (timedelta(hours=48), timedelta(hours=12))

MEANS = {
    Consequence.DEEMED_ADVERSE: (
        "By law the missed deadline is itself an adverse determination: send the member and the provider the notice with the right to appeal today. "
        "A person still decides the request."
    ),
    Consequence.BREACH_LOGGED: (
        "The member may treat the internal process as exhausted and go to external review: the breach is logged, tell compliance. "
        "A person still decides the request."
    ),
    Consequence.PLAN_RESPONSIBLE: (
        "The plan is responsible for the care until it answers: reach the treating practitioner now. Silence certifies nothing; a person still decides."
    ),
}


@dataclass(frozen=True)
class Alarm:
    """A moment at which somebody must be told that time is running out, and in what words."""

    at: datetime
    says: str


@dataclass(frozen=True)
class Breach:
    """A legal deadline that passed: since when, what that means in law, and what must be done now."""

    since: datetime
    consequence: Consequence
    then: str
    source: str


def alarms(clock: Clock) -> tuple[Alarm, ...]:
    """Every alarm of this clock in order; one that would ring before the request arrived is left out."""
    rings = [Alarm(clock.internal_due_at, "The plan's own promise is due."), Alarm(clock.legal_due_at, "The legal time is up.")]
    rings += [Alarm(clock.legal_due_at - before, f"{before // timedelta(hours=1)} hours are left by law.") for before in BEFORE]
    return tuple(sorted((alarm for alarm in rings if alarm.at > clock.received_at), key=lambda alarm: alarm.at))


def ringing(clock: Clock, since: datetime, until: datetime) -> tuple[Alarm, ...]:
    """The alarms that ring after ``since`` and by ``until``: whoever looks every so often hears each exactly once.

    While the clock is held for the claimant's answer, none rings.
    """
    return tuple(alarm for alarm in alarms(clock) if since < alarm.at <= until and not clock.is_held(alarm.at))


def breach(clock: Clock, at: datetime) -> Breach | None:
    """What it means that the request is undecided at this moment; None while there is time, to the very second it is due."""
    if at <= clock.legal_due_at:
        return None
    limits = clock.limits
    return Breach(clock.legal_due_at, limits.breach, MEANS[limits.breach], clock.source)


def note_breach(authorization: Authorization, at: datetime) -> Authorization | None:
    """The case with its passed deadline in the trail; None when there is nothing to note: in time, decided, or noted already."""
    passed = breach(authorization.clock, at)
    waiting = tuple(item.sequence for item in authorization.pended)
    noted = any(event.what == PASSED and event.at >= authorization.clock.received_at for event in authorization.trail)
    if passed is None or not waiting or noted:
        return None
    event = Event(at, PASSED, "clock", waiting, f"Due {passed.since.isoformat()} ({passed.source}); {passed.consequence}. {passed.then}")
    return replace(authorization, trail=(*authorization.trail, event), revision=authorization.revision + 1)
