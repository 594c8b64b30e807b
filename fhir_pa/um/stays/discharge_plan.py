"""Discharge plan: when it came for a stay, read off the findings on file; wanted from the second review on (domain F43, F89)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from fhir_pa.um.case.authorization import Authorization
from fhir_pa.um.case.item import Item
from fhir_pa.um.case.review import walked
from questionnaires.criteria import Truth


def came_at(authorization: Authorization) -> datetime | None:
    """When a criterion that its policy calls the discharge plan was first found met; None while it is not."""
    return min((at for item in authorization.items for at in _met(item)), default=None)


def is_asked_for(authorization: Authorization) -> bool:
    """Whether a policy that decided any of it has such a criterion."""
    return any(made.edition and made.edition.plan_criteria for item in authorization.items for made in (item.determination,))


def _met(item: Item) -> Iterable[datetime]:
    for made in (*item.earlier, item.determination):
        wanted = made.edition.plan_criteria if made.edition else ()
        if any(finding.criterion in wanted and finding.truth is Truth.MET for finding in walked(made.findings)):
            yield made.decided_at
