"""Series: what was certified to come back at intervals: what of it was given, and when the next is due (domain F35).

Too early is never a no: the day is told on which the next may be given, and a person looks at what is asked for sooner.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal

from fhir_pa.um.case.authorization import Authorization
from fhir_pa.um.case.item import Event, Item
from fhir_pa.um.case.transitions import CERTIFICATIONS
from fhir_pa.um.case.use import days_used
from fhir_pa.um.deciding.recurrence import Recurrence
from fhir_pa.um.deciding.request import AuthorizationRequest, CertificationType, RequestedItem
from fhir_pa.um.on_file.units import left

_TAKEN_UP_BECAUSE = "It is one of a series certified before; the request is answered with that certification."


@dataclass(frozen=True)
class Next:
    """When the next of a series is due, and the first day on which it may be given; ``left`` counts it among those that are left."""

    due_on: date
    open_on: date
    left: Decimal | None
    last_on: date | None = None

    @property
    def says(self) -> str:
        """One sentence about it."""
        before = f"The last one was on {self.last_on}; the next" if self.last_on else "The first of the series"
        amount = f", {self.left} left" if self.left is not None else ""
        return f"{before} is due on {self.due_on} and may be given from {self.open_on} on{amount}."


def next_of(authorization: Authorization, item: Item) -> Next | None:
    """The next of this item's series; None when it is no series, all of it is used, or it ends before the next is due."""
    held, rest = item.determination.authorized, left(authorization, item)
    if item.state not in CERTIFICATIONS or held is None or held.recurs is None or rest.is_exhausted:
        return None
    last = max(days_used(authorization.uses, item.sequence), default=None)
    if last is None:
        return Next(held.starts_on, held.starts_on, rest.left)
    opens = held.recurs.open_on(last)
    return Next(held.recurs.due_on(last), opens, rest.left, last) if opens <= held.until else None


def not_due(authorization: Authorization, item: Item, on: date) -> str:
    """Why one of this series is not due on that day, and what to do all the same; empty when it may be given."""
    held = item.determination.authorized
    recurs = held.recurs if held else None
    close = recurs.too_close(on, days_used(authorization.uses, item.sequence)) if recurs else ()
    if recurs is None or not close:
        return ""
    near = min(close, key=lambda day: abs(on - day))
    return (
        f"It is certified as a series, and one was given on {near}: the next is due on {recurs.due_on(near)} and may be given from "
        f"{recurs.open_on(near)} on. Sooner, send a request that says why: a person looks at it."
    )


def answers_all(request: AuthorizationRequest, cases: Iterable[Authorization], today: date) -> Authorization | None:
    """The case whose series answer everything this request asks for, inside their intervals; None when there is none."""
    wanted = [each for each in request.items if not each.cancelled]
    if not wanted or len(wanted) < len(request.items):
        return None
    return next((case for case in cases if all(_answering(each, case, today) is not None for each in wanted)), None)


def next_in_series(case: Authorization, request: AuthorizationRequest, received: str, client: str, at: datetime) -> tuple[Authorization, Authorization]:
    """The case after a request for the next of its series, known by the request's numbers too; and the case as the answer shows it.

    The answer speaks of the items as the request numbers them. What was certified stays as it is.
    """
    answering = {asked.sequence: found for asked in request.items if (found := _answering(asked, case, at.date())) is not None}
    numbers = tuple(dict.fromkeys((*case.request.trace_numbers, *request.trace_numbers)))
    event = Event(at, "received", client, tuple(sorted({item.sequence for item in answering.values()})), _TAKEN_UP_BECAUSE)
    kept = replace(
        case,
        request=replace(case.request, trace_numbers=numbers),
        trail=(*case.trail, event),
        revision=case.revision + 1,
        received=(*case.received, received),
    )
    items = tuple(replace(answering[asked.sequence], requested=asked) for asked in request.items)
    return kept, replace(kept, request=request, items=items, submission=received)


def _answering(asked: RequestedItem, case: Authorization, today: date) -> Item | None:
    """The item of the case whose series this is one of, on its day; one that is too early, or more than one, is weighed by itself."""
    service, first = asked.service, asked.service.on or today
    if asked.certification_type is not CertificationType.INITIAL or asked.code_end is not None or (service.quantity or 1) > 1:
        return None
    for item in case.items:
        held = item.determination.authorized
        if item.state not in CERTIFICATIONS or held is None or held.recurs is None or asked.at_another_site_than(item.requested):
            continue
        same = any(mine.same_as(theirs) for mine in item.requested.service.codes for theirs in service.codes)
        within = held.starts_on <= first <= held.until and (service.until or first) <= held.until
        if same and within and not left(case, item).is_exhausted and not not_due(case, item, first):
            return item
    return None


def recurs(item: Item) -> Recurrence | None:
    """The interval of what is certified of this item; None where it does not come back."""
    held = item.determination.authorized if item.state in CERTIFICATIONS else None
    return held.recurs if held else None
