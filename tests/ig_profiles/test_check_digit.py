"""The check digit of an NPI: the same answer in Python as by the rule's own expression."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ig_profiles.fhirpath import compile as compile_expression
from ig_profiles.registry import open_set
from ig_profiles.validation.check_digit import EXPRESSION, holds

_by_expression = compile_expression(EXPRESSION).holds


@pytest.mark.parametrize("profile", ["us-core-organization", "us-core-practitioner"])
def test_it_is_the_expression_that_the_profiles_hold(profile: str) -> None:
    table = open_set("2.2").profile(f"http://hl7.org/fhir/us/core/StructureDefinition/{profile}")
    assert table is not None
    assert {expression for key, _, expression in table["constraints"] if key == "us-core-17"} == {EXPRESSION}


@given(st.text("0123456789", min_size=10, max_size=10))
def test_ten_digits_check_as_the_expression_says(digits: str) -> None:
    assert holds({"value": digits}) is _by_expression({"value": digits})


@given(st.one_of(st.text(max_size=12), st.text("0123456789", max_size=13), st.text("0123456789٣²-+ ", min_size=9, max_size=11)))
def test_whatever_is_written_is_broken_only_where_the_expression_says_so(told: str) -> None:
    assert (holds({"value": told}) is False) == (_by_expression({"value": told}) is False)


@pytest.mark.parametrize("identifier", [{}, {"system": "http://hl7.org/fhir/sid/us-npi"}])
def test_an_identifier_without_a_value_is_not_broken(identifier: dict[str, Any]) -> None:
    assert holds(identifier) is None
    assert _by_expression(identifier) is not False


def test_of_the_ten_last_digits_one_checks() -> None:
    assert sum(holds({"value": f"123456789{last}"}) is True for last in range(10)) == 1
    assert holds({"value": "1234567893"}) is True
