"""Figures: what the plan publishes each year about prior authorization, and what it watches, straight from what is on file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta

from fhir_pa.auth.caller import Caller
from fhir_pa.auth.directory import LINES_OF_BUSINESS
from fhir_pa.operations.delegates import works_for
from fhir_pa.operations.reports.measures import period
from fhir_pa.um.case.authorization import Authorization
from fhir_pa.um.measures.figures import DEFINITIONS, Counted, PublicFigures, Share, Times, Watched, figures_of, public_figures
from fhir_pa.um.measures.figures import watched as watched_over
from fhir_pa.um.reviewing.delegate import Delegate, delegate_of
from fhir_pa.wiring import Payer
from ig_profiles.outcome import Issue, Unprocessable
from ig_profiles.reading import Json

LONGEST_CASE = timedelta(days=400)  # a case decided in a period was received at most so long before


def public(asked: Mapping[str, str], caller: Caller, payer: Payer) -> Json:
    """The yearly figures for one of the staff; ``asked`` holds ``year``, ``line`` (of business; all if left out), ``partly``, ``delegate``."""
    caller.must_be_staff()
    return in_json(of_year(_theirs(asked, caller, payer), payer), with_cases=True)


def of_year(asked: Mapping[str, str], payer: Payer) -> PublicFigures:
    """The same, as values. Raises Unprocessable with everything in ``asked`` that cannot be read."""
    issues: list[Issue] = []
    year, line, partly = asked.get("year") or str(payer.clock().year), asked.get("line") or "", asked.get("partly") or Counted.APPROVED
    if not (year.isdigit() and 2000 <= int(year) <= 2999):
        issues.append(Issue(f"'{year}' is no year. Write e.g. year=2026.", "invalid", expression="year"))
    if line and line not in LINES_OF_BUSINESS:
        issues.append(Issue(f"'{line}' is no line of business. Choose one of {', '.join(LINES_OF_BUSINESS)}.", "invalid", expression="line"))
    if partly not in [str(each) for each in Counted]:
        issues.append(Issue(f"What is approved in part counts as one of: {', '.join(Counted)}.", "invalid", expression="partly"))
    delegate = _delegate(asked, payer, issues)
    if issues:
        raise Unprocessable(*issues)
    first, last = datetime(int(year), 1, 1, tzinfo=UTC), datetime(int(year) + 1, 1, 1, tzinfo=UTC)
    if delegate is not None:
        return public_figures(_cases(first, last, payer, delegate), int(year), line, Counted(partly))
    with payer.store.reading() as tx:
        return figures_of(tx.standings(first - LONGEST_CASE, last), int(year), line, Counted(partly))


def watched(asked: Mapping[str, str], caller: Caller, payer: Payer) -> Json:
    """The measures with their targets for one of the staff; ``asked`` may hold ``since``, ``until`` and ``delegate``."""
    caller.must_be_staff()
    return watched_in_json(between(asked.get("since"), asked.get("until"), payer, _theirs(asked, caller, payer).get("delegate", "")))


def between(since: str | None, until: str | None, payer: Payer, delegate: str = "") -> Watched:
    """The same, as values: thirty days until now, unless told otherwise; of one review organization's cases where it is named."""
    first, last = period(since, until, payer.clock())
    issues: list[Issue] = []
    named = _delegate({"delegate": delegate}, payer, issues)
    if issues:
        raise Unprocessable(*issues)
    return watched_over(_cases(first, last, payer, named), first, last)


def _theirs(asked: Mapping[str, str], caller: Caller, payer: Payer) -> Mapping[str, str]:
    """What was asked; for a review organization's person, of its own cases alone."""
    mine = works_for(caller, payer)
    return {**asked, "delegate": mine.name} if mine else asked


def _delegate(asked: Mapping[str, str], payer: Payer, issues: list[Issue]) -> Delegate | None:
    """The review organization whose cases alone are counted; None counts everybody's, the plan's own among them (F83)."""
    name = asked.get("delegate") or ""
    found = next((each for each in payer.directory.delegates if each.name == name), None)
    if name and found is None:
        known = ", ".join(each.name for each in payer.directory.delegates) or "none"
        issues.append(Issue(f"'{name}' is no review organization of this plan. There are: {known}.", "invalid", expression="delegate"))
    return found


def in_json(figures: PublicFigures, with_cases: bool = False) -> Json:
    """The yearly figures as plain JSON; the cases behind each number only for the plan's own people."""
    return {
        "year": figures.year,
        "line_of_business": figures.line_of_business or "all",
        "approved_in_part": {"counts_as": figures.partly_counts_as, "cases": len(figures.partly)},
        "shares": [_share(each, with_cases) for each in figures.shares],
        "times": [_times(each, with_cases) for each in figures.times],
        "left_out": {str(why): count for why, count in figures.left_out.items()},
    }


def watched_in_json(found: Watched) -> Json:
    """What is watched, as plain JSON."""
    return {
        "measures": [{**_share(share, True), "target": target} for share, target in found.shares],
        "root_causes": [{"cause": cause, "services": count, "cases": list(found.behind[cause])} for cause, count in found.causes],
        "turnaround": [_times(each, with_cases=True) for each in found.times],
    }


def _share(share: Share, with_cases: bool) -> Json:
    means = {"definition": DEFINITIONS[share.name]} if share.name in DEFINITIONS else {}
    told: Json = {"measure": share.name, **means, "percent": share.percent, "count": len(share.are), "out_of": len(share.of)}
    return {**told, "cases": list(share.are), "of_cases": list(share.of)} if with_cases else told


def _times(times: Times, with_cases: bool) -> Json:
    told: Json = {
        "measure": times.name,
        "definition": DEFINITIONS[times.name],
        "mean_hours": times.mean_hours,
        "median_hours": times.median_hours,
        "mean": times.in_words(times.mean_hours),
        "median": times.in_words(times.median_hours),
        "percentile_hours": {str(share): hours for share, hours in times.percentiles.items()},
        "count": len(times.of),
    }
    return {**told, "of_cases": list(times.of)} if with_cases else told


def _cases(first: datetime, last: datetime, payer: Payer, delegate: Delegate | None = None) -> Iterator[Authorization]:
    with payer.store.reading() as tx:
        for case in tx.received_between(first - LONGEST_CASE, last):
            if delegate is None or delegate_of(case, payer.directory.delegates) == delegate:
                yield case
