"""FHIR JSON text <-> dictionaries: limits before work, decimals kept to the last digit.

``100.00`` stays ``100.00`` on the way through (FHIR R4 §json: the precision of a decimal is significant): decimals are
read as ``Decimal`` and written with their own digits. A key given twice is refused, because two readers would see two
different requests.
"""

from __future__ import annotations

import json as _standard
from decimal import Decimal
from typing import Any

import orjson

from ig_profiles.outcome import Issue, TooLarge, Unreadable

MAX_BYTES = 10 * 1024 * 1024
MAX_DEPTH = 64


def parse(body: bytes, max_bytes: int = MAX_BYTES, max_depth: int = MAX_DEPTH) -> Any:
    """The JSON value in these bytes.

    Raises Unreadable (line and column in the text) or TooLarge.

    >>> parse(b'{"value": 1.10}')
    {'value': Decimal('1.10')}
    >>> dump(parse(b"[12345678901234567890123]"))
    b'[12345678901234567890123]'
    """
    if len(body) > max_bytes:
        raise TooLarge(f"The body has {len(body):,} bytes; this server takes {max_bytes:,}. Send large documents with $submit-attachment, one by one.")
    try:
        value = _standard.loads(body, parse_float=_number, parse_int=_whole, parse_constant=_no_constant, object_pairs_hook=_no_twins)
    except _standard.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        text = f"The body is not JSON: {error.msg} at {where}. Send one FHIR resource as UTF-8 JSON."
        raise Unreadable(Issue(text, "structure", diagnostics=where)) from None
    except UnicodeDecodeError as error:
        raise Unreadable(f"The body is not UTF-8 text: byte {error.start} cannot be read. Send the JSON encoded as UTF-8.") from None
    except RecursionError:
        raise _too_deep(max_depth) from None
    except ValueError:  # Python reads no whole number of more than some thousand digits
        raise _too_long_a_number() from None
    if _deeper_than(value, max_depth):
        raise _too_deep(max_depth)
    if b"\\ud" in body or b"\\uD" in body:
        _refuse_half_characters(value)
    return value


def dump(value: Any, pretty: bool = False) -> bytes:
    """The value as compact UTF-8 JSON; decimals keep their digits.

    >>> dump({"value": Decimal("1.10")})
    b'{"value":1.10}'
    """
    return orjson.dumps(value, default=as_written, option=orjson.OPT_INDENT_2 if pretty else None)


def as_written(value: Any) -> Any:
    """A decimal as JSON with its own digits; what orjson asks for what it does not know itself."""
    if isinstance(value, Decimal):
        return orjson.Fragment(str(value).encode())
    raise TypeError(f"{type(value).__name__} has no JSON form")


def _number(text: str) -> Decimal:
    """The decimal with its own digits; an exponent of more than four digits is no measure of anything, and costs memory to reckon with."""
    if len(text) > 6 and len(text.lower().partition("e")[2].lstrip("+-0")) > 4:
        raise _too_long_a_number()
    return Decimal(text)


def _whole(text: str) -> int | Decimal:
    """The whole number; one beyond 64 bits as a decimal, which can be written again with all its digits."""
    if len(text) < 19:
        return int(text)
    return Decimal(text) if len(text) < 4300 else int(text)


def _too_long_a_number() -> Unreadable:
    return Unreadable("A number in the body is too long to be one: thousands of digits, or an exponent beyond four. Write the value that was measured.")


def _no_constant(name: str) -> Any:
    raise Unreadable(f"{name} is not a JSON number. Leave the element out, or give a number.")


def _no_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        twin = next(name for name in names if names.count(name) > 1)
        raise Unreadable(f"The key '{twin}' stands twice in one object. Give each element once, with a list where it repeats.")
    return found


def _refuse_half_characters(value: Any) -> None:
    """A lone surrogate is half a character: it can be read from an escape, but never written again."""
    try:
        _standard.dumps(value, ensure_ascii=False, default=str).encode()
    except UnicodeEncodeError:
        said = "The body holds half a character: an escape from \\ud800 to \\udfff without its other half. Write the character whole."
        raise Unreadable(said) from None


def _too_deep(max_depth: int) -> TooLarge:
    return TooLarge(f"The body is nested more than {max_depth} levels deep. Flatten it: FHIR resources stay well below that.")


def _deeper_than(value: Any, limit: int) -> bool:
    level = [value] if isinstance(value, (dict, list)) else []
    for _ in range(limit):
        level = [child for node in level for child in (node.values() if isinstance(node, dict) else node) if isinstance(child, (dict, list))]
        if not level:
            return False
    return True
