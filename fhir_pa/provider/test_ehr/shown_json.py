"""JSON as one reads it: indented, coloured, its decimals to the last digit, and long parts folded; as HTML."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from markupsafe import Markup, escape

from ig_profiles.json import dump

SHORT = 96
FOLDED_FROM = 700


def shown(value: Any, depth: int = 0) -> Markup:
    """The value; what is long and lies deep, and every resource in a list, is folded.

    >>> shown({"value": Decimal("86.10")})
    Markup('{ <b>"value"</b>: <i>86.10</i> }')
    """
    if not isinstance(value, (dict, list)):
        return _plain(value)
    size = len(dump(value))
    if size <= SHORT and not _deep(value):
        return _on_a_line(value)
    rows = _rows(value, depth)
    opening, closing = ("[", "]") if isinstance(value, list) else ("{", "}")
    inner = Markup('<span class="in">{}</span>').format(rows)
    if depth and (_is_resource(value) or (depth > 2 and size > FOLDED_FROM)):
        return Markup('<details class="part"><summary>{} {} {}</summary>{}</details>').format(opening, _title(value), closing, inner)
    return Markup("{}{}{}").format(opening, inner, closing)


def _rows(value: Any, depth: int) -> Markup:
    if isinstance(value, dict):
        rows = [Markup('<b>"{}"</b>: {}').format(key, shown(each, depth + 1)) for key, each in value.items()]
    else:
        rows = [shown(each, depth + 1) for each in value]
    last = len(rows) - 1
    return Markup("").join(Markup('<span class="ln">{}{}</span>').format(row, "" if number == last else ",") for number, row in enumerate(rows))


def _on_a_line(value: Any) -> Markup:
    if isinstance(value, dict):
        inner = Markup(", ").join(Markup('<b>"{}"</b>: {}').format(key, _on_a_line(each)) for key, each in value.items())
        return Markup("{{ {} }}").format(inner) if value else Markup("{}")
    if isinstance(value, list):
        return Markup("[{}]").format(Markup(", ").join(_on_a_line(each) for each in value))
    return _plain(value)


def _plain(value: Any) -> Markup:
    match value:
        case str():
            return Markup("<q>{}</q>").format(dump(value).decode())
        case bool() | None:
            return Markup("<i>{}</i>").format(dump(value).decode())
        case int() | Decimal():
            return Markup("<i>{}</i>").format(str(value))
        case _:
            return escape(str(value))


def _deep(value: Any) -> bool:
    """Whether it holds more than plain values one level down."""
    return any(isinstance(inner, (dict, list)) for each in _below(value) for inner in _below(each))


def _below(value: Any) -> list[Any]:
    return list(value.values()) if isinstance(value, dict) else value if isinstance(value, list) else []


def _is_resource(value: Any) -> bool:
    return isinstance(value, dict) and "resourceType" in value


def _title(value: Any) -> str:
    if _is_resource(value):
        return f"{value['resourceType']}{'/' + str(value['id']) if 'id' in value else ''} …"
    return f"{len(value)} {'entries' if isinstance(value, list) else 'elements'} …"
