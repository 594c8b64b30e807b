"""Dates of the wire: only full dates count (FullDateRule of PAS), a date-time counts by its day."""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from ig_profiles.reading import Json

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}(?!\d)")


def full_date(value: Any) -> date | None:
    """The day of a date or dateTime, or None when it is absent, partial or impossible.

    >>> full_date("2026-11-21T10:00:00Z")
    datetime.date(2026, 11, 21)
    >>> full_date("2026-11") is None
    True
    """
    if not isinstance(value, str) or not _DAY.match(value):
        return None
    try:
        return date.fromisoformat(value[:10])
    except ValueError:
        return None


def moment(value: Any) -> datetime | None:
    """A moment with its time zone, or None."""
    try:
        at = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
    return at if at is not None and at.tzinfo is not None else None


def days(node: Any, element: str) -> tuple[date | None, date | None]:
    """First and last day of ``<element>Date``, ``<element>DateTime`` or ``<element>Period`` of the node.

    >>> days({"servicedPeriod": {"start": "2026-11-22", "end": "2027-02-20"}}, "serviced")
    (datetime.date(2026, 11, 22), datetime.date(2027, 2, 20))
    """
    if not isinstance(node, dict):
        return None, None
    single = full_date(node.get(f"{element}Date")) or full_date(node.get(f"{element}DateTime"))
    if single is not None:
        return single, None
    return period(node.get(f"{element}Period"))


def period(value: Any) -> tuple[date | None, date | None]:
    """First and last day of a Period."""
    return (full_date(value.get("start")), full_date(value.get("end"))) if isinstance(value, dict) else (None, None)


def number(value: Any) -> Decimal | None:
    """A JSON number as a Decimal that keeps its digits, or None."""
    if isinstance(value, bool) or not isinstance(value, (int, float, Decimal)):
        return None
    try:
        found = Decimal(str(value))
    except InvalidOperation:
        return None
    return found if found.is_finite() else None


def quantity(value: Any) -> tuple[Decimal | None, str | None]:
    """Value and unit of a Quantity."""
    if not isinstance(value, dict):
        return None, None
    unit = next((word for word in (value.get("unit"), value.get("code")) if isinstance(word, str) and word), None)
    return number(value.get("value")), unit


def wire_period(first: date, last: date) -> Json:
    """A Period of full days."""
    return {"start": first.isoformat(), "end": last.isoformat()}
