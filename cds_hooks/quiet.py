"""Quiet: which types of cards a clinic is spared for a while, because its clinicians turned nearly all of them down (crd.md §5.2).

What changes whether something is paid, or is safe, is never left out. After its days a quiet card is given again and
judged by what comes of it from then on.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from cds_hooks.answer import CoverageAnswer
from questionnaires.policy import Edition

NEVER = frozenset({"coverage-info", "insurance", "contraindication", "duplicate-therapy", "limits", "therapy-alternatives-req", "appropriate-use", "claim"})


@dataclass(frozen=True)
class Rule:
    """When a type of card falls quiet: after so many cards that were responded to, such a share (percent) turned down; for so many days.

    ``after`` 0 switches it off.
    """

    after: int = 20
    rejected: int = 90
    days: int = 30


@dataclass(frozen=True)
class Kind:
    """The cards that are judged together: one client's, of one type, about one policy (empty for none)."""

    client: str
    topic: str
    policy: str = ""

    @property
    def may_be_quiet(self) -> bool:
        """Whether leaving such a card out takes away nothing but words."""
        return self.topic not in NEVER


@dataclass(frozen=True)
class Day:
    """How many cards were first responded to on this day, and how."""

    on: date
    accepted: int
    rejected: int


@dataclass(frozen=True)
class Quiet:
    """One spell of quiet: from the day after ``since``, up to and with ``until``, on these counts."""

    since: date
    until: date
    accepted: int
    rejected: int

    @property
    def because(self) -> str:
        """Why, in a sentence for the payer's staff."""
        told = self.accepted + self.rejected
        return f"{self.rejected} of {told} cards that were responded to by {self.since} were turned down; given again from {self.until + timedelta(days=1)}."


def quiet(kind: Kind, days: Iterable[Day], rule: Rule, on: date) -> Quiet | None:
    """The spell that lies over this day, or None.

    ``days`` is all that came of such cards, one value for each day. Counting begins anew when a spell is over; what is said during
    a spell, of cards given before it, counts for nothing. The day that reaches the threshold is still loud, so that the
    answer does not change in the middle of it.

    >>> turned_down = [Day(date(2026, 11, 1), 1, 19)]
    >>> quiet(Kind("oakwood", "guideline"), turned_down, Rule(), date(2026, 11, 21)).because
    '19 of 20 cards that were responded to by 2026-11-01 were turned down; given again from 2026-12-02.'
    >>> quiet(Kind("oakwood", "limits"), turned_down, Rule(), date(2026, 11, 21)) is None
    True
    """
    if rule.after <= 0 or not kind.may_be_quiet:
        return None
    spell: Quiet | None = None
    accepted = rejected = 0
    for day in sorted(days, key=lambda each: each.on):
        if day.on >= on:
            break
        if spell is not None and day.on <= spell.until:
            continue
        accepted, rejected = accepted + day.accepted, rejected + day.rejected
        told = accepted + rejected
        if told >= rule.after and 100 * rejected >= rule.rejected * told:
            spell = Quiet(day.on, day.on + timedelta(days=rule.days), accepted, rejected)
            accepted = rejected = 0
    return spell if spell is not None and spell.since < on <= spell.until else None


def edition_shared(answers: Iterable[CoverageAnswer]) -> Edition | None:
    """The one edition these answers rest on, so that a card about them is a card about its policy; None when they differ."""
    editions = {answer.basis.edition.name: answer.basis.edition for answer in answers if answer.basis.edition is not None}
    return next(iter(editions.values())) if len(editions) == 1 else None
