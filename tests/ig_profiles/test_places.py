"""Every value of a JSON text is found again by its expression."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ig_profiles.places import Places

TEXT = """{
  "resourceType": "Bundle",
  "entry": [
    {"fullUrl": "urn:uuid:1", "resource": {"resourceType": "Claim", "item": [{"sequence": 1}, {"sequence": 2, "note": "a \\"quoted, {word}\\" : here"}]}}
  ]
}"""


@pytest.mark.parametrize(
    ("expression", "begins"),
    [
        ("Bundle", "{"),
        ("Bundle.entry", "["),
        ("Bundle.entry[0].resource.item[1].sequence", "2, "),
        ("Bundle.entry[0].resource.item[1].note", '"a '),
        ("Bundle.entry[0].resource.item[1].quantity", '{"sequence": 2'),
        ("Bundle.entry[0].resource.where(type = 'x').item", '{"resourceType": "Claim"'),
    ],
)
def test_an_expression_leads_to_its_value_or_to_what_lies_around_it(expression: str, begins: str) -> None:
    place = Places(TEXT).of(expression)
    assert TEXT.splitlines()[place.line - 1][place.column - 1 :].startswith(begins)


scalars = st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=6))
keys = st.text("abcxyz", min_size=1, max_size=3)
values = st.recursive(scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=3), max_leaves=12)


def walk(value: Any, expression: str) -> Any:
    yield expression, value
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from walk(inner, f"{expression}.{key}")
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from walk(inner, f"{expression}[{index}]")


@given(st.dictionaries(keys, values, max_size=3), st.sampled_from([None, 1, 2]))
def test_what_stands_at_the_place_is_the_value(resource: dict[str, Any], indent: int | None) -> None:
    text = json.dumps(resource, indent=indent)
    places, lines = Places(text), text.splitlines()
    for expression, value in walk(resource, "Resource"):
        place = places.of(expression)
        rest = "\n".join([lines[place.line - 1][place.column - 1 :], *lines[place.line :]])
        assert json.JSONDecoder().raw_decode(rest)[0] == value
