"""The conformance ledger: every statement of the guides that binds a payer's server, and how far we have proven it.

`ledger.csv` has one row per statement of strength SHALL or SHALL NOT. Its `statement` is our own short wording; the published text is found
under the same id in the guide, and, for those who have them, in the requirement files read by `requirements`.

`proven` asks for a test that meets the statement where it is made: a rule of the wire at the wire (a call over HTTP, an operation, or the writer
of the message), a rule about policies on every policy of the shelf. A test of the heart alone does not prove what a provider will see.
"""

import csv
import os
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LEDGER = Path(__file__).with_name("ledger.csv")
APP = Path(__file__).with_name("app.csv")  # what binds the clinician's app, in the same columns
COLUMNS = ("guide", "version", "id", "strength", "topic", "statement", "status", "proof", "why")
STATUSES = ("proven", "not yet", "cannot apply")
STRENGTHS = ("SHALL", "SHALL NOT")

# Statements that look binding to a machine and are not, each with the reason found on reading it.
NOT_BINDING = {
    "cds-hooks-2.0:8": "title is recommended",
    "cds-hooks-2.0:11": "prefetch is optional",
    "cds-hooks-2.0:12": "usageRequirements is optional",
    "dtr-2.0.1:211": "a client's duty, and deprecated",
    "dtr-2.0.1:362": "allows an omission",
    "dtr-2.2:spec-12": "a SHOULD that only announces a later SHALL",
    "dtr-2.2:spec-33": "a SHOULD that only announces a later SHALL",
    "pas-2.0.1:213": "allows an omission",
}


@dataclass(frozen=True)
class Row:
    """One statement and where we stand with it. `proof` names tests as `tests/path.py::test_name`; `why` belongs to `cannot apply` alone."""

    guide: str
    version: str
    id: str
    strength: str
    topic: str
    statement: str
    status: str
    proof: tuple[str, ...] = ()
    why: str = ""

    @property
    def edition(self) -> str:
        """Guide and version in one word, such as `pas-2.2.1`."""
        return f"{self.guide}-{self.version}"

    @property
    def key(self) -> str:
        """The id a test bears in its requirement mark, such as `pas-2.2.1:spec-34`."""
        return f"{self.edition}:{self.id}"


@dataclass(frozen=True)
class Requirement:
    """One numbered statement of a guide as published: who is bound (`actor`), how strongly (`conformance`, may be blank), and the text."""

    guide: str
    version: str
    id: str
    actor: str
    conformance: str
    text: str

    @property
    def key(self) -> str:
        """The same id as the ledger row's."""
        return f"{self.guide}-{self.version}:{self.id}"


def read(path: Path = LEDGER) -> tuple[Row, ...]:
    """All rows of the ledger, in the order written. Raises ValueError when a column is missing or unknown."""
    with path.open(newline="", encoding="utf-8") as file:
        head, *lines = csv.reader(file)
    if tuple(head) != COLUMNS:
        raise ValueError(f"{path.name} has the columns {', '.join(head)}. Write them as {', '.join(COLUMNS)}.")
    return tuple(_row(*line) for line in lines)


def _row(guide: str, version: str, id: str, strength: str, topic: str, statement: str, status: str, proof: str, why: str) -> Row:
    return Row(guide, version, id, strength, topic, statement, status, tuple(proof.split()), why)


def totals(rows: Iterable[Row]) -> dict[tuple[str, str], Counter[str]]:
    """How many rows of each status there are, by guide and version, in the order in which the rows come.

    >>> rows = [Row("pas", "2.2.1", "spec-30", "SHALL", "response", "The ClaimResponse comes first.", "not yet")]
    >>> totals(rows)
    {('pas', '2.2.1'): Counter({'not yet': 1})}
    """
    counted: dict[tuple[str, str], Counter[str]] = {}
    for row in rows:
        counted.setdefault((row.guide, row.version), Counter())[row.status] += 1
    return counted


def requirements_folder() -> Path:
    """Where the published requirement files lie, if they are here at all: FHIR_PA_REQUIREMENTS, or beside the repository."""
    return Path(os.environ.get("FHIR_PA_REQUIREMENTS", ROOT.parent / "shared" / "spec" / "requirements"))


def requirements(folder: Path) -> tuple[Requirement, ...]:
    """Every published statement in the folder's CSV files, whoever it binds."""
    found = []
    for path in sorted(folder.glob("*.csv")):
        with path.open(newline="", encoding="utf-8") as file:
            found += [
                Requirement(line["guide"], line["version"], line["id"], line["actor"], line["conformance"], line["requirement"])
                for line in csv.DictReader(file)
            ]
    return tuple(found)


def binds_a_payer(requirement: Requirement) -> bool:
    """Is this a SHALL or SHALL NOT that a payer's server must answer for?

    The strength column is blank for many a SHALL NOT of CRD 2.2 and DTR 2.2, and understates others, so the text has a say too.

    >>> binds_a_payer(Requirement("crd", "2.2", "x", "server", "", "Servers **SHALL NOT** depend on it."))
    True
    >>> binds_a_payer(Requirement("crd", "2.2", "y", "client", "SHALL", "Clients **SHALL** send it."))
    False
    """
    strong = re.search(r"\b(SHALL|MUST)\b", f"{requirement.conformance} {requirement.text}")
    return requirement.actor != "client" and strong is not None and requirement.key not in NOT_BINDING
