"""A fingerprint is of the content: layout and the order of keys do not change it, one digit does."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ig_profiles.fingerprint import canonical, fingerprint
from ig_profiles.json import dump, parse

values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text() | st.decimals(allow_nan=False, allow_infinity=False, places=3),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@given(values)
def test_laid_out_otherwise_it_is_the_same(value: object) -> None:
    assert fingerprint(parse(dump(value, pretty=True))) == fingerprint(value)
    assert fingerprint(parse(canonical(value))) == fingerprint(value)


def test_the_order_of_keys_is_no_content_and_a_digit_is() -> None:
    one = {"valueQuantity": {"value": Decimal("88.0"), "unit": "%"}, "status": "final"}
    assert fingerprint(one) == fingerprint({"status": "final", "valueQuantity": {"unit": "%", "value": Decimal("88.0")}})
    assert fingerprint(one) != fingerprint({"status": "final", "valueQuantity": {"unit": "%", "value": Decimal("88.00")}})


@pytest.mark.parametrize("value", [0.1, {"a": [1, 2.5]}, {"a": float("nan")}])
def test_a_float_is_refused_because_two_machines_may_write_it_in_two_ways(value: object) -> None:
    with pytest.raises(TypeError, match="Hand in a Decimal"):
        canonical(value)
