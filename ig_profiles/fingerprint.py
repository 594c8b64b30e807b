"""Fingerprint: the one text a JSON value has, and the SHA-256 of it, so that two records of one thing can be compared.

Keys sorted, no white space, UTF-8, as RFC 8785 has it; but a decimal keeps the digits its sender wrote (FHIR R4 §json), and a
float is refused, because two machines may write one float in two ways.
"""

from __future__ import annotations

from hashlib import sha256
from typing import Any

import orjson

from ig_profiles.json import as_written


def canonical(value: Any) -> bytes:
    """The value's one text. Raises TypeError on a float, and on what has no JSON form.

    >>> from decimal import Decimal
    >>> canonical({"value": Decimal("88.0"), "code": "spo2"})
    b'{"code":"spo2","value":88.0}'
    """
    _refuse_floats(value)
    return orjson.dumps(value, default=as_written, option=orjson.OPT_SORT_KEYS)


def fingerprint(value: Any) -> str:
    """The SHA-256 of the value's one text, in hexadecimal: equal for equal content, however it was laid out."""
    return sha256(canonical(value)).hexdigest()


def _refuse_floats(value: Any) -> None:
    if isinstance(value, float):
        raise TypeError(f"{value!r} is a float, which has no one text. Hand in a Decimal, or text.")
    if isinstance(value, dict):
        for inner in value.values():
            _refuse_floats(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            _refuse_floats(inner)
