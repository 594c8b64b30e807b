"""Closures that compute: + - * / div mod & and signs, on numbers, text, quantities and moments (FHIRPath N1 §6.6)."""

from __future__ import annotations

from collections.abc import Callable
from decimal import ROUND_HALF_EVEN, Context, Decimal, DivisionByZero, InvalidOperation, Overflow
from typing import Any, TypeVar

from ig_profiles.fhirpath.closures import Closure, from_many
from ig_profiles.fhirpath.durations import shift
from ig_profiles.fhirpath.environment import Evaluation
from ig_profiles.fhirpath.equality import as_quantity
from ig_profiles.fhirpath.errors import EvaluationError
from ig_profiles.fhirpath.moments import Moment
from ig_profiles.fhirpath.nodes import EMPTY
from ig_profiles.fhirpath.quantities import Quantity, in_base_units
from ig_profiles.fhirpath.values import described, moment_of, one, text_of, value_of

Number = int | Decimal
Some = TypeVar("Some", int, Decimal)
EXACT = Context(prec=28, rounding=ROUND_HALF_EVEN, traps=[InvalidOperation, DivisionByZero, Overflow])
_SMALLEST, _LARGEST = -(2**31), 2**31 - 1
MAX_TEXT = 1_000_000


def operation(operator: str, left: Closure, right: Closure) -> Closure:
    """``left operator right``; empty where an operand is empty (but not for ``&``), on overflow and on division by zero."""
    if operator == "&":
        return from_many(_joined(left, right))
    compute = _COMPUTE[operator]

    def many(scope: list[Any], state: Evaluation) -> list[Any]:
        one_, other = one(left.many(scope, state), operator), one(right.many(scope, state), operator)
        if one_ is None or other is None:
            return EMPTY
        answer = compute(one_, other)
        return EMPTY if answer is None else [answer]

    return from_many(many)


def _joined(left: Closure, right: Closure) -> Callable[[list[Any], Evaluation], list[Any]]:
    first, second = left.many, right.many

    def many(scope: list[Any], state: Evaluation) -> list[Any]:
        start = text_of(one(first(scope, state), "&"), "&") or ""
        end = text_of(one(second(scope, state), "&"), "&") or ""
        return [bounded_text(start + end)]

    return many


def bounded_text(text: str) -> str:
    """The text itself. Raises EvaluationError past a million characters, so that no expression builds an endless one."""
    if len(text) > MAX_TEXT:
        raise EvaluationError(f"the expression builds a text of more than {MAX_TEXT:,} characters")
    return text


def bounded(number: Some) -> Some | None:
    """The number, or None where it overflows an Integer of 32 bits or a Decimal of 28 digits (N1 §6.6)."""
    if isinstance(number, int):
        return number if _SMALLEST <= number <= _LARGEST else None
    return number if number.is_finite() and number.adjusted() < 28 else None


def computed(left: Number, right: Number, step: Callable[[Any, Any], Any]) -> Number | None:
    """One step on two numbers, integers staying integers; None on overflow or division by zero."""
    try:
        if isinstance(left, int) and isinstance(right, int):
            return bounded(step(left, right))
        return bounded(step(Decimal(left), Decimal(right)))
    except ArithmeticError:
        return None


def add(left: Any, right: Any) -> Any:
    """``left + right`` of two items; None on overflow or where units do not convert."""
    moment, by = moment_of(left), value_of(right)
    if isinstance(by, Quantity) and moment is not None:
        return shift(moment, by)
    one_, other = value_of(left), by
    if isinstance(one_, str) and isinstance(other, str):
        return bounded_text(one_ + other)
    return _sum(one_, other, 1, "+")


def _subtract(left: Any, right: Any) -> Any:
    moment, by = moment_of(left), value_of(right)
    if isinstance(by, Quantity) and moment is not None:
        return shift(moment, by, -1)
    return _sum(value_of(left), by, -1, "-")


