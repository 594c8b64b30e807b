"""A member's document joins what is still to be decided, and moves nothing: no item, no clock, no question put to the practice (F79)."""

from __future__ import annotations

import pytest

from fhir_pa.um.reviewing.from_member import SENT, receive, takes_documents
from fhir_pa.um.reviewing.information_life import rounds
from ig_profiles.outcome import Conflict
from tests.builders import NOON, authorization, certify, refer


def test_it_stands_in_trail_and_file_and_nothing_else_moves() -> None:
    case = authorization(refer(), certify())
    after = receive(case, "m1", "visitor-1", "1 attached.", NOON)
    assert (after.items, after.clock, rounds(after)) == (case.items, case.clock, rounds(case))
    assert after.received == (*case.received, "m1") and after.revision == case.revision + 1
    assert (after.trail[-1].what, after.trail[-1].by, after.trail[-1].items) == (SENT, "visitor-1", (1,))


def test_what_is_decided_takes_none() -> None:
    case = authorization(certify())
    assert not takes_documents(case)
    with pytest.raises(Conflict, match="Call the plan, or appeal"):
        receive(case, "m1", "visitor-1", "1 attached.", NOON)
