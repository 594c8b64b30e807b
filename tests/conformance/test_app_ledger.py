"""What DTR 2.2 asks of the clinician's app: one row for each statement, each proven by a living test or explained.

``app.csv`` has the columns of ``ledger.csv``; the ledger is the payer's, this is the provider's. Here ``why`` also tells what is not done yet.
"""

from __future__ import annotations

import re
from collections import Counter

import pytest

from tests.conformance.ledger import LEDGER, STATUSES, STRENGTHS, Row, read, requirements, requirements_folder
from tests.conformance.proofs import all_tests

ROWS = read(LEDGER.with_name("app.csv"))


def test_every_statement_that_binds_the_app_has_one_row() -> None:
    folder = requirements_folder()
    if not folder.is_dir():
        pytest.skip(f"the published requirement files are not at {folder}; set FHIR_PA_REQUIREMENTS to their folder")
    theirs = [each for each in requirements(folder) if (each.guide, each.version, each.actor) == ("dtr", "2.2", "client")]
    binding = {each.key for each in theirs if re.search(r"\b(SHALL|MUST)\b", f"{each.conformance} {each.text}")}
    assert Counter(row.key for row in ROWS) == Counter(binding)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.id)
def test_a_row_is_proven_by_living_tests_or_explained(row: Row) -> None:
    assert row.status in STATUSES and row.strength in STRENGTHS and row.statement.endswith(".")
    tests = all_tests()
    if row.status == "proven":
        assert row.proof and [name for name in row.proof if name not in tests or tests[name].switched_off] == []
    else:
        assert row.why and not row.proof, "say why, and name no proof"
