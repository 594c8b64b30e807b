"""Items read as values of FHIRPath: the one item of a collection, its number, text, truth or moment."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from ig_profiles.fhirpath.errors import EvaluationError
from ig_profiles.fhirpath.moments import Moment, parse_moment
from ig_profiles.fhirpath.nodes import Node, plain
from ig_profiles.fhirpath.quantities import Quantity, quantity_of

_MOMENT_TYPES = frozenset({"date", "dateTime", "instant", "time"})
_QUANTITY_KEYS = frozenset({"value", "comparator", "unit", "system", "code", "id", "extension"})


def one(items: list[Any], asker: str) -> Any:
    """The only item; None where there is none. Raises EvaluationError where there are several (N1 §4.5)."""
    if not items:
        return None
    if len(items) > 1:
        raise EvaluationError(f"{asker} takes one item; here are {len(items)}")
    return items[0]


def truth_of(items: list[Any]) -> bool | None:
    """The collection read as a condition: its boolean, true for any other single item, None when empty (N1 §4.5).

    >>> truth_of([]), truth_of([False]), truth_of(["no"])
    (None, False, True)
    """
    if not items:
        return None
    if len(items) > 1:
        raise EvaluationError(f"a condition takes one item; here are {len(items)}")
    value = plain(items[0])
    if value is None:
        return None
    return value if isinstance(value, bool) else True


def number_of(item: Any, asker: str) -> int | Decimal | None:
    """The number of an item; None where it has no value. Raises EvaluationError for anything else."""
    value = plain(item)
    if value is None or (isinstance(value, (int, Decimal)) and not isinstance(value, bool)):
        return value
    if isinstance(value, float):
        return Decimal(repr(value))
    raise EvaluationError(f"{asker} takes a number, not {described(value)}")


def text_of(item: Any, asker: str) -> str | None:
    """The text of an item; None where it has no value. Raises EvaluationError for anything else."""
    value = plain(item)
    if value is None or isinstance(value, str):
        return value
    raise EvaluationError(f"{asker} takes text, not {described(value)}")


def value_of(item: Any) -> Any:
    """The item as a value to compute with: numbers exact, typed dates as Moment, a FHIR Quantity as Quantity."""
    if type(item) is Node:
        if item.type in _MOMENT_TYPES and isinstance(item.value, str):
            return parse_moment(item.value) or item.value
        item = item.value
    if isinstance(item, float):
        return Decimal(repr(item))
    if isinstance(item, dict) and "value" in item and item.keys() <= _QUANTITY_KEYS:
        return quantity_of(item) or item
    return item


def moment_of(item: Any) -> Moment | None:
    """The moment an item holds, be it typed or only written like one; else None."""
    value = plain(item)
    if isinstance(value, str):
        if type(item) is Node and item.type is not None and item.type not in _MOMENT_TYPES:
            return None
        return parse_moment(value)
    return value if isinstance(value, Moment) else None


def full_moment(value: str) -> Moment | None:
    """The moment of untyped text that names at least a full day: what may be compared as a date without knowing its type."""
    if len(value) >= 10 and value[4] == "-" and value[7] == "-":
        return parse_moment(value)
    return None


def described(value: Any) -> str:
    """A value named for a message, without its content: that may be a patient's."""
    value = plain(value)
    if isinstance(value, bool):
        return "a boolean"
    if isinstance(value, (int, float, Decimal)):
        return "a number"
    if isinstance(value, str):
        return "text"
    if isinstance(value, Moment):
        return f"a {value.kind}"
    return "a quantity" if isinstance(value, Quantity) else "an object"
