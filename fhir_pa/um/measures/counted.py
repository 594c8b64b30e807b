"""Counted: the points of many cases, counted for a practice; over whole cases here, by the database over kept rows (``storage/points.py``)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from fhir_pa.um.case.appeal import Outcome
from fhir_pa.um.case.authorization import Authorization
from fhir_pa.um.deciding.root_cause import RootCause
from fhir_pa.um.measures.failures import Failure, Row
from fhir_pa.um.measures.points import FAILURES, About, Point, points, row


@dataclass(frozen=True)
class Behind:
    """How many rows stand behind a number, how many of them have ``happened``, and the first of them, or all."""

    count: int = 0
    happened: int = 0
    rows: tuple[Row, ...] = ()


@dataclass(frozen=True)
class Counted:
    """What the cases of a practice bring to its tracker.

    ``upheld`` and ``missed`` are of so many ``heard`` appeals and so many ``offered`` conversations. ``denied_days`` were
    asked for and not certified.
    """

    failures: Mapping[Failure, Behind] = field(default_factory=dict)
    causes: Mapping[RootCause, Behind] = field(default_factory=dict)
    heard: int = 0
    upheld: Behind = Behind()
    offered: int = 0
    missed: Behind = Behind()
    denied_days: int = 0


Group = tuple[About, str]  # what a number is about, and its name among those: a failure, a stage, an outcome, a root cause
Tally = tuple[int, int, int]  # points, those that have happened, days


def counted(cases: Iterable[Authorization], since: date, now: datetime) -> Counted:
    """What these cases bring, from their points."""
    found: dict[Group, list[tuple[str, Point]]] = {}
    for case in cases:
        for point in points(case):
            if point.counts(since, now):
                found.setdefault((point.about, point.what), []).append((case.number, point))
    tallies = {group: (len(each), sum(point.happened(now) for _, point in each), sum(point.count for _, point in each)) for group, each in found.items()}
    return summed(tallies, found, now)


def summed(tallies: Mapping[Group, Tally], found: Mapping[Group, list[tuple[str, Point]]], now: datetime) -> Counted:
    """The counts of groups of points as one; ``found`` are the points behind them, each with the number of its case, or the first of these."""

    def behind(groups: Iterable[Group], happened_only: bool = False) -> Behind:
        mine = [each for each in groups if each in tallies]
        count, happened = (sum(tallies[each][place] for each in mine) for place in (0, 1))
        ranked = sorted((each for group in mine for each in found.get(group, ())), key=lambda each: _rank(each[0], each[1], now))
        rows = tuple(row(number, point, now) for number, point in ranked if point.happened(now) or not happened_only)
        return Behind(happened if happened_only else count, happened, rows)

    def among(about: About) -> list[Group]:
        return [group for group in tallies if group[0] is about]

    return Counted(
        failures={each: behind((about, str(each)) for about in FAILURES) for each in Failure},
        causes={each: behind([(About.CAUSE, str(each))]) for each in RootCause if (About.CAUSE, str(each)) in tallies},
        heard=sum(tallies[each][0] for each in among(About.APPEAL)),
        upheld=behind([(About.APPEAL, str(Outcome.UPHELD))]),
        offered=sum(tallies[each][0] for each in among(About.CALL)),
        missed=behind(among(About.CALL), happened_only=True),
        denied_days=sum(tallies[each][2] for each in among(About.LOST)),
    )


def _rank(number: str, point: Point, now: datetime) -> tuple[bool, int, str, int, str]:
    """What can still be kept from happening first, then the newest."""
    return (point.happened(now), -point.on.toordinal(), number, point.part, point.about)
