"""Utilization: how much of a limited benefit a member's certifications have used up (domain F13).

A certification counts whole, on its first day: the same day for payer, provider and member, whenever it is looked at.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, timedelta
from decimal import Decimal

from fhir_pa.um.deciding.determination import Authorized
from questionnaires.benefits import CALENDAR_YEAR, Limit
from questionnaires.policy import Edition

ONE = Decimal(1)
Window = tuple[date, date]
Used = Callable[[Edition, date], Decimal | None]


def unlimited(edition: Edition, on: date) -> Decimal | None:
    """For what is weighed without looking at what was used before."""
    return None


def window(per: str | int, on: date) -> Window:
    """The days a limit looks at from this day, both included: its calendar year, or so many days that end with it.

    Raises ValueError for any other period.

    >>> window("calendar-year", date(2026, 11, 21))
    (datetime.date(2026, 1, 1), datetime.date(2026, 12, 31))
    >>> window(90, date(2026, 11, 21))
    (datetime.date(2026, 8, 24), datetime.date(2026, 11, 21))
    """
    if per == CALENDAR_YEAR:
        return date(on.year, 1, 1), date(on.year, 12, 31)
    if isinstance(per, int) and not isinstance(per, bool) and per > 0:
        return on - timedelta(days=min(per - 1, (on - date.min).days)), on
    raise ValueError(f"{per!r} is no period of a limit. Write '{CALENDAR_YEAR}' or a number of days.")


def used(certified: Iterable[Authorized], limit: Limit, on: date) -> Decimal:
    """How much of these certifications falls into the limit's period around this day.

    One without a quantity counts as one. One in another unit than the limit's cannot be counted in it, and is not.
    """
    first, last = window(limit.per, on)
    counted = (each for each in certified if first <= each.starts_on <= last and limit.counts(each.unit))
    return sum((ONE if each.quantity is None else each.quantity for each in counted), Decimal(0))
