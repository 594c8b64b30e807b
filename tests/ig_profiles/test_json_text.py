"""JSON text: what can be read can be written again."""

from __future__ import annotations

from decimal import Decimal

import pytest

from ig_profiles.json import dump, parse
from ig_profiles.outcome import Unreadable


@pytest.mark.parametrize("body", [rb'{"name": "\ud83d"}', rb'["\uDE00"]', rb'{"\ude00\ud83d": 1}'])
def test_half_a_character_is_refused_with_how_to_mend_it(body: bytes) -> None:
    with pytest.raises(Unreadable, match="Write the character whole"):
        parse(body)


def test_a_whole_character_may_be_escaped() -> None:
    assert dump(parse(rb'{"name": "\ud83d\ude00"}')) == '{"name":"\U0001f600"}'.encode()


@pytest.mark.parametrize("number", ["9" * 5000, "1e99999", "-1.5E-123456789", "1e99999999999999999999"])
def test_a_number_too_long_to_be_one_is_refused_with_how_to_mend_it(number: str) -> None:
    with pytest.raises(Unreadable, match="Write the value that was measured"):
        parse(f'{{"value": {number}}}'.encode())


@pytest.mark.parametrize("number", ["1.10", "-0.0", "1.5E-20", "100000000.000000001", "1E+9999", "1E-0000005"])
def test_a_decimal_keeps_its_value_and_its_precision(number: str) -> None:
    (value,) = parse(f"[{number}]".encode())
    assert value.as_tuple() == Decimal(number).as_tuple()
    assert parse(dump([value])) == [value]
