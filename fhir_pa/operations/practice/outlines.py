"""Outlines: whole cases opened once per revision and process, so that a figure over many cases opens only what has changed since."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from fhir_pa.brief import Brief
from fhir_pa.storage.store import Reading
from fhir_pa.um.case.authorization import Authorization
from fhir_pa.um.measures.outline import outline

Known = Brief[tuple[str, int], Authorization]
REMEMBERED = timedelta(days=7)


def outlines(wanted: Iterable[tuple[str, int]], tx: Reading, known: Known, now: datetime) -> dict[str, Authorization]:
    """The outline of each of these (number, present revision), by number; a revision never changes, so one that is known is right."""
    asked = list(dict.fromkeys(wanted))
    found = {each: known.find(each, now) for each in asked}
    for case in tx.several([number for (number, _), case in found.items() if case is None]):
        told = outline(case)
        found[case.number, case.revision] = told
        known.keep((case.number, case.revision), told, now + REMEMBERED)
    return {number: case for (number, _), case in found.items() if case is not None}
