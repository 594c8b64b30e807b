"""Tracker: the four measures a practice lives by, each with its target and the lines behind it, over its cases and claims (domain §6.1, F92).

The plan reads the same values over everybody's cases: one engine, two filters (F97).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from fhir_pa.um.case.authorization import Authorization
from fhir_pa.um.measures.counted import Behind, Counted, counted
from fhir_pa.um.measures.failures import Failure, Row, most_urgent_first, shown_beside
from fhir_pa.um.measures.pareto import Bar, bars
from fhir_pa.um.on_file.rendered import Match
from fhir_pa.um.on_file.status import Standing
from fhir_pa.um.stays.stay import Stay

NO_CLAIMS = "No claims were told for this time. Import them (fhir-pa claims import), or ask with the status query before each service."
NOTHING = "Nothing of this happened in this time."


class Name(StrEnum):
    """The four."""

    VALID = "services with a valid authorization"
    LAG = "days from the end of an authorization to its continuation"
    OVERTURNED = "appeals that changed the decision"
    MISSED_CALLS = "conversations missed by the practice"


class Better(StrEnum):
    """How a value is held against its target."""

    ABOVE = "more than"
    AT = "exactly"


@dataclass(frozen=True)
class Target:
    """What to reach: ``value`` in ``unit`` (``percent``, ``days`` or ``count``)."""

    better: Better
    value: float
    unit: str

    def is_met_by(self, value: float) -> bool:
        """Whether this value reaches it."""
        return value > self.value if self.better is Better.ABOVE else value == self.value

    def __str__(self) -> str:
        return f"{self.better} {self.told(self.value)}"

    def told(self, value: float) -> str:
        """A value of this measure with its unit.

        >>> Target(Better.ABOVE, 98.0, "percent").told(51.7)
        '51.7 %'
        """
        units = {"percent": " %", "days": " days", "count": ""}
        return f"{value:g}{units[self.unit]}"


TARGETS: Mapping[Name, Target] = {
    Name.VALID: Target(Better.ABOVE, 98.0, "percent"),
    Name.LAG: Target(Better.AT, 0.0, "days"),
    Name.OVERTURNED: Target(Better.ABOVE, 50.0, "percent"),
    Name.MISSED_CALLS: Target(Better.AT, 0.0, "count"),
}


@dataclass(frozen=True)
class Measure:
    """One of the four: its value (None when nothing is known of it, and ``because`` says why), counted ``count`` of ``of``.

    ``rows`` are the lines that stand between it and its target, or the first of them: there are as many as are ``short`` of it.
    """

    name: Name
    value: float | None
    count: int
    of: int
    rows: tuple[Row, ...] = ()
    because: str = ""

    @property
    def target(self) -> Target:
        """What to reach."""
        return TARGETS[self.name]

    @property
    def short(self) -> int:
        """How many lines stand between it and its target."""
        return self.of - self.count if self.target.better is Better.ABOVE else self.count

    @property
    def is_met(self) -> bool | None:
        """Whether the target is reached; None when nothing is known."""
        return None if self.value is None else self.target.is_met_by(self.value)


@dataclass(frozen=True)
class Tracker:
    """The four measures, the days of care nothing certifies, why services were not covered, the six failures, the causes of denials."""

    since: date
    now: datetime
    measures: tuple[Measure, ...]
    unfunded: tuple[Row, ...]
    misses: Mapping[Standing, int] = field(default_factory=dict)
    failures: Mapping[Failure, Behind] = field(default_factory=dict)
    denied_days: int = 0
    causes: tuple[Bar, ...] = ()

    @property
    def unfunded_days(self) -> int:
        """How many days of care nothing certifies: one row is one day."""
        return len(self.unfunded)

    def measure(self, name: Name) -> Measure:
        """The measure with this name."""
        return next(each for each in self.measures if each.name is name)


def tracker(cases: Iterable[Authorization], stays: Sequence[Stay], matches: Sequence[Match] | None, since: date, now: datetime) -> Tracker:
    """What became of these cases and their stays from ``since`` until now; ``matches`` None means that no claim was told."""
    return tracked(counted(cases, since, now), stays, matches, since, now)


def tracked(cases: Counted, stays: Sequence[Stay], matches: Sequence[Match] | None, since: date, now: datetime) -> Tracker:
    """The same, where the cases are counted already."""
    claimed = [each for each in matches or () if since <= each.rendered.on <= now.date()]
    misses: dict[Standing, int] = {}
    for each in claimed:
        if not each.is_covered:
            misses[each.status.standing] = misses.get(each.status.standing, 0) + 1
    beside = shown_beside(stays, claimed, now.date())
    return Tracker(
        since=since,
        now=now,
        measures=(_valid(claimed, matches is not None), _lag(stays, since, now.date()), _overturned(cases), _missed_calls(cases)),
        unfunded=_unfunded(stays, since),
        misses=misses,
        failures={each: _with(cases.failures.get(each, Behind()), beside[each]) for each in Failure},
        denied_days=cases.denied_days,
        causes=bars(cases.causes),
    )


def _with(found: Behind, beside: Sequence[Row]) -> Behind:
    happened = sum(row.happened for row in beside)
    return Behind(found.count + len(beside), found.happened + happened, most_urgent_first([*found.rows, *beside]))


def _valid(claimed: Sequence[Match], are_told: bool) -> Measure:
    covered = [each for each in claimed if each.is_covered]
    rows = tuple(Row(each.status.number, each.status.says, each.rendered.on, each.status.item, each.rendered.name) for each in claimed if not each.is_covered)
    value = round(100 * len(covered) / len(claimed), 1) if claimed else None
    because = "" if claimed else NOTHING if are_told else NO_CLAIMS
    return Measure(Name.VALID, value, len(covered), len(claimed), rows, because)


def _lag(stays: Iterable[Stay], since: date, today: date) -> Measure:
    """The mean over authorizations that ended, or were continued, while care went on; in time counts as no days."""
    lags: list[int] = []
    rows: list[Row] = []
    for stay in stays:
        for after, days in zip(stay.cases[1:], stay.lags, strict=True):
            asked = after.opening_clock.received_at.date()
            if asked >= since:
                lags.append(days)
                rows += [Row(after.number, f"Asked for {_days(days)} after what went before had ended.", asked)] if days else []
        open_days = stay.open_lag(today)
        if open_days is not None and stay.known_until >= since:
            lags.append(open_days)
            rows.append(Row(stay.cases[-1].number, f"Care went on for {_days(open_days)} with no extension asked for.", stay.known_until))
    value = round(sum(lags) / len(lags), 1) if lags else None
    return Measure(Name.LAG, value, len(rows), len(lags), tuple(rows), "" if lags else NOTHING)


def _overturned(cases: Counted) -> Measure:
    changed = cases.heard - cases.upheld.count
    value = round(100 * changed / cases.heard, 1) if cases.heard else None
    return Measure(Name.OVERTURNED, value, changed, cases.heard, cases.upheld.rows, "" if cases.heard else NOTHING)


def _missed_calls(cases: Counted) -> Measure:
    """Of all offers that could be taken: those whose window closed unused, recorded as missed or not yet."""
    missed = cases.missed
    return Measure(
        Name.MISSED_CALLS, float(missed.count) if cases.offered else None, missed.count, cases.offered, missed.rows, "" if cases.offered else NOTHING
    )


def _unfunded(stays: Iterable[Stay], since: date) -> tuple[Row, ...]:
    return tuple(Row(stay.cases[-1].number, "A day of care that nothing certifies.", day) for stay in stays for day in stay.lacking if day >= since)


def _days(count: int) -> str:
    return f"{count} day{'' if count == 1 else 's'}"
