"""Quantities with the units that convert simply; where a unit is not known, nothing is said (FHIRPath N1 §2.1.5, UCUM)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any

CALENDAR_UNITS = {
    plural: name for name in ("year", "month", "week", "day", "hour", "minute", "second", "millisecond") for plural in (name, name + "s")
}
UCUM = "http://unitsofmeasure.org"

_PREFIXES = {"k": 3, "h": 2, "da": 1, "d": -1, "c": -2, "m": -3, "u": -6, "n": -9, "p": -12, "f": -15, "M": 6, "G": 9}
_METRIC = {"g": ("g", "1"), "m": ("m", "1"), "L": ("m", "0.001"), "l": ("m", "0.001"), "mol": ("mol", "1"), "s": ("s", "1"), "J": ("J", "1"), "Pa": ("Pa", "1")}
_PLAIN = {
    "min": ("s", "60"),
    "h": ("s", "3600"),
    "d": ("s", "86400"),
    "wk": ("s", "604800"),
    "mo": ("mo", "1"),
    "a": ("mo", "12"),
    "[lb_av]": ("g", "453.59237"),
    "[oz_av]": ("g", "28.349523125"),
    "[in_i]": ("m", "0.0254"),
    "[ft_i]": ("m", "0.3048"),
    "%": ("", "0.01"),
    "1": ("", "1"),
    "10*3": ("", "1000"),
    "10*6": ("", "1000000"),
    "10*9": ("", "1000000000"),
}
_CALENDAR = {
    "year": ("calendar month", "12"),
    "month": ("calendar month", "1"),
    "week": ("s", "604800"),
    "day": ("s", "86400"),
    "hour": ("s", "3600"),
    "minute": ("s", "60"),
    "second": ("s", "1"),
    "millisecond": ("s", "0.001"),
}
_CUBIC = frozenset({"L", "l"})
_TERM = re.compile(r"(?P<unit>10\*\d|[A-Za-z%\[\]_]+|1)(?P<power>[+-]?\d)?")

Dimensions = tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class Quantity:
    """A value with a UCUM unit, or with a calendar duration (``year`` … ``millisecond``)."""

    value: Decimal
    unit: str
    calendar: bool = False

    def __str__(self) -> str:
        return f"{self.value} {self.unit}{'s' if self.value != 1 else ''}" if self.calendar else f"{self.value} '{self.unit}'"


def quantity_of(node: dict[str, Any]) -> Quantity | None:
    """The quantity of a FHIR Quantity; None without a value, or with a comparator, which leaves the value open.

    >>> quantity_of({"value": 7, "unit": "years", "system": UCUM, "code": "a"})
    Quantity(value=Decimal('7'), unit='a', calendar=False)
    """
    value = node.get("value")
    if isinstance(value, bool) or not isinstance(value, (int, float, Decimal)) or node.get("comparator"):
        return None
    code, system = node.get("code"), node.get("system")
    if isinstance(code, str) and system == UCUM:
        return Quantity(Decimal(str(value)), code)
    if isinstance(code, str) and isinstance(system, str):
        return Quantity(Decimal(str(value)), f"{system}|{code}")
    unit = node.get("unit")
    return Quantity(Decimal(str(value)), unit if isinstance(unit, str) else "1")


def in_base_units(quantity: Quantity) -> tuple[Decimal, Dimensions] | None:
    """The value in base units and their dimensions; None for a unit this table does not know.

    >>> in_base_units(Quantity(Decimal(3), "h"))
    (Decimal('10800'), (('s', 1),))
    """
    if quantity.calendar:
        base, factor = _CALENDAR[quantity.unit]
        return quantity.value * Decimal(factor), ((base, 1),)
    found = _unit(quantity.unit)
    return None if found is None else (quantity.value * found[0], found[1])


def compare(left: Quantity, right: Quantity) -> int | None:
    """-1, 0 or 1; None where the units do not convert into each other.

    >>> compare(Quantity(Decimal(1), "kg"), Quantity(Decimal(1000), "g"))
    0
    >>> compare(Quantity(Decimal(1), "kg"), Quantity(Decimal(1), "m")) is None
    True
    """
    one, other = left.value, right.value
    if (left.unit, left.calendar) != (right.unit, right.calendar):
        bases = in_base_units(left), in_base_units(right)
        if bases[0] is None or bases[1] is None or bases[0][1] != bases[1][1]:
            return None
        one, other = bases[0][0], bases[1][0]
    return 0 if one == other else -1 if one < other else 1


@lru_cache(maxsize=1024)
def _unit(text: str) -> tuple[Decimal, Dimensions] | None:
    if len(text) > 40:
        return None
    factor = Decimal(1)
    powers: dict[str, int] = {}
    for place, group in enumerate(text.split("/")):
        for term in group.split("."):
            if term == "" and place == 0 and "/" in text and group == "":
                continue
            found = _term(term)
            if found is None:
                return None
            base, size, power = found
            power = -power if place else power
            factor = factor * size if place == 0 else factor / size
            if base:
                powers[base] = powers.get(base, 0) + power
    return factor, tuple(sorted((base, power) for base, power in powers.items() if power))


def _term(term: str) -> tuple[str, Decimal, int] | None:
    match = _TERM.fullmatch(term)
    if match is None:
        return None
    name, power = match["unit"], int(match["power"] or 1)
    if name in _PLAIN:
        base, size = _PLAIN[name]
        return base, Decimal(size) ** power, power
    for prefix, exponent in (("", 0), *_PREFIXES.items()):
        if name.startswith(prefix) and name[len(prefix) :] in _METRIC:
            base, size = _METRIC[name[len(prefix) :]]
            return base, (Decimal(size).scaleb(exponent)) ** power, power * (3 if name[len(prefix) :] in _CUBIC else 1)
    return None