def _sum(left: Any, right: Any, sign: int, operator: str) -> Any:
    if _is_number(left) and _is_number(right):
        return computed(left, right, lambda one_, other: one_ + sign * other if isinstance(one_, int) else EXACT.add(one_, sign * other))
    if isinstance(left, Quantity) and isinstance(right, Quantity):
        if (left.unit, left.calendar) == (right.unit, right.calendar):
            return Quantity(EXACT.add(left.value, sign * right.value), left.unit, left.calendar)
        one_, other = in_base_units(left), in_base_units(right)
        size = in_base_units(Quantity(Decimal(1), left.unit, left.calendar))
        if one_ is None or other is None or size is None or one_[1] != other[1]:
            return None
        return Quantity(EXACT.divide(EXACT.add(one_[0], sign * other[0]), size[0]), left.unit, left.calendar)
    raise _mismatch(operator, left, right)


def _multiply(left: Any, right: Any) -> Any:
    left, right = value_of(left), value_of(right)
    if _is_number(left) and _is_number(right):
        return computed(left, right, lambda one_, other: one_ * other)
    if isinstance(right, Quantity) and _is_number(left):
        left, right = right, left
    if isinstance(left, Quantity) and _is_number(right):
        return Quantity(EXACT.multiply(left.value, Decimal(right)), left.unit, left.calendar)
    raise _mismatch("*", left, right)


def divide(left: Any, right: Any) -> Any:
    """``left / right`` of two items; None on overflow and division by zero."""
    left, right = value_of(left), value_of(right)
    if _is_number(left) and _is_number(right):
        return computed(Decimal(left), Decimal(right), EXACT.divide)
    if isinstance(left, Quantity) and _is_number(right):
        return None if right == 0 else Quantity(EXACT.divide(left.value, Decimal(right)), left.unit, left.calendar)
    one_, other = as_quantity(left), as_quantity(right)
    bases = (one_ and in_base_units(one_), other and in_base_units(other))
    if one_ is None or other is None:
        raise _mismatch("/", left, right)
    if not bases[0] or not bases[1] or bases[0][1] != bases[1][1] or bases[1][0] == 0:
        return None
    return Quantity(EXACT.divide(bases[0][0], bases[1][0]), "1")


def _whole(operator: str, step: Callable[[Decimal, Decimal], Decimal]) -> Callable[[Any, Any], Any]:
    def compute(left: Any, right: Any) -> Any:
        left, right = value_of(left), value_of(right)
        if not (_is_number(left) and _is_number(right)):
            raise _mismatch(operator, left, right)
        answer = computed(Decimal(left), Decimal(right), step)
        whole = operator == "div" or (isinstance(left, int) and isinstance(right, int))
        return bounded(int(answer)) if answer is not None and whole else answer

    return compute


_COMPUTE: dict[str, Callable[[Any, Any], Any]] = {
    "+": add,
    "-": _subtract,
    "*": _multiply,
    "/": divide,
    "div": _whole("div", EXACT.divide_int),
    "mod": _whole("mod", EXACT.remainder),
}


def signed(operator: str, operand: Closure) -> Closure:
    """``-operand`` or ``+operand``."""
    sign = -1 if operator == "-" else 1

    def many(scope: list[Any], state: Evaluation) -> list[Any]:
        value = value_of(one(operand.many(scope, state), operator))
        if value is None:
            return EMPTY
        if isinstance(value, Quantity):
            return [Quantity(sign * value.value, value.unit, value.calendar)]
        if not _is_number(value):
            raise EvaluationError(f"the sign '{operator}' takes a number, not {described(value)}")
        return [sign * value]

    return from_many(many)


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, Decimal)) and not isinstance(value, bool)


def _mismatch(operator: str, left: Any, right: Any) -> EvaluationError:
    if isinstance(left, Moment):
        return EvaluationError(f"'{operator}' takes a duration such as 3 days beside a {left.kind}, not {described(right)}")
    return EvaluationError(f"'{operator}' cannot work on {described(left)} with {described(right)}")
