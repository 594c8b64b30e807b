"""Advice on what utilization management will ask of a service now and later (domain F13)."""

from __future__ import annotations

from collections.abc import Iterator

from cds_hooks.advice.told import Told
from cds_hooks.card import Draft
from cds_hooks.configuration import LIMITS
from cds_hooks.touchpoints import by_edition, names, touchpoints


def drafts(told: Told) -> Iterator[Draft]:
    """One card for each edition that certifies for a time or an amount."""
    for edition, about in by_edition(told.answers):
        ahead = touchpoints(edition, about)
        if ahead:
            yield Draft(LIMITS, "touchpoints.j2", {"edition": edition, "orders": names(about), **ahead}, about)
