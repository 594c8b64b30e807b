"""Dates, dates with time, and times of day, each with the precision it was written in (FHIRPath N1 §2.1.4, §6.2, §6.6.7)."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Literal

from ig_profiles.fhirpath.errors import EvaluationError

Kind = Literal["date", "dateTime", "time"]

_LOOKS = re.compile(
    r"(?P<date>\d{4}(?:-\d\d(?:-\d\d)?)?)?(?P<t>T)?(?P<time>\d\d(?::\d\d(?::\d\d(?:\.\d{1,9})?)?)?)?(?P<zone>Z|[+-]\d\d:\d\d)?", re.ASCII
)
_EAST, _WEST = 14 * 3600, 12 * 3600  # the zones a moment without one may be in: UTC+14 … UTC-12


@dataclass(frozen=True)
class Moment:
    """``parts`` are year, month, day, hour, minute, second (hour first for a time), as many as were written; ``zone`` is minutes east of UTC."""

    kind: Kind
    parts: tuple[int | Decimal, ...]
    zone: int | None = None

    def __str__(self) -> str:
        numbers = [f"{int(part):02d}" for part in self.parts]
        if self.kind == "time":
            return _with_fraction(":".join(numbers), self.parts, 2)
        numbers[0] = f"{int(self.parts[0]):04d}"
        day = "-".join(numbers[:3])
        if self.kind == "date":
            return day
        clock = _with_fraction(":".join(numbers[3:]), self.parts, 5)
        zone = "" if self.zone is None else "Z" if self.zone == 0 else f"{'-' if self.zone < 0 else '+'}{abs(self.zone) // 60:02d}:{abs(self.zone) % 60:02d}"
        return f"{day}T{clock}{zone}"


def _with_fraction(text: str, parts: tuple[int | Decimal, ...], second: int) -> str:
    fraction = Decimal(parts[second]) % 1 if len(parts) > second else Decimal(0)
    return text + (f"{fraction:.3f}"[1:] if fraction else "")


def moment_literal(text: str) -> Moment | None:
    """The moment of a literal such as ``@2012-04T`` or ``@T14:30``; None where the calendar has no such day or hour."""
    return parse_moment(text[1:], bare_time=False)


@lru_cache(maxsize=4096)
def parse_moment(text: str, bare_time: bool = True) -> Moment | None:
    """The moment in this text as FHIR and FHIRPath write it, or None; ``14:30`` counts only with ``bare_time``.

    >>> str(parse_moment("2026-11-21T09:30:00-05:00"))
    '2026-11-21T09:30:00-05:00'
    >>> parse_moment("2026-02-30") is None
    True
    """
    match = _LOOKS.fullmatch(text) if len(text) <= 40 else None
    if match is None:
        return None
    day, t, clock, zone = match["date"], match["t"], match["time"], match["zone"]
    hours: tuple[int | Decimal, ...] = ()
    if clock:
        numbers = clock.split(":")
        hours = tuple(int(number) for number in numbers[:2]) + tuple(_second(number) for number in numbers[2:])
        if not (hours[0] < 24 and all(part < 60 for part in hours[1:2]) and all(part < 61 for part in hours[2:])):
            return None
    if day is None:
        return Moment("time", hours) if clock and not zone and (t is not None) != bare_time else None
    parts = tuple(int(number) for number in day.split("-"))
    if parts[0] < 1 or (len(parts) > 1 and not 1 <= parts[1] <= 12) or (len(parts) > 2 and not 1 <= parts[2] <= monthrange(parts[0], parts[1])[1]):
        return None
    if t is None:
        return None if clock or zone else Moment("date", parts)
    if clock and len(parts) < 3:
        return None
    minutes = None if zone is None or not clock else 0 if zone == "Z" else (-1 if zone[0] == "-" else 1) * (int(zone[1:3]) * 60 + int(zone[4:]))
    return Moment("dateTime", parts + hours, minutes)


def _second(text: str) -> int | Decimal:
    return Decimal(text) if "." in text else int(text)


def of_datetime(at: datetime) -> Moment:
    """The moment of a datetime, to the millisecond."""
    offset = at.utcoffset()
    second = Decimal(at.second) + Decimal(at.microsecond // 1000) / 1000
    return Moment("dateTime", (at.year, at.month, at.day, at.hour, at.minute, second), None if offset is None else int(offset.total_seconds()) // 60)


def compare(left: Moment, right: Moment) -> int | None:
    """-1, 0 or 1; None where the precision written, or a missing time zone, does not tell.

    >>> compare(parse_moment("2012-01"), parse_moment("2012-01-05")) is None
    True
    >>> compare(parse_moment("2012-01-01T10:00:00Z"), parse_moment("2012-01-01T11:00:00+01:00"))
    0
    """
    if (left.kind == "time") != (right.kind == "time"):
        raise EvaluationError(f"a {left.kind} and a {right.kind} cannot be compared")
    if left.zone != right.zone:
        if left.zone is None or right.zone is None:
            return _compare_spans(left, right)
        left, right = in_utc(left), in_utc(right)
    for one, other in zip(left.parts, right.parts, strict=False):
        if one != other:
            return -1 if one < other else 1
    return 0 if len(left.parts) == len(right.parts) else None


def _compare_spans(left: Moment, right: Moment) -> int | None:
    (left_low, left_high), (right_low, right_high) = _span(left), _span(right)
    return -1 if left_high < right_low else 1 if left_low > right_high else None


def _span(moment: Moment) -> tuple[Decimal, Decimal]:
    parts = moment.parts
    year, month, day = (int(part) for part in (*parts, 1, 1)[:3])
    last_month = month if len(parts) > 1 else 12
    last_day = day if len(parts) > 2 else monthrange(year, last_month)[1]
    hour, minute, second = (parts[3:] + (0, 0, 0))[:3]
    last_hour, last_minute, last_second = parts[3:] + (23, 59, 60)[len(parts[3:]) :]
    low = Decimal(date(year, month, day if len(parts) > 2 else 1).toordinal() * 86400 + hour * 3600 + minute * 60) + second
    high = Decimal(date(year, last_month, last_day).toordinal() * 86400 + last_hour * 3600 + last_minute * 60) + last_second
    if moment.zone is None:
        return low - _EAST, high + _WEST
    return low - moment.zone * 60, high - moment.zone * 60


def in_utc(moment: Moment) -> Moment:
    """The same moment told in UTC; unchanged where no zone is written."""
    if not moment.zone:
        return moment
    parts = moment.parts
    year, month, day, hour, minute = (int(part) for part in (*parts, 0)[:5])
    try:
        shifted = datetime(year, month, day, hour, minute) - timedelta(minutes=moment.zone)
    except OverflowError:
        return moment
    clock = (shifted.year, shifted.month, shifted.day, shifted.hour, shifted.minute, *parts[5:])
    return Moment("dateTime", clock[: max(len(parts), 5)], 0)
