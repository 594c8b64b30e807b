"""Criterion and finding: what must be true, and what the evidence says of it: met, not met, or unknown.

Three-valued by Kleene's rules, so that unknown is never "no": an ``all``, ``any`` or ``count`` group is met or not met
only when no missing fact could still turn it. ``first`` is for sources of different rank: a better measurement, when it
was made, decides alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from itertools import product
from typing import Any

from questionnaires.comparisons import holds


class Truth(StrEnum):
    """What a criterion says about one request."""

    MET = "met"
    NOT_MET = "not met"
    UNKNOWN = "unknown"


class Axis(StrEnum):
    """Which of the four questions of utilization review a criterion answers (domain F04)."""

    NECESSITY = "necessity"
    APPROPRIATENESS = "appropriateness"
    SETTING = "setting"
    INTENSITY = "intensity"


@dataclass(frozen=True)
class Evidence:
    """The resource and element a finding rests on, with its clinical date and the date it was recorded (domain F28).

    ``sha256`` is the fingerprint of the resource as it was received: it proves what was looked at, and makes no other
    evidence of the same value.
    """

    fact: str
    value: str
    resource: str | None = None
    element: str | None = None
    clinical_on: str | None = None
    recorded_on: str | None = None
    origin: str = "manual"
    sha256: str | None = field(default=None, compare=False)


@dataclass(frozen=True)
class Answer:
    """What is known of one question: its values, where they came from, and whether two sources disagree.

    ``values`` holds bool, Decimal, date, str, or Coding; empty means not answered. ``disputed`` says in one sentence
    how the form and the attached evidence contradict each other. ``unit`` is the UCUM unit of numbers, when one is known.
    """

    link_id: str
    values: tuple[Any, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    disputed: str | None = None
    unit: str | None = None


Answers = Mapping[str, Answer]


@dataclass(frozen=True)
class Finding:
    """What one criterion said here; ``because`` is the payer's reason in one sentence."""

    criterion: str
    truth: Truth
    because: str
    axis: Axis = Axis.NECESSITY
    evidence: tuple[Evidence, ...] = ()
    missing: tuple[str, ...] = ()
    below: tuple[Finding, ...] = ()


@dataclass(frozen=True)
class Circumstances:
    """What a criterion may need besides answers: the day the service is for and today, handed in."""

    service_on: date
    today: date


@dataclass(frozen=True)
class Test:
    """One comparison of a fact with a value written in the policy.

    ``operator`` is one of ``is``, ``one_of``, ``at_most``, ``at_least``, ``below``, ``above``, ``within_days`` (a date
    at most so many days before the service), ``at_least_days_ago`` (so many days or more before the service), ``answered``;
    or one that needs an ``other`` fact too: ``at_least_days_after`` and ``at_most_days_after`` (days after the other date),
    ``at_most_per`` (a quantity for the other fact's days of supply; ``value`` is the limit and the days it is for).
    """

    fact: str
    operator: str
    value: Any
    other: str | None = None
    __test__ = False  # a word of the field, not a pytest class

    @property
    def facts(self) -> tuple[str, ...]:
        """The facts it compares: one, or two."""
        return (self.fact, self.other) if self.other else (self.fact,)


@dataclass(frozen=True)
class Criterion:
    """What must be true, with the payer's reason; either one test, or a group of criteria below it."""

    id: str
    title: str
    because: str = ""
    axis: Axis = Axis.NECESSITY
    source: str = ""
    test: Test | None = None
    group: str = "all"  # all | any | count | first (the first one below that is not unknown decides)
    at_least: int = 1  # for count
    below: tuple[Criterion, ...] = ()
    services: tuple[str, ...] = ()  # codes this criterion applies to; none means every service of the edition
    accepts: tuple[str, ...] = field(default=())  # evidence that would settle it, in words (asked for when unknown)
    document: str | None = None  # LOINC code of the kind of document that shows it; goes for the criteria below too


def facts_tested(criterion: Criterion) -> tuple[str, ...]:
    """Every fact this criterion tests, in it or below it."""
    mine = criterion.test.facts if criterion.test else ()
    return (*mine, *(fact for inner in criterion.below for fact in facts_tested(inner)))


