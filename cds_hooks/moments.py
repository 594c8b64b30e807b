"""Dates as orders write them: a day, a moment, or no more than a month or a year."""

from __future__ import annotations

from calendar import monthrange
from datetime import date
from typing import Any

from ig_profiles.reading import Json, many, one, text


def day(value: Any, last: bool = False) -> date | None:
    """The day a FHIR date or dateTime names; a partial one stands for its first day, or its last.

    >>> day("2024-05"), day("2024-05", last=True), day("2026-11-21T09:00:00-05:00"), day("soon")
    (datetime.date(2024, 5, 1), datetime.date(2024, 5, 31), datetime.date(2026, 11, 21), None)
    """
    if not isinstance(value, str):
        return None
    parts = value[:10].split("T")[0].split("-")
    try:
        year, month = int(parts[0]), int(parts[1]) if len(parts) > 1 else (12 if last else 1)
        return date(year, month, int(parts[2]) if len(parts) > 2 else (monthrange(year, month)[1] if last else 1))
    except (ValueError, IndexError):
        return None


def span(order: Json) -> tuple[date | None, date | None]:
    """From when until when the order is to be carried out, as far as it says.

    Reads occurrence[x] (dateTime, Period, Timing), a dispense's validity, an appointment's or encounter's time.

    >>> span({"occurrencePeriod": {"start": "2026-12-01", "end": "2026-12-31"}})
    (datetime.date(2026, 12, 1), datetime.date(2026, 12, 31))
    >>> span({"occurrenceTiming": {"event": ["2026-12-24", "2026-12-01"]}})
    (datetime.date(2026, 12, 1), datetime.date(2026, 12, 24))
    """
    exact = text(order, "occurrenceDateTime")
    if exact:
        return day(exact), None
    for path in _PERIODS:
        period = one(order, *path)
        if isinstance(period, dict):
            return day(period.get("start")), day(period.get("end"), last=True)
    if events := sorted(filter(None, map(day, many(order, "occurrenceTiming", "event")))):
        return events[0], events[-1] if len(events) > 1 else None
    start = text(order, "start") or text(order, "dateTime") or text(order, "dateWritten")
    return day(start), day(text(order, "end"), last=True)


_PERIODS = (
    ("occurrencePeriod",),
    ("occurrenceTiming", "repeat", "boundsPeriod"),
    ("dispenseRequest", "validityPeriod"),
    ("requestedPeriod",),
    ("executionPeriod",),
    ("period",),
)
