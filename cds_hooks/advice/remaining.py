"""Advice when an order asks for more of a limited benefit than is left (domain F13)."""

from __future__ import annotations

from collections.abc import Iterator

from cds_hooks.advice.told import Told
from cds_hooks.allowance import plain
from cds_hooks.answer import CoverageAnswer, PriorAuthorization
from cds_hooks.card import Draft
from cds_hooks.case import Case
from cds_hooks.configuration import LIMITS
from cds_hooks.touchpoints import by_edition, names

_OPEN = (PriorAuthorization.NEEDED, PriorAuthorization.BY_PERFORMER)


def drafts(told: Told) -> Iterator[Draft]:
    """One card for each edition whose limit some orders exceed."""
    beyond = [answer for case, answer in zip(told.cases, told.answers, strict=True) if _is_beyond(case, answer)]
    for edition, about in by_edition(beyond):
        left = about[0].basis.circle.allowance
        if left is not None:
            words = {"edition": edition, "orders": names(about), "left": f"{plain(left.remaining)} {left.limit.unit}", "how": left.in_words()}
            yield Draft(LIMITS, "remaining.j2", words, about, "warning", key="remaining")


def _is_beyond(case: Case, answer: CoverageAnswer) -> bool:
    left = answer.basis.circle.allowance
    return answer.authorization in _OPEN and left is not None and left.is_exceeded_by(case.order.service)
