"""What HRex asks of every Da Vinci implementer is kept: each of its statements that binds a payer is proven, or cannot apply and says why."""

from __future__ import annotations

import pytest

from tests.conformance.ledger import read
from tests.conformance.proofs import all_tests, objections

ROWS = [row for row in read() if row.guide == "hrex"]


@pytest.mark.requirement("pas-2.0.1:33")
def test_every_statement_of_hrex_is_proven_by_living_tests_or_says_why_it_cannot_apply() -> None:
    tests = all_tests()
    assert len(ROWS) >= 30
    assert [row.key for row in ROWS if row.status == "not yet"] == []
    assert [complaint for row in ROWS if row.status == "proven" for complaint in objections(row, tests)] == []
    assert [row.key for row in ROWS if row.status == "cannot apply" and len(row.why.split()) < 4] == []
    assert sum(row.status == "proven" for row in ROWS) > len(ROWS) / 2
