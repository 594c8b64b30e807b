"""Work on numbers (FHIRPath N1 §5.7); empty where there is no real result."""

from __future__ import annotations

from decimal import ROUND_CEILING, ROUND_DOWN, ROUND_FLOOR, ROUND_HALF_UP, Decimal
from typing import Any

from ig_profiles.fhirpath.arithmetic import EXACT, Number, bounded
from ig_profiles.fhirpath.errors import EvaluationError
from ig_profiles.fhirpath.functions.registry import on_one
from ig_profiles.fhirpath.quantities import Quantity
from ig_profiles.fhirpath.values import number_of, value_of


@on_one("abs", "item")
def absolute(item: Any) -> Any:
    value = value_of(item)
    if isinstance(value, Quantity):
        return Quantity(abs(value.value), value.unit, value.calendar)
    number = number_of(item, "abs()")
    return None if number is None else bounded(abs(number))


def _to_whole(number: Number, rounding: str) -> int | None:
    value = Decimal(number)
    return None if value.adjusted() > 28 else bounded(int(value.to_integral_value(rounding)))


@on_one("ceiling", "number")
def ceiling(number: Number) -> int | None:
    return _to_whole(number, ROUND_CEILING)


@on_one("floor", "number")
def floor(number: Number) -> int | None:
    return _to_whole(number, ROUND_FLOOR)


@on_one("truncate", "number")
def truncate(number: Number) -> int | None:
    return _to_whole(number, ROUND_DOWN)


@on_one("round", "number", "integer", optional=1)
def round_(number: Number, digits: int = 0) -> Number | None:
    """Half is rounded away from zero."""
    if not 0 <= digits <= 20:
        raise EvaluationError("round() takes a number of digits from 0 to 20")
    try:
        return Decimal(number).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP, EXACT) if digits else _to_whole(number, ROUND_HALF_UP)
    except ArithmeticError:
        return None


def _real(compute: Any, *numbers: Number) -> Decimal | None:
    try:
        answer = compute(*(Decimal(number) for number in numbers))
    except ArithmeticError:
        return None
    return bounded(answer)


@on_one("exp", "number")
def exponential(number: Number) -> Decimal | None:
    return _real(EXACT.exp, number)


@on_one("ln", "number")
def natural_logarithm(number: Number) -> Decimal | None:
    return _real(EXACT.ln, number) if number > 0 else None


@on_one("log", "number", "number")
def logarithm(number: Number, base: Number) -> Decimal | None:
    """The logarithm to the given base."""
    if number <= 0 or base <= 0 or base == 1:
        return None
    return _real(lambda value, root: _tidy(EXACT.divide(EXACT.ln(value), EXACT.ln(root))), number, base)


@on_one("power", "number", "number")
def power(number: Number, exponent: Number) -> Number | None:
    """Whole for whole numbers with an exponent not below zero."""
    answer = _real(EXACT.power, number, exponent)
    if answer is not None and isinstance(number, int) and isinstance(exponent, int) and exponent >= 0:
        return bounded(int(answer))
    return answer


@on_one("sqrt", "number")
def square_root(number: Number) -> Decimal | None:
    return _real(EXACT.sqrt, number) if number >= 0 else None


def _tidy(value: Decimal) -> Decimal:
    """The last two of 28 digits rounded off, so that log(100, 10) is 2 and not 1.999…"""
    return EXACT.plus(value.quantize(Decimal(1).scaleb(-24))) if value.adjusted() < 2 else value
