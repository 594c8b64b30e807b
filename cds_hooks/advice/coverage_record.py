"""Advice to put the coverage record right, with one click for whoever keeps it (Update Coverage Record).

Only where the payer says no rule asks for X12 instead, and only on hooks of the front desk (CRD 2.2 resp-69, resp-70). 2.0.1
also adds a Coverage the EHR lacks; 2.2 took that out.
"""

from __future__ import annotations

from collections.abc import Iterator

from cds_hooks.advice.told import Told
from cds_hooks.card import Action, Draft, Suggestion
from cds_hooks.configuration import INSURANCE
from cds_hooks.coverage_record import corrected, coverage_of
from ig_profiles.reading import many

FRONT_DESK = frozenset({"appointment-book", "encounter-start", "encounter-discharge"})


def drafts(told: Told) -> Iterator[Draft]:
    """At most one card: what the member file knows better, or the Coverage that is missing."""
    if told.request.hook.name not in FRONT_DESK:
        return
    if told.insured is not None:
        record = told.house.record(told.insured.coverage, told.insured.patient)
        right = corrected(told.insured.coverage, record) if record else None
        if right is not None:
            yield _draft("Correct the coverage", Action("update", f"Correct the coverage: {'; '.join(right.changes)}", right.coverage), right.changes, told)
    elif told.request.dialect == "2.0" and told.request.patient is not None:
        record = told.house.record(None, told.request.patient)
        if record is not None:
            payor = {"identifier": next(iter(many(told.house.organization, "identifier")), None), "display": told.source.name}
            added = coverage_of(record, told.request.patient_id, payor)
            changes = (f"Member number {record.number}", *([f"Plan {record.plan}"] if record.plan else []))
            yield _draft("Add the coverage", Action("create", f"Add the coverage with {told.source.name}", added), changes, told)


def _draft(label: str, action: Action, changes: tuple[str, ...], told: Told) -> Draft:
    words = {"payer": told.source.name, "adds": action.kind == "create", "changes": changes}
    return Draft(INSURANCE, "coverage_record.j2", words, (), suggestions=(Suggestion(label, (action,)),))
