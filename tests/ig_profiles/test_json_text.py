"""JSON text: what can be read can be written again."""

from __future__ import annotations

import pytest

from ig_profiles.json import dump, parse
from ig_profiles.outcome import Unreadable


@pytest.mark.parametrize("body", [rb'{"name": "\ud83d"}', rb'["\uDE00"]', rb'{"\ude00\ud83d": 1}'])
def test_half_a_character_is_refused_with_how_to_mend_it(body: bytes) -> None:
    with pytest.raises(Unreadable, match="Write the character whole"):
        parse(body)


def test_a_whole_character_may_be_escaped() -> None:
    assert dump(parse(rb'{"name": "\ud83d\ude00"}')) == '{"name":"\U0001f600"}'.encode()
