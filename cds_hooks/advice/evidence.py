"""Advice that names the measurements or documents which would settle a policy still open."""

from __future__ import annotations

from collections.abc import Iterator

from cds_hooks.advice.told import Told
from cds_hooks.answer import PriorAuthorization
from cds_hooks.card import Draft
from cds_hooks.configuration import REMINDER
from cds_hooks.reasons import evidence_wanted
from cds_hooks.touchpoints import by_edition, names


def drafts(told: Told) -> Iterator[Draft]:
    """One card for each edition that lacks something, however many orders it concerns."""
    asked = [answer for answer in told.answers if answer.authorization is PriorAuthorization.NEEDED]
    for edition, about in by_edition(asked):
        wanted = dict.fromkeys(pair for answer in about for pair in evidence_wanted(edition, answer.basis.findings))
        if wanted:
            yield Draft(REMINDER, "missing_evidence.j2", {"edition": edition, "wanted": list(wanted), "orders": names(about)}, about)
