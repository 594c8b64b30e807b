"""Criterion and finding: what must be true, and what the evidence says of it: met, not met, or unknown.

Three-valued by Kleene's rules, so that unknown is never "no": an ``all``, ``any`` or ``count`` group is met or not met
only when no missing fact could still turn it. ``first`` is for sources of different rank: a better measurement, when it
was made, decides alone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any


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
    """The resource and element a finding rests on, with its clinical date and the date it was recorded (domain F28)."""

    fact: str
    value: str
    resource: str | None = None
    element: str | None = None
    clinical_on: str | None = None
    recorded_on: str | None = None
    origin: str = "manual"


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
    at most so many days before the service), ``at_least_days_ago`` (so many days or more before the service), ``answered``.
    """

    fact: str
    operator: str
    value: Any
    __test__ = False  # a word of the field, not a pytest class


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


def facts_tested(criterion: Criterion) -> tuple[str, ...]:
    """Every fact this criterion tests, in it or below it."""
    mine = (criterion.test.fact,) if criterion.test else ()
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


def _group(criterion: Criterion, truths: list[Truth]) -> Truth:
    if criterion.group == "first":
        return next((truth for truth in truths if truth is not Truth.UNKNOWN), Truth.UNKNOWN)
    needed = {"all": len(truths), "any": 1, "count": criterion.at_least}[criterion.group]
    met, open_ = truths.count(Truth.MET), truths.count(Truth.UNKNOWN)
    return Truth.MET if met >= needed else Truth.UNKNOWN if met + open_ >= needed else Truth.NOT_MET


def _weigh_test(criterion: Criterion, test: Test, answers: Answers, circumstances: Circumstances) -> Finding:
    answer = answers.get(test.fact)
    if answer is None or not answer.values:
        return Finding(criterion.id, Truth.UNKNOWN, f"{criterion.title}: not documented yet.{_wanted(criterion)}", criterion.axis, missing=(test.fact,))
    if answer.disputed:
        return Finding(criterion.id, Truth.UNKNOWN, f"{criterion.title}: {answer.disputed}", criterion.axis, answer.evidence, (test.fact,))
    verdicts = [_holds(test, value, circumstances) for value in answer.values]
    if None in verdicts:
        unclear = f"{criterion.title}: the answer cannot be read as the policy expects."
        return Finding(criterion.id, Truth.UNKNOWN, unclear, criterion.axis, answer.evidence, (test.fact,))
    truth = Truth.MET if any(verdicts) else Truth.NOT_MET
    return Finding(criterion.id, truth, _sentence(criterion, truth), criterion.axis, answer.evidence)


def _sentence(criterion: Criterion, truth: Truth) -> str:
    """Title, truth, and the payer's reason where it holds: an open question gets no reason for a no."""
    if truth is Truth.UNKNOWN:
        return f"{criterion.title}: not fully documented yet.{_wanted(criterion)}"
    reason = f" {criterion.because}" if criterion.because and truth is Truth.NOT_MET else ""
    return f"{criterion.title}: {truth.value}.{reason}"


def _wanted(criterion: Criterion) -> str:
    return f" Please send {' or '.join(criterion.accepts)}." if criterion.accepts else ""


def _holds(test: Test, value: Any, circumstances: Circumstances) -> bool | None:
    """Whether the comparison holds; None when this value is not of a kind the comparison understands."""
    compare = _COMPARISONS.get(test.operator)
    if compare is None:
        return None
    try:
        return compare(value, test.value, circumstances)
    except (TypeError, ValueError, ArithmeticError, AttributeError):
        return None


def _plain(value: Any) -> Any:
    """Codings compare by their code, numbers as decimals."""
    if isinstance(value, (bool, str, date)):
        return value
    if isinstance(value, (int, float, Decimal)):
        return Decimal(str(value))
    return value.code


def _same_kind(left: Any, right: Any) -> bool:
    a, b = _plain(left), _plain(right)
    if type(a) is not type(b):
        raise TypeError(f"{type(a).__name__} cannot be compared with {type(b).__name__}")
    return bool(a == b)


def _days_before(value: Any, circumstances: Circumstances) -> int:
    on = date.fromisoformat(value[:10]) if isinstance(value, str) else value
    return int((circumstances.service_on - on).days)


_COMPARISONS: dict[str, Callable[[Any, Any, Circumstances], bool]] = {
    "is": lambda value, wanted, _: _same_kind(value, wanted),
    "one_of": lambda value, wanted, _: any(_same_kind(value, each) for each in wanted),
    "at_most": lambda value, limit, _: bool(_plain(value) <= _plain(limit)),
    "at_least": lambda value, limit, _: bool(_plain(value) >= _plain(limit)),
    "below": lambda value, limit, _: bool(_plain(value) < _plain(limit)),
    "above": lambda value, limit, _: bool(_plain(value) > _plain(limit)),
    "within_days": lambda value, days, circumstances: bool(0 <= _days_before(value, circumstances) <= int(days)),
    "at_least_days_ago": lambda value, days, circumstances: bool(_days_before(value, circumstances) >= int(days)),
    "answered": lambda value, wanted, _: bool(wanted),
}

OPERATORS = tuple(_COMPARISONS)
GROUPS = ("all", "any", "count", "first")
