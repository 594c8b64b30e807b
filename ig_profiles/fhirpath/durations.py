"""Dates and times moved by a duration (FHIRPath N1 §6.6.7)."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, datetime, timedelta
from decimal import Decimal

from ig_profiles.fhirpath.errors import EvaluationError
from ig_profiles.fhirpath.moments import Moment
from ig_profiles.fhirpath.quantities import Quantity

_SECONDS: dict[str, int | Decimal] = {"week": 604800, "day": 86400, "hour": 3600, "minute": 60, "second": 1, "millisecond": Decimal("0.001")}
_DEFINITE = {"wk": "week", "d": "day", "h": "hour", "min": "minute", "s": "second", "ms": "millisecond"}


def shift(moment: Moment, by: Quantity, sign: int = 1) -> Moment | None:
    """The moment moved by a duration, in its own precision; None beyond the years 1 to 9999.

    >>> from ig_profiles.fhirpath.moments import parse_moment
    >>> str(shift(parse_moment("2024-02-29"), Quantity(Decimal(1), "year", calendar=True)))
    '2025-02-28'
    """
    unit = by.unit if by.calendar else _DEFINITE.get(by.unit)
    if unit is None:
        raise EvaluationError(f"'{by.unit}' is no duration that can be added to a {moment.kind}; write for example 3 months")
    amount = by.value * sign
    try:
        if moment.kind == "time":
            return _shift_clock(moment, amount, unit)
        if unit in {"year", "month"}:
            return _shift_months(moment, int(amount) * 12 if unit == "year" else int(amount))
        return _shift_seconds(moment, amount * _SECONDS[unit] if unit in {"second", "millisecond"} else int(amount) * Decimal(_SECONDS[unit]))
    except (OverflowError, ValueError):
        return None


def _shift_clock(moment: Moment, amount: Decimal, unit: str) -> Moment:
    if unit not in _SECONDS:
        raise EvaluationError(f"a time of day cannot be moved by {unit}s")
    hour, minute, second = (moment.parts + (0, 0))[:3]
    total = (hour * 3600 + minute * 60 + second + amount * _SECONDS[unit]) % 86400
    clock = (int(total // 3600), int(total % 3600 // 60), total % 60)
    return Moment("time", clock[: len(moment.parts)])


def _shift_months(moment: Moment, months: int) -> Moment:
    parts = moment.parts
    if len(parts) == 1:
        moved = int(parts[0]) + int(months / 12)
        date(moved, 1, 1)
        return Moment(moment.kind, (moved,), moment.zone)
    total = int(parts[0]) * 12 + int(parts[1]) - 1 + months
    year, month = total // 12, total % 12 + 1
    last = monthrange(date(year, month, 1).year, month)[1]
    return Moment(moment.kind, (year, month, *(min(int(day), last) for day in parts[2:3]), *parts[3:]), moment.zone)


def _shift_seconds(moment: Moment, seconds: Decimal) -> Moment:
    parts = moment.parts
    if len(parts) == 1:
        return _shift_months(moment, int(seconds / (86400 * 365)) * 12)
    if len(parts) == 2:
        return _shift_months(moment, int(seconds / (86400 * 30)))
    if len(parts) < 6:
        unit = {3: 86400, 4: 3600, 5: 60}[len(parts)]
        seconds = int(seconds / unit) * Decimal(unit)
    whole, fraction = divmod((parts[5] if len(parts) == 6 else 0) + seconds, 1)
    year, month, day, hour, minute = (int(part) for part in (*parts, 0, 0)[:5])
    moved = datetime(year, month, day, hour, minute) + timedelta(seconds=int(whole))
    second: int | Decimal = moved.second + fraction if fraction else moved.second
    return Moment(moment.kind, (moved.year, moved.month, moved.day, moved.hour, moved.minute, second)[: len(parts)], moment.zone)
