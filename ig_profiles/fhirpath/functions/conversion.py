"""From one kind of value to another, or empty (FHIRPath N1 §5.5); iif."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from ig_profiles.fhirpath.arithmetic import bounded
from ig_profiles.fhirpath.closures import FALSE, TRUE, Closure, from_many, from_truth
from ig_profiles.fhirpath.environment import Evaluation
from ig_profiles.fhirpath.functions.registry import Site, builds
from ig_profiles.fhirpath.moments import Moment, parse_moment
from ig_profiles.fhirpath.nodes import EMPTY
from ig_profiles.fhirpath.quantities import CALENDAR_UNITS, Quantity, compare, in_base_units
from ig_profiles.fhirpath.values import one, text_of, value_of

_YES, _NO = frozenset({"true", "t", "yes", "y", "1", "1.0"}), frozenset({"false", "f", "no", "n", "0", "0.0"})
_QUANTITY = re.compile(r"([+-]?\d{1,28}(?:\.\d{1,28})?)\s*(?:'([^']+)'|([a-zA-Z]+))?")


def to_boolean(value: Any) -> bool | None:
    if isinstance(value, bool):
        return value
    word = str(value).lower() if isinstance(value, (str, int, Decimal)) else ""
    return True if word in _YES else False if word in _NO else None


def to_integer(value: Any) -> Any:
    if isinstance(value, (bool, int)):
        return int(value)
    if isinstance(value, str) and re.fullmatch(r"[+-]?[0-9]{1,10}", value):
        return bounded(int(value))
    return None


def to_decimal(value: Any) -> Decimal | None:
    if isinstance(value, (bool, int, Decimal)):
        return Decimal(value)
    if isinstance(value, str) and re.fullmatch(r"[+-]?[0-9]{1,28}(\.[0-9]{1,28})?", value):
        return Decimal(value)
    return None


def to_string(value: Any) -> str | None:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return f"{value:f}" if abs(value.adjusted()) < 60 else None
    return str(value) if isinstance(value, (str, int, Moment, Quantity)) else None


def to_date(value: Any) -> Moment | None:
    moment = parse_moment(value) if isinstance(value, str) else value
    if not isinstance(moment, Moment) or moment.kind == "time":
        return None
    return Moment("date", moment.parts[:3])


def to_date_time(value: Any) -> Moment | None:
    moment = parse_moment(value) if isinstance(value, str) else value
    return Moment("dateTime", moment.parts, moment.zone) if isinstance(moment, Moment) and moment.kind != "time" else None


def to_time(value: Any) -> Moment | None:
    moment = parse_moment(value) if isinstance(value, str) else value
    return moment if isinstance(moment, Moment) and moment.kind == "time" else None


def to_quantity(value: Any) -> Quantity | None:
    if isinstance(value, Quantity):
        return value
    if isinstance(value, (bool, int, Decimal)):
        return Quantity(Decimal(value), "1")
    match = _QUANTITY.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        return None
    if match[3]:
        return Quantity(Decimal(match[1]), CALENDAR_UNITS[match[3]], calendar=True) if match[3] in CALENDAR_UNITS else None
    return Quantity(Decimal(match[1]), match[2] or "1")


_CONVERSIONS: dict[str, Callable[[Any], Any]] = {
    "Boolean": to_boolean,
    "Integer": to_integer,
    "Decimal": to_decimal,
    "String": to_string,
    "Date": to_date,
    "DateTime": to_date_time,
    "Time": to_time,
}


def _list_conversion(name: str, convert: Callable[[Any], Any]) -> None:
    @builds(f"to{name}")
    def to(site: Site, source: Closure) -> Closure:
        def many(scope: list[Any], state: Evaluation) -> list[Any]:
            value = value_of(one(source.many(scope, state), f"to{name}()"))
            answer = None if value is None else convert(value)
            return EMPTY if answer is None else [answer]

        return from_many(many)

    @builds(f"convertsTo{name}")
    def converts(site: Site, source: Closure) -> Closure:
        def truth(scope: list[Any], state: Evaluation) -> bool | None:
            value = value_of(one(source.many(scope, state), f"convertsTo{name}()"))
            return None if value is None else convert(value) is not None

        return from_truth(truth)


for _name, _convert in _CONVERSIONS.items():
    _list_conversion(_name, _convert)


def _in_unit(quantity: Quantity | None, unit: str | None) -> Quantity | None:
    """The quantity told in the unit, where they convert."""
    if quantity is None or unit is None:
        return quantity
    wanted = Quantity(Decimal(1), CALENDAR_UNITS[unit], calendar=True) if unit in CALENDAR_UNITS else Quantity(Decimal(1), unit)
    if (quantity.unit, quantity.calendar) == (wanted.unit, wanted.calendar):
        return quantity
    base, size = in_base_units(quantity), in_base_units(wanted)
    if base is None or size is None or compare(quantity, wanted) is None or size[0] == 0:
        return None
    return Quantity(base[0] / size[0], wanted.unit, wanted.calendar)


def _quantity_at(source: Closure, unit: Closure | None, scope: list[Any], state: Evaluation, asker: str) -> tuple[bool, Quantity | None]:
    value = value_of(one(source.many(scope, state), asker))
    wanted = text_of(one(unit.many(scope, state), asker), asker) if unit else None
    return value is not None, None if value is None else _in_unit(to_quantity(value), wanted)


@builds("toQuantity", 0, 1)
def quantity(site: Site, source: Closure, unit: Closure | None = None) -> Closure:
    """As a quantity, in the unit if one is given."""

    def many(scope: list[Any], state: Evaluation) -> list[Any]:
        found = _quantity_at(source, unit, scope, state, "toQuantity()")[1]
        return EMPTY if found is None else [found]

    return from_many(many)


@builds("convertsToQuantity", 0, 1)
def converts_to_quantity(site: Site, source: Closure, unit: Closure | None = None) -> Closure:
    """Whether ``toQuantity`` yields one."""

    def many(scope: list[Any], state: Evaluation) -> list[Any]:
        there, found = _quantity_at(source, unit, scope, state, "convertsToQuantity()")
        return EMPTY if not there else FALSE if found is None else TRUE

    return from_many(many)


@builds("iif", 2, 3, criteria=True)
def iif(site: Site, source: Closure, condition: Closure, then: Closure, otherwise: Closure | None = None) -> Closure:
    """One branch or the other; only the chosen one is evaluated. The branches see the source, be it empty."""

    def many(scope: list[Any], state: Evaluation) -> list[Any]:
        items = source.many(scope, state)
        if condition.truth(items, state) is True:
            return then.many(items, state)
        return otherwise.many(items, state) if otherwise else EMPTY

    return from_many(many)
