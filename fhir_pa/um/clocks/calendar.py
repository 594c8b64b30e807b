"""Calendar: elapsed time, days in a plan's zone, business days and holidays, for clocks that count in each of them.

Federal clocks count elapsed hours and calendar days; some states count business days (domain §2.6).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

Holidays = Callable[[int], frozenset[date]]  # the holidays of a year
_SATURDAY = 5


def after(moment: datetime, elapsed: timedelta) -> datetime:
    """The moment so much elapsed time later, in UTC, so that an hour is an hour when the clocks change.

    >>> before = datetime(2026, 10, 31, 12, tzinfo=ZoneInfo("America/New_York"))
    >>> after(before, timedelta(hours=24)).astimezone(ZoneInfo("America/New_York")).hour
    11

    Raises ValueError for a moment without a zone.
    """
    if moment.tzinfo is None:
        raise ValueError(f"{moment} has no time zone. Hand in moments with one, e.g. datetime.now(UTC).")
    return moment.astimezone(UTC) + elapsed


def spoken(moment: datetime, here: datetime | None = None) -> str:
    """The moment as people say it, with its zone; in the zone of ``here`` where that is given, such as the plan's own clock.

    >>> spoken(datetime(2026, 11, 24, 20, 5, tzinfo=UTC), datetime(2026, 11, 21, 10, tzinfo=ZoneInfo("America/New_York")))
    'Tuesday, November 24, 2026, at 3:05 p.m. (UTC-05:00)'
    >>> spoken(datetime(2026, 11, 24, 0, 0, tzinfo=UTC))
    'Tuesday, November 24, 2026, at 12:00 a.m. (UTC)'
    """
    there = moment.astimezone(here.tzinfo) if here is not None and here.tzinfo is not None else moment
    half = "a.m." if there.hour < 12 else "p.m."
    zone = "UTC" if not there.utcoffset() else f"UTC{there:%z}"[:6] + ":" + f"{there:%z}"[3:5]
    return f"{there:%A}, {there:%B} {there.day}, {there.year}, at {there.hour % 12 or 12}:{there:%M} {half} ({zone})"


def end_of_day(moment: datetime, days: int, zone: str) -> datetime:
    """The end of the n-th calendar day after the moment, in the plan's zone: the latest reading of a limit in days.

    >>> end_of_day(datetime(2026, 11, 20, 12, tzinfo=UTC), 7, "America/New_York").isoformat()
    '2026-11-28T05:00:00+00:00'
    """
    place = ZoneInfo(zone)
    return _midnight_after(moment.astimezone(place).date() + timedelta(days=days), place)


def end_of_business_day(moment: datetime, days: int, zone: str, holidays: Holidays) -> datetime:
    """The end of the n-th business day after the moment, in the plan's zone; the day of receipt does not count."""
    place = ZoneInfo(zone)
    day, left = moment.astimezone(place).date(), days
    while left:
        day += timedelta(days=1)
        left -= day.weekday() < _SATURDAY and day not in holidays(day.year)
    return _midnight_after(day, place)


def months_after(day: date, months: int) -> date:
    """The day so many months later; where that month lacks it the first of the next, and on no weekend or federal holiday (29 CFR 2590.715-2719(d)(2)(i)).

    >>> months_after(date(2026, 10, 30), 4), months_after(date(2026, 11, 21), 4)
    (datetime.date(2027, 3, 1), datetime.date(2027, 3, 22))
    """
    years, month = divmod(day.month - 1 + months, 12)
    try:
        found = day.replace(year=day.year + years, month=month + 1)
    except ValueError:  # the month is shorter
        years, month = divmod(day.month + months, 12)
        found = date(day.year + years, month + 1, 1)
    while found.weekday() >= _SATURDAY or found in federal_holidays(found.year):
        found += timedelta(days=1)
    return found


def federal_holidays(year: int) -> frozenset[date]:
    """The holidays of the federal government, on the days they are observed (5 U.S.C. 6103).

    >>> date(2026, 7, 3) in federal_holidays(2026)
    True
    """
    fixed = [date(year, 1, 1), date(year, 6, 19), date(year, 7, 4), date(year, 11, 11), date(year, 12, 25), date(year + 1, 1, 1)]
    moving = [_weekday(year, month, weekday, which) for month, weekday, which in ((1, 0, 3), (2, 0, 3), (9, 0, 1), (10, 0, 2), (11, 3, 4))]
    last_monday_of_may = date(year, 5, 31) - timedelta(days=date(year, 5, 31).weekday())
    return frozenset(day for day in (*map(_observed, fixed), *moving, last_monday_of_may) if day.year == year)


def _observed(day: date) -> date:
    """A holiday on a Saturday is observed the Friday before, on a Sunday the Monday after."""
    return day + timedelta(days={5: -1, 6: 1}.get(day.weekday(), 0))


def _weekday(year: int, month: int, weekday: int, which: int) -> date:
    first = date(year, month, 1)
    return first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (which - 1))


def _midnight_after(day: date, place: ZoneInfo) -> datetime:
    return datetime.combine(day + timedelta(days=1), time(), place).astimezone(UTC)
