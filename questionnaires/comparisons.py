"""How an answer compares with what a policy wrote: it holds, it does not, or it cannot be told."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

Compare = Callable[[Any, Any, date], bool]
ComparePair = Callable[[Any, Any, Any], bool]


def holds(operator: str, values: tuple[Any, ...], wanted: Any, service_on: date) -> bool | None:
    """Whether the comparison holds of these values: one, or for a comparison of two facts, that fact's and then the other's.

    None when a value is not of a kind the comparison understands.

    >>> holds("at_most", (Decimal(86),), Decimal(88), date(2026, 11, 21))
    True
    >>> holds("at_least_days_after", (date(2026, 11, 12), date(2026, 10, 1)), Decimal(42), date(2026, 11, 21))
    True
    >>> holds("at_most", ("low",), Decimal(88), date(2026, 11, 21)) is None
    True
    """
    try:
        if operator in _PAIRED:
            value, other = values
            return _PAIRED[operator](value, other, wanted)
        (value,) = values
        return _SINGLE[operator](value, wanted, service_on)
    except (KeyError, TypeError, ValueError, ArithmeticError, AttributeError):
        return None


def day_of(value: Any) -> date:
    """The day of a date, or of a moment told as ISO text; raises ValueError for a day known only to the month."""
    if isinstance(value, str):
        return date.fromisoformat(value[:10])
    if isinstance(value, date):
        return value
    raise ValueError(f"{value!r} is no day")


def _plain(value: Any) -> Any:
    """Codings compare by their code, numbers as decimals."""
    if isinstance(value, (bool, str, date)):
        return value
    if isinstance(value, (int, float, Decimal)):
        return Decimal(str(value))
    return value.code


def _same_kind(left: Any, right: Any) -> bool:
    a, b = _plain(left), _plain(right)
    if type(a) is not type(b):
        raise TypeError(f"{type(a).__name__} cannot be compared with {type(b).__name__}")
    return bool(a == b)


def _days_between(earlier: Any, later: Any) -> int:
    return (day_of(later) - day_of(earlier)).days


def _number(value: Any) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, (int, Decimal)):
        raise TypeError(f"{value!r} is no number")
    return Decimal(value)


def _per_window(quantity: Any, days: Any, wanted: tuple[Decimal, Decimal]) -> bool:
    """Whether so much for so many days is within the limit; ``wanted`` is the limit and the days of its window."""
    limit, window = wanted
    supply = _number(days)
    if supply <= 0:
        raise ValueError("a supply lasts at least one day")
    return _number(quantity) * window <= limit * supply


_SINGLE: dict[str, Compare] = {
    "is": lambda value, wanted, _: _same_kind(value, wanted),
    "one_of": lambda value, wanted, _: any(_same_kind(value, each) for each in wanted),
    "at_most": lambda value, limit, _: bool(_plain(value) <= _plain(limit)),
    "at_least": lambda value, limit, _: bool(_plain(value) >= _plain(limit)),
    "below": lambda value, limit, _: bool(_plain(value) < _plain(limit)),
    "above": lambda value, limit, _: bool(_plain(value) > _plain(limit)),
    "within_days": lambda value, days, service_on: 0 <= _days_between(value, service_on) <= int(days),
    "at_least_days_ago": lambda value, days, service_on: _days_between(value, service_on) >= int(days),
    "answered": lambda value, wanted, _: bool(wanted),
}
_PAIRED: dict[str, ComparePair] = {
    "at_least_days_after": lambda value, other, days: _days_between(other, value) >= int(days),
    "at_most_days_after": lambda value, other, days: _days_between(other, value) <= int(days),
    "at_most_per": _per_window,
}

OPERATORS = (*_SINGLE, *_PAIRED)
PAIRED = tuple(_PAIRED)
DAYS = ("within_days", "at_least_days_ago", "at_least_days_after", "at_most_days_after")
