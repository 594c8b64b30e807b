"""The appeal packet of one service: the decision and its proof, every criterion, what is missing, and a letter to begin with (domain F105).

The draft says only what stands on file; what nobody but the practice knows it leaves open in square brackets.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

_OPEN = re.compile(r"\[[^\[\]]{3,200}\]")


@dataclass(frozen=True)
class Shown:
    """One criterion: what it says here (``met``, ``not met``, ``unknown``), why, the evidence seen, and what is missing for it."""

    title: str
    truth: str
    because: str
    evidence: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    rested_on: bool = False


@dataclass(frozen=True)
class DecisionProof:
    """What proves the decision: ``link`` is the fingerprint of its link in the case's chain, ``edition`` that of the wording."""

    decided_at: datetime
    action: str
    because: str
    by: str
    policy: str
    edition: str
    revision: int
    link: str


@dataclass(frozen=True)
class Enclosed:
    """One document on file: its title, when it came, its fingerprint."""

    title: str
    received_at: datetime
    sha256: str


@dataclass(frozen=True)
class Packet:
    """Everything an appeal about one service is written from. ``asked`` and ``authorized`` are amounts in words."""

    number: str
    item: int
    service: str
    codes: tuple[str, ...]
    member: str
    member_number: str
    practice: str
    signed_by: str
    plan: str
    phone: str
    written_on: date
    asked: str
    authorized: str
    proof: DecisionProof
    level: str
    until: datetime | None
    source: str
    expedited_hours: int
    criteria: tuple[Shown, ...] = ()
    missing: tuple[str, ...] = ()
    documents: tuple[Enclosed, ...] = ()
    calls: tuple[str, ...] = ()

    @property
    def met(self) -> tuple[Shown, ...]:
        """The criteria that are met."""
        return tuple(each for each in self.criteria if each.truth == "met")

    @property
    def open(self) -> tuple[Shown, ...]:
        """The criteria that are not met or not known."""
        return tuple(each for each in self.criteria if each.truth != "met")


def in_words(day: date) -> str:
    """A day as a letter writes it.

    >>> in_words(date(2026, 11, 2))
    'November 2, 2026'
    """
    return f"{day:%B} {day.day}, {day.year}"


def amount(quantity: Decimal | None, unit: str | None, starts_on: date | None, until: date | None) -> str:
    """An amount as a letter writes it; empty when nothing is said of it.

    >>> amount(Decimal("90"), "days", date(2026, 11, 2), None)
    '90 days from November 2, 2026'
    """
    many = f"{quantity.normalize():f} {unit or 'units'}" if quantity is not None else ""
    return " ".join(filter(None, [many, f"from {in_words(starts_on)}" if starts_on else "", f"until {in_words(until)}" if until else ""]))


def draft(packet: Packet) -> str:
    """The letter to begin with, as plain text with a blank line between paragraphs."""
    return "\n\n".join(_paragraphs(packet))


def left_open(words: str) -> tuple[str, ...]:
    """The places of a letter that wait to be filled in.

    >>> left_open("We ask. [Say why.] Thank you.")
    ('[Say why.]',)
    """
    return tuple(_OPEN.findall(words))


def _paragraphs(packet: Packet) -> Iterator[str]:
    proof = packet.proof
    yield f"To {packet.plan}, appeals"
    yield f"About {packet.member or 'your member'}, member {packet.member_number}, authorization {packet.number}: {packet.service} ({', '.join(packet.codes)})."
    instead = f" You certified {packet.authorized} instead." if packet.authorized else ""
    decided = f"On {in_words(proof.decided_at.date())} you decided: {proof.action}.{instead}"
    yield f"{decided} We ask you to look again, and to certify what was requested{f': {packet.asked}' if packet.asked else ''}."
    yield f"Your decision says: “{proof.because}” It was made under {proof.policy}."
    if packet.met:
        yield "These criteria are met, as you found yourselves:\n" + "\n".join(f"- {_said(each)}" for each in packet.met)
    if packet.open:
        yield "This is what the decision turns on, and what we say to it:\n" + "\n".join(f"- {_open(each)}" for each in packet.open)
    else:
        yield "[Say why the decision should be another one.]"
    if packet.missing:
        yield "We enclose:\n" + "\n".join(f"- {_answer(each)} [enclosed as …, or strike out]" for each in packet.missing)
    yield from packet.calls
    yield packet.signed_by + (f"\n{packet.practice}" if packet.practice else "")


def _said(criterion: Shown) -> str:
    seen = f" ({'; '.join(criterion.evidence)})" if criterion.evidence else ""
    return f"{criterion.title}{seen}."


def _answer(missing: str) -> str:
    """What would settle it: the document that is named, or the answer to the question.

    >>> _answer("the report of the oximetry"), _answer("Was room air breathed?")
    ('the report of the oximetry', 'the answer to: Was room air breathed?')
    """
    return f"the answer to: {missing}" if missing.endswith("?") else missing


def _open(criterion: Shown) -> str:
    stands = f" You found: {'; '.join(criterion.evidence)}." if criterion.evidence else ""
    lacks = f" Not answered so far: {'; '.join(criterion.missing)}." if criterion.missing else ""
    return f"{criterion.title}.{stands}{lacks} [Say what the record shows, and where.]"
