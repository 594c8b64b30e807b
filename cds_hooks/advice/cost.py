"""Advice what the member pays, where the choice of the performer changes it; estimates, and told as such."""

from __future__ import annotations

from collections.abc import Iterator

from cds_hooks.advice.network import outside
from cds_hooks.advice.told import Told
from cds_hooks.allowance import plain
from cds_hooks.answer import Covered
from cds_hooks.benefit import ESTIMATE
from cds_hooks.card import Draft
from cds_hooks.configuration import COST


def drafts(told: Told) -> Iterator[Draft]:
    """One card for each order sent outside the network where that costs the member more."""
    for case, answers in outside(told):
        share = case.edition.benefits.share if case.edition else None
        if share is None or share.out_of_network <= share.in_network or not any(answer.covered is Covered.YES for answer in answers):
            continue
        words = {
            "order": case.order.label,
            "performer": answers[0].basis.circle.performer or "the performer",
            "inside": plain(share.in_network),
            "outside": plain(share.out_of_network),
            "estimate": ESTIMATE,
        }
        yield Draft(COST, "cost.j2", words, answers)
