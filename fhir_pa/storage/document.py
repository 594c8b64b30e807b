"""Frozen values <-> JSON text: an authorization, an assertion or a subscription as it is kept, equal in every field.

What equals its default is left out, so that a field added later reads as its default in documents written before.
FHIR JSON that a value carries along passes through untouched, the digits of its decimals included.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from json import loads
from typing import Any, TypeVar

import cattrs

from ig_profiles import json
from ig_profiles.reading import Json

Value = TypeVar("Value")


def _converter() -> cattrs.Converter:
    converter = cattrs.Converter(omit_if_default=True)
    converter.register_unstructure_hook(Decimal, str)
    converter.register_structure_hook(Decimal, lambda value, _: Decimal(value))
    converter.register_unstructure_hook(datetime, lambda value: value.isoformat())
    converter.register_structure_hook(datetime, lambda value, _: datetime.fromisoformat(value))
    converter.register_unstructure_hook(date, lambda value: value.isoformat())
    converter.register_structure_hook(date, lambda value, _: date.fromisoformat(value))
    converter.register_unstructure_hook_func(_is_fhir_json, lambda value: value)
    converter.register_structure_hook_func(_is_fhir_json, lambda value, _: value)
    return converter


def _is_fhir_json(kind: Any) -> bool:
    return bool(kind == Json)


_CONVERTER = _converter()


def write(value: Any) -> str:
    """The value as JSON text."""
    return json.dump(_CONVERTER.unstructure(value)).decode()


def read(text: str, kind: type[Value]) -> Value:
    """The value of this kind in the JSON text that ``write`` made."""
    return _CONVERTER.structure(loads(text, parse_float=Decimal), kind)
