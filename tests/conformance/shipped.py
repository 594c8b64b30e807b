"""The copy of the ledger that is shipped with the server, for its operators: every statement with where we stand, without the names of tests."""

import csv
import io
from collections.abc import Iterable
from pathlib import Path

from tests.conformance.ledger import ROOT, Row

COPY = ROOT / "fhir_pa" / "docs" / "conformance.csv"
COLUMNS = ("guide", "id", "topic", "statement", "status", "why")


def copy_of(rows: Iterable[Row]) -> str:
    """The text of the copy."""
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(COLUMNS)
    table.writerows((row.edition, row.id, row.topic, row.statement, row.status, row.why) for row in rows)
    return text.getvalue()


def write(rows: Iterable[Row], path: Path = COPY) -> bool:
    """Bring the copy up to date; whether it was not."""
    wanted = copy_of(rows)
    if path.is_file() and path.read_text(encoding="utf-8") == wanted:
        return False
    path.write_text(wanted, encoding="utf-8")
    return True
