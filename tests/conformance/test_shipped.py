"""What operators are shown of conformance is the ledger as it stands, not as somebody remembers it."""

from collections import Counter

from fhir_pa.operations.operator import conformance
from tests.conformance.ledger import read
from tests.conformance.shipped import COPY, copy_of


def test_the_copy_that_is_shipped_says_what_the_ledger_says():
    assert COPY.read_text(encoding="utf-8") == copy_of(read()), "The shipped copy is out of date. Run: python -m tests.conformance"


def test_operators_are_told_the_same_counts():
    counted = Counter(row.status for row in read())
    assert {status: sum(line[status] for line in conformance.totals()) for status in conformance.STATUSES} == {
        status: counted[status] for status in conformance.STATUSES
    }
    assert all(each["status"] == "not yet" for each in conformance.statements(status="not yet"))
