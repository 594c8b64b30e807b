"""The check digit of a National Provider Identifier: what us-core-17 computes in FHIRPath, computed in Python a hundred times faster."""

from __future__ import annotations

from typing import Any

_PREFIX = 24  # what the prefix 80840, which is not written, adds to the sum (Luhn, 45 CFR 162.406)


def _term(place: int) -> str:
    digit = f"value.substring({place},1).toInteger()"
    return f"({digit})" if place % 2 else f"(select({digit}).select(iif($this<5, $this*2, (($this*2)-9))))"


EXPRESSION = f"(({'+'.join(_term(place) for place in range(10))} + {_PREFIX})mod 10=0)"


def holds(value: Any, *, resource: Any = None, root: Any = None) -> bool | None:
    """Whether the first ten digits of an Identifier's value check; None where there are not ten digits, which other rules tell."""
    told = value.get("value") if type(value) is dict else None
    if type(told) is not str or len(told) < 10 or not (digits := told[:10]).isascii() or not digits.isdigit():
        return None
    doubled = (int(digit) * 2 for digit in digits[0::2])
    return (sum(each - 9 if each > 9 else each for each in doubled) + sum(map(int, digits[1::2])) + _PREFIX) % 10 == 0
