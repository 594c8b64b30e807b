"""Closures that compare: equal, equivalent, in, contains, less and greater (FHIRPath N1 §6.1-6.3)."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from ig_profiles.fhirpath import moments, quantities
from ig_profiles.fhirpath.closures import Closure, Truth, from_truth
from ig_profiles.fhirpath.environment import Evaluation
from ig_profiles.fhirpath.equality import as_quantity, equal_lists, equivalent_lists, key
from ig_profiles.fhirpath.errors import EvaluationError
from ig_profiles.fhirpath.moments import Moment, parse_moment
from ig_profiles.fhirpath.nodes import Node
from ig_profiles.fhirpath.quantities import Quantity
from ig_profiles.fhirpath.values import described, one, value_of


def equals(left: Closure, right: Closure, wanted: bool) -> Closure:
    """``left = right``, or ``!=`` where ``wanted`` is False."""
    if right.constant is not None and len(right.constant) == 1 and type(right.constant[0]) is str:
        return from_truth(_equals_text(left, right.constant[0], wanted))
    if left.is_condition and right.is_condition:
        return from_truth(_same_truth(left.truth, right.truth, wanted))

    def truth(scope: list[Any], state: Evaluation) -> bool | None:
        answer = equal_lists(left.many(scope, state), right.many(scope, state))
        return None if answer is None else answer is wanted

    return from_truth(truth)


def _same_truth(left: Truth, right: Truth, wanted: bool) -> Truth:
    def truth(scope: list[Any], state: Evaluation) -> bool | None:
        one_, other = left(scope, state), right(scope, state)
        return None if one_ is None or other is None else (one_ is other) is wanted

    return truth


def _equals_text(left: Closure, text: str, wanted: bool) -> Truth:
    many = left.many
    constant = [text]

    def truth(scope: list[Any], state: Evaluation) -> bool | None:
        items = many(scope, state)
        if len(items) == 1 and type(items[0]) is str:
            return (items[0] == text) is wanted
        answer = equal_lists(items, constant)
        return None if answer is None else answer is wanted

    return truth


def equivalent(left: Closure, right: Closure, wanted: bool) -> Closure:
    """``left ~ right``, or ``!~`` where ``wanted`` is False."""

    def truth(scope: list[Any], state: Evaluation) -> bool | None:
        return equivalent_lists(left.many(scope, state), right.many(scope, state)) is wanted

    return from_truth(truth)


def within(item: Closure, collection: Closure, asker: str) -> Closure:
    """``item in collection``, which is also ``collection contains item``."""
    known = None if collection.constant is None else frozenset(key(value) for value in collection.constant)

    def truth(scope: list[Any], state: Evaluation) -> bool | None:
        items = item.many(scope, state)
        if not items:
            return None
        wanted = key(one(items, asker))
        if known is not None:
            return wanted in known
        found = collection.many(scope, state)
        return any(key(value) == wanted for value in found)

    return from_truth(truth)


_TESTS: dict[str, Callable[[int], bool]] = {
    "<": lambda order: order < 0,
    "<=": lambda order: order <= 0,
    ">": lambda order: order > 0,
    ">=": lambda order: order >= 0,
}


def ordered(operator: str, left: Closure, right: Closure) -> Closure:
    """``left < right`` and its kin; None where an operand is empty or the precision does not tell."""
    test = _TESTS[operator]
    words = any(part.constant is not None and len(part.constant) == 1 and type(part.constant[0]) is str for part in (left, right))

    def truth(scope: list[Any], state: Evaluation) -> bool | None:
        one_, other = one(left.many(scope, state), operator), one(right.many(scope, state), operator)
        if one_ is None or other is None:
            return None
        order = order_of(one_, other, operator, words)
        return None if order is None else test(order)

    return from_truth(truth)


def order_of(left: Any, right: Any, asker: str, as_words: bool = False) -> int | None:
    """-1, 0 or 1; None where precision, zone or units do not tell. Raises EvaluationError where the kinds do not compare."""
    untyped = all(type(item) is str or (type(item) is Node and item.type is None) for item in (left, right))
    left, right = value_of(left), value_of(right)
    if left is None or right is None:
        return None
    if isinstance(left, str) and isinstance(right, str):
        if untyped and not as_words:
            moment, other = parse_moment(left), parse_moment(right)
            if moment is not None and other is not None and (moment.kind == "time") == (other.kind == "time"):
                return moments.compare(moment, other)
        return 0 if left == right else -1 if left < right else 1
    if isinstance(left, Moment) and isinstance(right, str):
        right = parse_moment(right)
    elif isinstance(right, Moment) and isinstance(left, str):
        left = parse_moment(left)
    if isinstance(left, Moment) and isinstance(right, Moment):
        return moments.compare(left, right)
    if isinstance(left, (int, Decimal)) and isinstance(right, (int, Decimal)) and not isinstance(left, bool) and not isinstance(right, bool):
        return 0 if left == right else -1 if left < right else 1
    if _has_comparator(left) or _has_comparator(right):
        return None
    one_, other_ = as_quantity(left), as_quantity(right)
    if one_ is None or other_ is None or not isinstance(left, (Quantity, int, Decimal)):
        raise EvaluationError(f"'{asker}' cannot compare {described(left)} with {described(right)}")
    return quantities.compare(one_, other_)


def _has_comparator(value: Any) -> bool:
    return isinstance(value, dict) and ("comparator" in value or "value" not in value)
