"""Conformance: what the guides demand of a payer's server, and how far tests prove it, as written down when this version was made.

The ledger itself lives beside the tests; ``python -m tests.conformance`` copies it, without the names of the tests, to
``fhir_pa/docs/conformance.csv``, and a test sees to it that the copy is not out of date.
"""

from __future__ import annotations

import csv
from collections import Counter
from functools import cache
from importlib.resources import files

from ig_profiles.reading import Json

STATUSES = ("proven", "not yet", "cannot apply")


def totals() -> list[Json]:
    """How many statements of each guide are proven, not yet, and cannot apply."""
    counted: dict[str, Counter[str]] = {}
    for row in _ledger():
        counted.setdefault(row["guide"], Counter())[row["status"]] += 1
    return [{"guide": guide, **{status: count[status] for status in STATUSES}} for guide, count in counted.items()]


def statements(guide: str = "", status: str = "") -> list[Json]:
    """The statements of this guide with this status; empty does not narrow."""
    return [dict(row) for row in _ledger() if guide in ("", row["guide"]) and status in ("", row["status"])]


@cache
def _ledger() -> tuple[dict[str, str], ...]:
    text = files("fhir_pa").joinpath("docs/conformance.csv").read_text("utf-8")
    return tuple(csv.DictReader(text.splitlines()))
