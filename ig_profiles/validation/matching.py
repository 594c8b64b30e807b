"""Fixed and pattern values: predicates that say whether a value is exactly this, or contains this (§elementdefinition)."""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any

Predicate = Callable[[Any], bool]


def exactly(expected: Any) -> Predicate:
    """Whether a value equals the expected one in every part; ``true`` never equals ``1``.

    >>> exactly({"a": 1})({"a": 1}), exactly(1)(True)
    (True, False)
    """
    if isinstance(expected, str):
        return lambda value: value == expected
    return lambda value: _equal(value, expected)


def containing(expected: Any) -> Predicate:
    """Whether a value has all of the expected parts; items of lists may stand in any order, among others.

    >>> containing({"coding": [{"code": "x"}]})({"coding": [{"code": "y"}, {"code": "x", "system": "s"}], "text": "t"})
    True
    """
    if isinstance(expected, dict):
        parts = [(key, containing(value)) for key, value in expected.items()]
        return lambda value: isinstance(value, dict) and all(key in value and part(value[key]) for key, part in parts)
    if isinstance(expected, list):
        items = [containing(item) for item in expected]
        return lambda value: isinstance(value, list) and all(any(map(item, value)) for item in items)
    return exactly(expected)


def quoted(expected: Any) -> str:
    """An expected value as a message may quote it.

    >>> quoted({"code": "x"})
    '{"code": "x"}'
    """
    text = json.dumps(expected, ensure_ascii=False, default=str)
    return text if len(text) <= 400 else f"{text[:400]}…"


def _equal(value: Any, expected: Any) -> bool:
    if isinstance(expected, bool) or isinstance(value, bool):
        return value is expected
    if isinstance(expected, dict):
        return isinstance(value, dict) and value.keys() == expected.keys() and all(_equal(value[key], part) for key, part in expected.items())
    if isinstance(expected, list):
        return isinstance(value, list) and len(value) == len(expected) and all(map(_equal, value, expected))
    if isinstance(expected, (int, float, Decimal)) and isinstance(value, (int, float, Decimal)):
        return Decimal(str(value)) == Decimal(str(expected))
    return bool(value == expected)
