"""Variation: how often services are not certified as asked, by provider, reviewer, service, line or month, against control limits (domain F98).

A p-chart: a group beyond three standard deviations from the mean of all is more than chance explains, and somebody asks why. It blames nobody.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from math import sqrt

from fhir_pa.um.case.authorization import Authorization
from fhir_pa.um.case.item import Item
from fhir_pa.um.deciding.determination import ADVERSE, Determination
from fhir_pa.um.measures.course import first_decision
from fhir_pa.um.measures.percentile import percentiles

HOUR = timedelta(hours=1)
SIGMAS = 3
FEWEST = 5  # decisions of a group below which no limit means anything


class By(StrEnum):
    """What the decisions are grouped by. Regions of members are not on file here, so there is none."""

    PROVIDER = "provider"
    REVIEWER = "reviewer"
    SERVICE = "service"
    LINE = "line"
    MONTH = "month"


class Judged(StrEnum):
    """Where a group lies."""

    WITHIN = "within the limits"
    ABOVE = "above the upper limit"
    BELOW = "below the lower limit"
    TOO_FEW = "too few to tell"


@dataclass(frozen=True)
class Point:
    """One group: its decisions, those of them not as asked (by authorization number and item), and its limits in percent.

    ``hours`` tells how long its decisions took, from the request on, by percentile.
    """

    name: str
    adverse: tuple[str, ...]
    of: int
    lower: float
    upper: float
    hours: Mapping[int, float] = field(default_factory=dict)

    @property
    def percent(self) -> float:
        """The share not certified as asked."""
        return round(100 * len(self.adverse) / self.of, 1)

    @property
    def judged(self) -> Judged:
        """Whether chance explains it."""
        if self.of < FEWEST:
            return Judged.TOO_FEW
        if self.percent > self.upper:
            return Judged.ABOVE
        return Judged.BELOW if self.percent < self.lower else Judged.WITHIN


@dataclass(frozen=True)
class Chart:
    """The groups, the one furthest from the mean first (months in order), and the mean of all in percent (None: no decision)."""

    by: By
    mean: float | None
    of: int
    points: tuple[Point, ...]


Decided = tuple[Authorization, Item, Determination]


def chart(cases: Iterable[Authorization], by: By) -> Chart:
    """The first decisions on all services of these cases, in groups."""
    decided = [(case, item, made) for case in cases for item in case.items if (made := first_decision(item)) is not None]
    groups: dict[str, list[Decided]] = {}
    for each in decided:
        name = _NAMES[by](each)
        if name:
            groups.setdefault(name, []).append(each)
    counted = [each for group in groups.values() for each in group]
    if not counted:
        return Chart(by, None, 0, ())
    mean = sum(made.action in ADVERSE for _, _, made in counted) / len(counted)
    points = [_point(name, group, mean) for name, group in groups.items()]
    ranked = sorted(points, key=lambda point: point.name if by is By.MONTH else (-abs(point.percent - 100 * mean), point.name))
    return Chart(by, round(100 * mean, 1), len(counted), tuple(ranked))


def limits(mean: float, of: int) -> tuple[float, float]:
    """Lower and upper limit, in percent, of a group of so many when the share of all is ``mean`` (0 to 1).

    >>> limits(0.2, 100)
    (8.0, 32.0)
    >>> limits(0.0, 10)
    (0.0, 0.0)
    """
    wide = SIGMAS * sqrt(mean * (1 - mean) / of)
    return round(100 * max(0.0, mean - wide), 1), round(100 * min(1.0, mean + wide), 1)


def _point(name: str, group: list[Decided], mean: float) -> Point:
    adverse = tuple(f"{case.number}/{item.sequence}" for case, item, made in group if made.action in ADVERSE)
    took = percentiles((made.decided_at - case.opening_clock.received_at) / HOUR for case, _, made in group)
    return Point(name, adverse, len(group), *limits(mean, len(group)), took)


def _provider(decided: Decided) -> str:
    requestor = decided[0].request.requestor
    return f"{requestor.name or 'unnamed'} ({requestor.npi})" if requestor.npi else requestor.name


def _reviewer(decided: Decided) -> str:
    signed = decided[2].signed_by
    return signed.name if signed else ""


def _service(decided: Decided) -> str:
    edition = decided[2].edition
    return edition.topic if edition else next((coding.code for coding in decided[1].requested.service.codes), "")


_NAMES: dict[By, Callable[[Decided], str]] = {
    By.PROVIDER: _provider,
    By.REVIEWER: _reviewer,
    By.SERVICE: _service,
    By.LINE: lambda decided: decided[0].request.line_of_business or "not told",
    By.MONTH: lambda decided: decided[2].decided_at.strftime("%Y-%m"),
}
