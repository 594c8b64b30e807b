"""Early end: the plan ends what it certified before its time, for good cause alone, told so early that it can be appealed first (§4.3 row 22).

That something is not needed any more is no ground: what was certified stays certified for that.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from fhir_pa.um.case.authorization import Authorization
from fhir_pa.um.case.item import Event
from fhir_pa.um.case.review import Decision, Reviewer, Verdict
from fhir_pa.um.case.transitions import EventKind
from fhir_pa.um.case.use import used
from fhir_pa.um.clocks.time_limits import ERISA, MEDICAID, MEDICARE_ADVANTAGE, QHP
from ig_profiles.outcome import Conflict, Unprocessable


class Ground(StrEnum):
    """Why; no other reason ends it."""

    ERROR = "obvious error"
    FRAUD = "fraud or similar fault"
    COVERAGE = "coverage ended"
    REQUEST = "the member asked for it"


@dataclass(frozen=True)
class Ahead:
    """How many days before its end the member is told, and the rule that says so."""

    days: int
    source: str


NOTICE = {
    MEDICAID: Ahead(10, "42 CFR 431.211, 438.404(c)(1)"),
    MEDICARE_ADVANTAGE: Ahead(2, "42 CFR 422.624(b)"),
    ERISA: Ahead(4, "29 CFR 2560.503-1(f)(2)(ii)(A)"),
    QHP: Ahead(4, "45 CFR 147.136, 29 CFR 2560.503-1(f)(2)(ii)(A)"),
}
LONGEST = Ahead(10, "the longest notice of all lines of business")


def end_early(authorization: Authorization, sequence: int, last: date, ground: Ground, decision: Decision, reviewer: Reviewer, at: datetime) -> Authorization:
    """The case with this item certified until ``last`` only; what was used stays used, and it may be appealed.

    ``decision`` bears reason, reason code, root cause and phone. Raises Conflict when nothing is certified beyond that day or
    more was used, Unprocessable when the day comes sooner than the law lets the member be told, Forbidden for anybody but a
    physician with a licence.
    """
    item = authorization.item(sequence)
    held, ahead = item.determination.authorized, NOTICE.get(authorization.request.line_of_business, LONGEST)
    if held is None or not held.starts_on <= last < held.until:
        until = f" until {held.until}" if held else ""
        raise Conflict(f"Item {sequence} is {item.state}{until}; only a day within it and before its last can end it early.", expression="until")
    earliest = at.date() + timedelta(days=ahead.days)
    if last < earliest and ground is not Ground.REQUEST:
        text = f"The member is told {ahead.days} days before ({ahead.source}). The earliest last day is {earliest}."
        raise Unprocessable(text, expression="until")
    beyond = [use for use in authorization.uses if use.item == sequence and use.on > last]
    if beyond:
        raise Conflict(f"{beyond[0].quantity} were used on {beyond[0].on}, after {last}. End it after the last day that was used.", expression="until")
    days = (last - held.starts_on).days + 1
    whole = (held.until - held.starts_on).days + 1
    share = None if held.quantity is None else max(used(authorization.uses, sequence), (held.quantity * days / whole).to_integral_value())
    shorter = replace(decision, items=(sequence,), verdict=Verdict.MODIFY, authorized=replace(held, until=last, quantity=share))
    signed = shorter.determination(item.requested, item.determination, reviewer, at)
    event = Event(
        at,
        str(EventKind.ENDED_EARLY),
        reviewer.person,
        (sequence,),
        f"{ground.capitalize()}: {decision.because.strip()} Last day {last}, told {ahead.days} days before.",
    )
    return authorization.with_items({sequence: item.moved(EventKind.ENDED_EARLY, signed)}, event)
