"""Advice when the member or the coverage cannot be found: what to check, and with whom."""

from __future__ import annotations

from collections.abc import Iterator

from cds_hooks.advice.told import Told
from cds_hooks.answer import Why
from cds_hooks.card import Draft
from cds_hooks.configuration import INSURANCE

TROUBLE = frozenset({Why.NO_MEMBER_FOUND, Why.NO_ACTIVE_COVERAGE, Why.COVERAGE_NOT_FOUND})


def drafts(told: Told) -> Iterator[Draft]:
    """One card, however many orders it concerns."""
    troubled = tuple(answer for answer in told.answers if any(reason.why in TROUBLE for reason in answer.reasons))
    if troubled:
        yield Draft(INSURANCE, "insurance.j2", {"payer": told.source.name, "phone": told.source.phone}, troubled, "warning")