def weigh(criterion: Criterion, answers: Answers, circumstances: Circumstances) -> Finding:
    """What the criterion says of these answers.

    >>> from datetime import date
    >>> rule = Criterion("low", "Saturation is 88 % or less", test=Test("spo2", "at_most", Decimal(88)))
    >>> today = Circumstances(date(2026, 11, 21), date(2026, 11, 21))
    >>> weigh(rule, {"spo2": Answer("spo2", (Decimal(86),))}, today).truth
    <Truth.MET: 'met'>
    >>> weigh(rule, {}, today).missing
    ('spo2',)
    """
    if criterion.test is not None:
        return _weigh_test(criterion, criterion.test, answers, circumstances)
    below = tuple(weigh(inner, answers, circumstances) for inner in criterion.below)
    truth = _group(criterion, [finding.truth for finding in below])
    evidence = tuple(item for finding in below for item in finding.evidence)
    missing = tuple(dict.fromkeys(name for finding in below if finding.truth is Truth.UNKNOWN for name in finding.missing)) if truth is Truth.UNKNOWN else ()
    return Finding(criterion.id, truth, _sentence(criterion, truth), criterion.axis, evidence, missing, below)


def truth_of(criterion: Criterion, answers: Answers, circumstances: Circumstances) -> Truth:
    """The truth ``weigh`` finds, without its words and evidence: for those who try many answers."""
    if criterion.test is None:
        return _group(criterion, [truth_of(inner, answers, circumstances) for inner in criterion.below])
    known = [answer for fact in criterion.test.facts if (answer := answers.get(fact)) is not None and answer.values and not answer.disputed]
    return _compared(criterion.test, known, circumstances) if len(known) == len(criterion.test.facts) else Truth.UNKNOWN


def _group(criterion: Criterion, truths: list[Truth]) -> Truth:
    if criterion.group == "first":
        return next((truth for truth in truths if truth is not Truth.UNKNOWN), Truth.UNKNOWN)
    needed = {"all": len(truths), "any": 1, "count": criterion.at_least}[criterion.group]
    met, open_ = truths.count(Truth.MET), truths.count(Truth.UNKNOWN)
    return Truth.MET if met >= needed else Truth.UNKNOWN if met + open_ >= needed else Truth.NOT_MET


def _weigh_test(criterion: Criterion, test: Test, answers: Answers, circumstances: Circumstances) -> Finding:
    known = [answers.get(fact, Answer(fact)) for fact in test.facts]
    evidence = tuple(item for answer in known for item in answer.evidence)
    if missing := tuple(fact for fact, answer in zip(test.facts, known, strict=True) if not answer.values):
        return Finding(criterion.id, Truth.UNKNOWN, f"{criterion.title}: not documented yet.{_wanted(criterion)}", criterion.axis, evidence, missing)
    if disputed := [(fact, answer.disputed) for fact, answer in zip(test.facts, known, strict=True) if answer.disputed]:
        said = " ".join(sentence for _, sentence in disputed)
        return Finding(criterion.id, Truth.UNKNOWN, f"{criterion.title}: {said}", criterion.axis, evidence, tuple(fact for fact, _ in disputed))
    truth = _compared(test, known, circumstances)
    if truth is Truth.UNKNOWN:
        unclear = f"{criterion.title}: the answer cannot be read as the policy expects."
        return Finding(criterion.id, truth, unclear, criterion.axis, evidence, test.facts)
    return Finding(criterion.id, truth, _sentence(criterion, truth), criterion.axis, evidence)


def _compared(test: Test, known: Sequence[Answer], circumstances: Circumstances) -> Truth:
    """What the comparison says of these answers, each of which is there and undisputed; any of several values may meet it."""
    verdicts = [holds(test.operator, values, test.value, circumstances.service_on) for values in product(*(answer.values for answer in known))]
    if None in verdicts:
        return Truth.UNKNOWN
    return Truth.MET if True in verdicts else Truth.NOT_MET


def _sentence(criterion: Criterion, truth: Truth) -> str:
    """Title, truth, and the payer's reason where it holds: an open question gets no reason for a no."""
    if truth is Truth.UNKNOWN:
        return f"{criterion.title}: not fully documented yet.{_wanted(criterion)}"
    reason = f" {criterion.because}" if criterion.because and truth is Truth.NOT_MET else ""
    return f"{criterion.title}: {truth.value}.{reason}"


def _wanted(criterion: Criterion) -> str:
    return f" Please send {' or '.join(criterion.accepts)}." if criterion.accepts else ""


GROUPS = ("all", "any", "count", "first")
