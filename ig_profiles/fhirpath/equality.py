"""Equal, equivalent, and a key that equal items share (FHIRPath N1 §6.1)."""

from __future__ import annotations

from collections.abc import Hashable
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from ig_profiles.fhirpath import moments, quantities
from ig_profiles.fhirpath.moments import Moment, parse_moment
from ig_profiles.fhirpath.nodes import Node
from ig_profiles.fhirpath.quantities import Quantity
from ig_profiles.fhirpath.values import full_moment, value_of


def equal_lists(left: list[Any], right: list[Any]) -> bool | None:
    """``left = right``: None when either is empty or an item cannot be decided; order counts.

    >>> equal_lists([1, "a"], [Decimal("1.0"), "a"]), equal_lists([1], [1, 2]), equal_lists([], [1])
    (True, False, None)
    """
    if not left or not right:
        return None
    if len(left) != len(right):
        return False
    undecided = False
    for one, other in zip(left, right, strict=True):
        same = equal(one, other)
        if same is False:
            return False
        undecided = undecided or same is None
    return None if undecided else True


def equal(left: Any, right: Any) -> bool | None:
    """Whether two items are equal; None where precision, time zone or units do not tell.

    >>> equal("2012-01-01T10:00:00Z", "2012-01-01T11:00:00+01:00"), equal("2012", "2012-01")
    (True, False)
    """
    if type(left) is str and type(right) is str:
        if left == right:
            return True
        one, other = full_moment(left), full_moment(right)
        if one is None or other is None:
            return False
        order = moments.compare(one, other)
        return None if order is None else order == 0
    left, right = value_of(left), value_of(right)
    if left is None or right is None:
        return None
    if isinstance(left, dict) or isinstance(right, dict) or isinstance(left, bool) or isinstance(right, bool):
        return key(left) == key(right)
    return _equal_values(left, right)


def _equal_values(left: Any, right: Any) -> bool | None:
    if isinstance(left, Moment) or isinstance(right, Moment):
        one = parse_moment(left) if isinstance(left, str) else left
        other = parse_moment(right) if isinstance(right, str) else right
        if not isinstance(one, Moment) or not isinstance(other, Moment) or (one.kind == "time") != (other.kind == "time"):
            return False
        order = moments.compare(one, other)
        return None if order is None else order == 0
    if isinstance(left, Quantity) or isinstance(right, Quantity):
        first, second = as_quantity(left), as_quantity(right)
        if first is None or second is None:
            return False
        order = quantities.compare(first, second)
        return None if order is None else order == 0
    return left == right


def as_quantity(value: Any) -> Quantity | None:
    """A quantity, or a number as a quantity without unit; None for anything else."""
    if isinstance(value, Quantity):
        return value
    if isinstance(value, (int, Decimal)) and not isinstance(value, bool):
        return Quantity(Decimal(value), "1")
    return None


def key(item: Any) -> Hashable:
    """A hashable that two items share exactly when ``equal`` says True, so that sets stay linear.

    >>> key({"a": [1, True]}) == key({"a": [Decimal("1.0"), True]}), key(1) == key(True)
    (True, False)
    """
    kind = type(item)
    if kind is str:
        moment = full_moment(item)
        return item if moment is None else _moment_key(moment)
    if kind is Node:
        return ("beside", key(item.beside)) if item.value is None else key(value_of(item))
    if kind is bool:
        return ("boolean", item)
    if kind is float:
        return Decimal(repr(item))
    if kind is dict:
        return ("object", frozenset((name, key(value)) for name, value in item.items()))
    if kind is list:
        return ("list", tuple(key(value) for value in item))
    if kind is Moment:
        return _moment_key(item)
    if kind is Quantity:
        base = quantities.in_base_units(item)
        return ("quantity", item.value, item.unit) if base is None else ("quantity", *base)
    return item


def _moment_key(moment: Moment) -> Hashable:
    moment = moments.in_utc(moment)
    return ("moment", moment.kind == "time", moment.parts, moment.zone)


def distinct(items: list[Any]) -> list[Any]:
    """The items without repetition, the first of equal ones kept."""
    if len(items) < 2:
        return items
    found: dict[Hashable, Any] = {}
    for item in items:
        found.setdefault(key(item), item)
    return list(found.values())


def equivalent_lists(left: list[Any], right: list[Any]) -> bool:
    """``left ~ right``: never None; order does not count, nor do case and spacing of text, nor the scale of decimals.

    >>> equivalent_lists(["a  B", 1], [Decimal("1.0"), "A b"]), equivalent_lists([], [])
    (True, True)
    """
    if len(left) != len(right):
        return False
    remaining = list(right)
    for one in left:
        place = next((place for place, other in enumerate(remaining) if equivalent(one, other)), None)
        if place is None:
            return False
        del remaining[place]
    return True


def equivalent(left: Any, right: Any) -> bool:
    """Whether two items mean the same."""
    left, right = value_of(left), value_of(right)
    if isinstance(left, str) and isinstance(right, str):
        return " ".join(left.lower().split()) == " ".join(right.lower().split())
    if isinstance(left, dict) and isinstance(right, dict):
        left, right = _without_id(left), _without_id(right)
        return left.keys() == right.keys() and all(equivalent_lists(_listed(left[name]), _listed(right[name])) for name in left)
    if isinstance(left, bool) or isinstance(right, bool) or isinstance(left, dict) or isinstance(right, dict):
        return left is right
    if isinstance(left, (int, Decimal)) and isinstance(right, (int, Decimal)):
        return _rounded_alike(Decimal(left), Decimal(right))
    if isinstance(left, Quantity) and isinstance(right, Quantity):
        return _alike(left, right)
    return left is not None and right is not None and _equal_values(left, right) is True


def _without_id(node: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in node.items() if name != "id"}


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _rounded_alike(left: Decimal, right: Decimal) -> bool:
    if left == right:
        return True
    exponents = [int(value.normalize().as_tuple().exponent) for value in (left, right)]
    unit = Decimal(1).scaleb(min(max(exponents), 0))
    return left.quantize(unit, ROUND_HALF_UP) == right.quantize(unit, ROUND_HALF_UP) if abs(left) < 10**18 and abs(right) < 10**18 else False


def _alike(left: Quantity, right: Quantity) -> bool:
    one, other = quantities.in_base_units(left), quantities.in_base_units(right)
    if one is None or other is None:
        return left.unit == right.unit and _rounded_alike(left.value, right.value)
    return _definite(one[1]) == _definite(other[1]) and _rounded_alike(one[0], other[0])


def _definite(dimensions: quantities.Dimensions) -> quantities.Dimensions:
    """A calendar month is equivalent to a definite one, though not equal."""
    return tuple(("mo" if base == "calendar month" else base, power) for base, power in dimensions)
