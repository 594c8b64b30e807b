"""Reasons: what a clinician reads about an authorization, naming what the chart shows and what it does not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from questionnaires.criteria import Criterion, Evidence, Finding, Truth
from questionnaires.policy import Edition

_NO_NEWS = frozenset({"yes", "no", ""})  # the criterion's title already says what was asked


def reason_for_authorization(payer: str, label: str, edition: Edition, findings: tuple[Finding, ...], troubles: tuple[str, ...] = ()) -> str:
    """Why authorization is needed and how far the chart already answers for it, in plain sentences."""
    sentences = [f"{payer} needs prior authorization for {label} ({edition.title}, {edition.version})."]
    weighed = list(_weighed(edition, findings))
    told = {truth: [_told(criterion, finding) for criterion, finding in weighed if finding.truth is truth] for truth in Truth}
    met, unknown, against = told[Truth.MET], told[Truth.UNKNOWN], told[Truth.NOT_MET]
    if met:
        so_far = "already meets every criterion" if len(met) == len(weighed) else "already shows"
        sentences.append(f"The chart {so_far}: {'; '.join(met)}.")
    if unknown:
        sentences.append(f"Not found in the chart: {'; '.join(unknown)}.")
    if against:
        sentences.append(f"Found, but outside the policy, so a person will look at it: {'; '.join(against)}.")
    if not weighed and edition.because:
        sentences.append(edition.because)
    return " ".join([*sentences, *(troubles if unknown else ())])


def evidence_wanted(edition: Edition, findings: tuple[Finding, ...]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """For every criterion still open: its title, and what would settle it, in the policy's own words."""
    open_ = ((criterion, finding) for criterion, finding in _weighed(edition, findings) if finding.truth is Truth.UNKNOWN)
    return tuple((criterion.title, tuple(dict.fromkeys(_accepted(criterion))) or _open_points(criterion, finding)) for criterion, finding in open_)


def _weighed(edition: Edition, findings: tuple[Finding, ...]) -> Iterator[tuple[Criterion, Finding]]:
    by_id = {criterion.id: criterion for criterion in edition.criteria}
    return ((by_id[finding.criterion], finding) for finding in findings if finding.criterion in by_id)


def _told(criterion: Criterion, finding: Finding) -> str:
    """A criterion's title, what is still open below it, and what was found for it."""
    points = _open_points(criterion, finding) if finding.truth is Truth.UNKNOWN else ()
    found = _found(finding)
    extra = [f"open: {'; '.join(points)}"] if points else []
    extra += [found] if found else []
    return criterion.title.rstrip(".") + (f" ({'; '.join(extra)})" if extra else "")


def _open_points(criterion: Criterion, finding: Finding) -> tuple[str, ...]:
    """The narrowest place below a criterion where several things could still settle it; nothing for a single test."""
    unknown = [pair for pair in zip(criterion.below, finding.below, strict=True) if pair[1].truth is Truth.UNKNOWN]
    if len(unknown) == 1:
        inner, below = unknown[0]
        return _open_points(inner, below) or ((inner.title.rstrip("."),) if inner.title else ())
    return tuple(dict.fromkeys(inner.title.rstrip(".") for inner, _ in unknown if inner.title))


def _found(finding: Finding) -> str:
    """The values a finding rests on, each once, with the days they are from; empty when it rests on nothing.

    A group that is met rests on the parts that are met; the others were looked at in vain.
    """
    evidence = list(dict.fromkeys(_evidence(finding)))
    days = dict.fromkeys(item.clinical_on[:10] for item in evidence if item.clinical_on)
    values = dict.fromkeys(item.value for item in evidence if item.value not in _NO_NEWS and item.value not in days)
    said = (": " if values else "") + ", ".join(values) + (" on " if days else "") + ", ".join(days)
    return f"found{said}" if said else ""


def _evidence(finding: Finding) -> Iterable[Evidence]:
    telling = [below for below in finding.below if below.truth is finding.truth or finding.truth is Truth.UNKNOWN]
    return (item for below in telling for item in _evidence(below)) if telling else finding.evidence


def _accepted(criterion: Criterion) -> Iterator[str]:
    yield from criterion.accepts
    for inner in criterion.below:
        yield from _accepted(inner)
