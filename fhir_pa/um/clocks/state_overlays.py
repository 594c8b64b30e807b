"""State overlays: where a state gives its insured members a shorter time than the line of business does.

Rows are examples with their source (domain §2.6); a payer checks those of its states before it relies on them. An overlay
only ever shortens.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from fhir_pa.um.clocks.calendar import Holidays, after, end_of_business_day
from fhir_pa.um.clocks.clock import Clock


@dataclass(frozen=True)
class Overlay:
    """The time one state gives: urgent in elapsed time, standard in business days; ``complete`` counts from complete information."""

    state: str
    source: str
    urgent: timedelta | None = None
    standard_business_days: int | None = None
    complete: bool = False


OVERLAYS = {
    overlay.state: overlay
    for overlay in (
        Overlay("AL", "the law of Alabama", standard_business_days=2),
        Overlay("AR", "the law of Arkansas", standard_business_days=2),
        Overlay("MA", "the law of Massachusetts, from 5 June 2026", urgent=timedelta(hours=24), standard_business_days=2, complete=True),
    )
}


def overlaid(clock: Clock, overlay: Overlay, zone: str, holidays: Holidays, complete_at: datetime | None = None) -> Clock:
    """The clock with the state's time where that is shorter; before the information is complete, the line's own time holds."""
    since = complete_at if overlay.complete else clock.received_at
    if since is None:
        return clock
    if clock.urgent:
        due = after(since, overlay.urgent) if overlay.urgent is not None else None
    else:
        due = end_of_business_day(since, overlay.standard_business_days, zone, holidays) if overlay.standard_business_days is not None else None
    if due is None or due >= clock.legal_due_at:
        return clock
    return replace(clock, legal_due_at=due, internal_due_at=min(clock.internal_due_at, due), source=overlay.source)
