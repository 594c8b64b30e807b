"""What DTR asks of the clinician's app in 2.0.1 and 2.2: one row for each statement, each proven by a living test that bears its id, or explained.

``app.csv`` has the columns of ``ledger.csv``; the ledger is the payer's, this is the provider's. Here ``why`` also tells what is not done yet.
"""

from __future__ import annotations

import re
from collections import Counter

import pytest

from tests.conformance.ledger import APP, NOT_BINDING, STATUSES, STRENGTHS, Requirement, Row, read, requirements, requirements_folder
from tests.conformance.proofs import all_tests, objections
from tests.conformance.test_ledger import LONGEST_STATEMENT, runs

ROWS = read(APP)
VERSIONS = ("2.0.1", "2.2")


def binds_the_app(requirement: Requirement) -> bool:
    """Is this a SHALL or SHALL NOT said to clients alone, or left out of the payer's ledger because it is a client's duty?"""
    said_to_clients = requirement.actor == "client" or "client" in NOT_BINDING.get(requirement.key, "")
    strong = re.search(r"\b(SHALL|MUST)\b", f"{requirement.conformance} {requirement.text}")
    return (requirement.guide, requirement.version in VERSIONS) == ("dtr", True) and said_to_clients and strong is not None


@pytest.fixture(scope="module")
def published() -> tuple[Requirement, ...]:
    folder = requirements_folder()
    if not folder.is_dir():
        pytest.skip(f"the published requirement files are not at {folder}; set FHIR_PA_REQUIREMENTS to their folder")
    return requirements(folder)


def test_every_statement_that_binds_the_app_has_one_row(published: tuple[Requirement, ...]) -> None:
    assert Counter(row.key for row in ROWS) == Counter(each.key for each in published if binds_the_app(each))


def test_no_row_borrows_a_sentence_of_the_guides(published: tuple[Requirement, ...]) -> None:
    theirs = {run for requirement in published for run in runs(requirement.text)}
    assert [f"{row.key}: {run}" for row in ROWS for run in runs(row.statement) if run in theirs] == []


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.key)
def test_a_row_is_proven_by_living_tests_or_explained(row: Row) -> None:
    assert row.status in STATUSES and row.strength in STRENGTHS
    assert row.statement.endswith(".") and len(row.statement.split()) <= LONGEST_STATEMENT
    if row.status == "proven":
        assert objections(row, all_tests()) == [] and not row.why
    else:
        assert row.why and not row.proof, "say why, and name no proof"
