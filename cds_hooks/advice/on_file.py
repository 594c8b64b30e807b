"""Advice about another authorization for the same service; the one this very order was given is no news."""

from __future__ import annotations

from collections.abc import Iterator

from cds_hooks.advice.told import Told
from cds_hooks.answer import CoverageAnswer
from cds_hooks.authorized import amount_in_words, days_in_words
from cds_hooks.card import Draft
from cds_hooks.configuration import DUPLICATE, LIMITS


def drafts(told: Told) -> Iterator[Draft]:
    """One card for each order that repeats, or goes beyond, what is authorized or under review."""
    for answer in told.answers:
        yield from _about(answer, told.what_if)


def _about(answer: CoverageAnswer, what_if: bool) -> Iterator[Draft]:
    known = answer.basis.on_file
    held = known.standing or known.narrower
    if (held is not None and held.assertion == answer.assertion_id) or known.anything is None:
        return
    amount = amount_in_words(held) if held is not None and held.quantity is not None else ""
    words = {"order": answer.basis.label, "held": held, "number_told": not what_if, "amount": amount}
    if known.standing is None and known.narrower is not None:
        yield Draft(LIMITS, "limits.j2", {**words, "days": days_in_words(known.narrower), "early": known.too_early}, (answer,), "warning")
        return
    elsewhere = known.elsewhere if held is None and known.under_review is None else None
    about = {"review": known.under_review if held is None else None, "elsewhere": elsewhere, "days": days_in_words(held or elsewhere)}
    yield Draft(DUPLICATE, "duplicate.j2", {**words, **about}, (answer,), "warning")
