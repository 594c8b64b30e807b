"""Advice where the payer's policy can be read: the paragraph itself, with its gist in the card (an External Reference)."""

from __future__ import annotations

from collections.abc import Iterator

from cds_hooks.advice.told import Told
from cds_hooks.card import Draft, Link
from cds_hooks.configuration import GUIDELINE
from cds_hooks.touchpoints import by_edition, names


def drafts(told: Told) -> Iterator[Draft]:
    """One card for each edition with a page, when it speaks about the service by name; else the reason says all there is."""
    for edition, about in by_edition(told.answers):
        if edition.policy_link and edition.services:
            words = {"edition": edition, "orders": names(about), "payer": told.source.name}
            yield Draft(GUIDELINE, "policy_link.j2", words, about, links=(Link(f"{edition.title}: the policy", edition.policy_link),))
