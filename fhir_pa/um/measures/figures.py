"""Figures: what a plan publishes each year about prior authorization, and the measures a practice watches (domain §6.1-6.4).

Every number keeps the cases it is counted over, so that each can be opened. What is left out is told with its count.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from statistics import mean, median
from typing import TypeVar

from fhir_pa.um.case.appeal import ON_THE_MERITS, Appeal
from fhir_pa.um.case.appeal import Outcome as Heard
from fhir_pa.um.case.authorization import Authorization
from fhir_pa.um.case.peer_to_peer import Outcome, Stage
from fhir_pa.um.clocks.time_limits import Asked
from fhir_pa.um.deciding.root_cause import RootCause
from fhir_pa.um.measures.course import Class, Course, Left, Standing, course_of, standing
from fhir_pa.um.measures.percentile import percentiles
from fhir_pa.um.telling.contacting import one_was_enough

Thing = TypeVar("Thing")
ONE_CONTACT = "members reached about a denial for whom one conversation was enough"

DEFINITIONS: Mapping[str, str] = {
    "standard requests approved": "Of the standard requests decided in the year, those first approved. What an approval in part counts as is told above.",
    "standard requests denied": "Of the standard requests decided in the year, those first denied.",
    "standard requests approved after appeal, of those appealed": (
        "Of the standard requests whose appeal was decided, those in which it was won, wholly or in part."
    ),
    "requests whose time was extended and that were approved": "Of all requests decided in the year, those for which we took more time and then approved.",
    "expedited requests approved": "Of the expedited requests decided in the year, those first approved. What an approval in part counts as is told above.",
    "expedited requests denied": "Of the expedited requests decided in the year, those first denied.",
    "standard requests": "From the receipt of a standard request to the decision of its last service.",
    "expedited requests": "From the receipt of an expedited request to the decision of its last service.",
}


class Counted(StrEnum):
    """What a case approved in part counts as; the rule has no class for it, so the choice is published beside the figures."""

    APPROVED = "approved"
    DENIED = "denied"
    ITSELF = "its own row"


@dataclass(frozen=True)
class Share:
    """So many cases of so many, by their numbers. ``percent`` is rounded to a tenth; None when there is nothing to count."""

    name: str
    are: tuple[str, ...]
    of: tuple[str, ...]

    @property
    def percent(self) -> float | None:
        """The share in percent."""
        return round(100 * len(self.are) / len(self.of), 1) if self.of else None


@dataclass(frozen=True)
class Times:
    """How long decisions took, in hours; None when there is nothing to count. ``percentiles`` are hours by their share of a hundred."""

    name: str
    mean_hours: float | None
    median_hours: float | None
    of: tuple[str, ...]
    percentiles: Mapping[int, float] = field(default_factory=dict)

    def in_words(self, hours: float | None) -> str:
        """A time with its unit: under a day in hours, under an hour in minutes, so that a quick decision is not told as none."""
        if hours is None:
            return "nothing to count"
        if hours < 1:
            minutes = round(60 * hours)
            return "less than a minute" if minutes < 1 else f"{minutes} minute{'' if minutes == 1 else 's'}"
        return f"{hours:.1f} hours" if hours < 24 else f"{hours / 24:.1f} days"


@dataclass(frozen=True)
class PublicFigures:
    """The yearly figures of one line of business, or of all: what CMS-0057-F asks to be published, drugs left out."""

    year: int
    line_of_business: str
    partly_counts_as: Counted
    shares: tuple[Share, ...]
    times: tuple[Times, ...]
    partly: tuple[str, ...]
    left_out: Mapping[Left, int]


def public_figures(cases: Iterable[Authorization], year: int, line_of_business: str = "", partly: Counted = Counted.APPROVED) -> PublicFigures:
    """The figures over the cases decided in this year; ``line_of_business`` empty counts them all."""
    return figures_of(map(standing, cases), year, line_of_business, partly)


def figures_of(standings: Iterable[Standing], year: int, line_of_business: str = "", partly: Counted = Counted.APPROVED) -> PublicFigures:
    """The same, over cases as they were kept for counting."""
    left: Counter[Left] = Counter()
    courses: list[Course] = []
    for each in standings:
        if line_of_business and each.line_of_business != line_of_business:
            continue
        course = each.course
        if isinstance(course, Left):
            if each.received_at.year == year:
                left[course] += 1
        elif course.decided_at.year == year:
            if course.asked is Asked.DRUG:
                left[Left.DRUG] += 1
            else:
                courses.append(course)
    standard, expedited = [each for each in courses if not each.urgent], [each for each in courses if each.urgent]
    return PublicFigures(
        year=year,
        line_of_business=line_of_business,
        partly_counts_as=partly,
        shares=(
            _share("standard requests approved", standard, lambda each: _approved(each, partly)),
            _share("standard requests denied", standard, lambda each: _denied(each, partly)),
            _share("standard requests approved after appeal, of those appealed", [each for each in standard if each.appealed], lambda each: each.overturned),
            _share("requests whose time was extended and that were approved", courses, lambda each: each.extended and _approved(each, partly)),
            _share("expedited requests approved", expedited, lambda each: _approved(each, partly)),
            _share("expedited requests denied", expedited, lambda each: _denied(each, partly)),
        ),
        times=(_times("standard requests", standard), _times("expedited requests", expedited)),
        partly=_numbers(each for each in courses if each.decided is Class.PART),
        left_out=dict(sorted(left.items())),
    )


@dataclass(frozen=True)
class Watched:
    """What a plan and its practices watch: each share with its target in percent (None: none is set), and how long decisions took.

    ``causes`` counts services by why they were denied, the most frequent cause first; ``behind`` has the cases of each cause.
    """

    shares: tuple[tuple[Share, float | None], ...]
    causes: tuple[tuple[RootCause, int], ...]
    times: tuple[Times, ...] = ()
    behind: Mapping[RootCause, tuple[str, ...]] = field(default_factory=dict)


def watched(cases: Iterable[Authorization], since: datetime, until: datetime) -> Watched:
    """The measures over what was decided, appealed and offered from ``since`` on and before ``until``."""
    listed = tuple(cases)
    courses = [each for each in map(course_of, listed) if isinstance(each, Course) and since <= each.decided_at < until]
    appeals = [
        (f"{case.number}/{each.number}", each) for case in listed for each in case.appeals if each.decided_at is not None and since <= each.decided_at < until
    ]
    merits = [(name, each) for name, each in appeals if each.outcome in ON_THE_MERITS]
    offers = [
        (f"{case.number}/{each.number}", each)
        for case in listed
        for each in case.peer_to_peers
        if each.closed_at is not None and since <= each.closed_at < until and each.stage not in (Stage.NO_TIME, Stage.NOT_NEEDED)
    ]
    held = [(name, each) for name, each in offers if each.stage is Stage.HELD]
    adverse = [each for each in courses if each.decided is not Class.FULL]
    causes = Counter(cause for each in courses for cause in each.causes)
    decided = {each.number for each in courses}
    told = list(one_was_enough(case for case in listed if case.number in decided))
    return Watched(
        shares=(
            (_share("decided within the legal time", courses, lambda each: each.on_time), 100.0),
            (_share("decided at once by the engine", courses, lambda each: each.by_engine), None),
            (_share("adverse decisions signed by a person before notice", adverse, lambda each: each.by_people), 100.0),
            (Share("appeals that changed the decision", _named(merits, _changed), _names(merits)), 50.0),
            (Share("changed on appeal without new evidence", _named(merits, lambda each: _changed(each) and not each.new_evidence), _names(merits)), 0.0),
            (Share("conversations missed by the provider", _named(offers, lambda each: each.stage is Stage.MISSED_BY_PROVIDER), _names(offers)), 0.0),
            (Share("conversations missed by the plan", _named(offers, lambda each: each.stage is Stage.MISSED_BY_PLAN), _names(offers)), 0.0),
            (Share("conversations that changed the decision", _named(held, lambda each: each.outcome is not Outcome.NOT_PERSUADED), _names(held)), None),
            (Share(ONE_CONTACT, tuple(number for number, enough in told if enough), tuple(number for number, _ in told)), None),
        ),
        causes=tuple(causes.most_common()),
        behind={cause: tuple(each.number for each in courses if cause in each.causes) for cause in causes},
        times=(
            _times("standard requests", [each for each in courses if not each.urgent]),
            _times("expedited requests", [each for each in courses if each.urgent]),
        ),
    )


def _changed(appeal: Appeal) -> bool:
    return appeal.outcome in (Heard.OVERTURNED, Heard.PARTLY)


def _approved(course: Course, partly: Counted) -> bool:
    return course.decided is Class.FULL or (course.decided is Class.PART and partly is Counted.APPROVED)


def _denied(course: Course, partly: Counted) -> bool:
    return course.decided is Class.NONE or (course.decided is Class.PART and partly is Counted.DENIED)


def _share(name: str, courses: Iterable[Course], counts: Callable[[Course], bool]) -> Share:
    listed = list(courses)
    return Share(name, _numbers(each for each in listed if counts(each)), _numbers(listed))


def _times(name: str, courses: list[Course]) -> Times:
    hours = [each.took / timedelta(hours=1) for each in courses]
    return Times(name, mean(hours) if hours else None, median(hours) if hours else None, _numbers(courses), percentiles(hours))


def _named(pairs: Iterable[tuple[str, Thing]], counts: Callable[[Thing], bool]) -> tuple[str, ...]:
    return tuple(name for name, each in pairs if counts(each))


def _names(pairs: Iterable[tuple[str, object]]) -> tuple[str, ...]:
    return tuple(name for name, _ in pairs)


def _numbers(courses: Iterable[Course]) -> tuple[str, ...]:
    return tuple(each.number for each in courses)
