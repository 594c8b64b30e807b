"""Reasons: what a clinician reads about an authorization, naming what the chart shows and what it does not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from questionnaires.criteria import Criterion, Evidence, Finding, Truth
from questionnaires.policy import Edition


def reason_for_authorization(payer: str, label: str, edition: Edition, findings: tuple[Finding, ...], troubles: tuple[str, ...] = ()) -> str:
    """Why authorization is needed and how far the chart already answers for it, in plain sentences."""
    sentences = [f"{payer} needs prior authorization for {label} ({edition.title}, {edition.version})."]
    titles = {criterion.id: criterion.title for criterion in edition.criteria}
    by_truth = {truth: [finding for finding in findings if finding.truth is truth] for truth in Truth}
    met, unknown, against = by_truth[Truth.MET], by_truth[Truth.UNKNOWN], by_truth[Truth.NOT_MET]
    if findings and not unknown and not against:
        sentences.append(f"The chart already meets every criterion: {_list(_shown(finding, titles) for finding in met)}.")
    elif met:
        sentences.append(f"The chart already shows: {_list(_shown(finding, titles) for finding in met)}.")
    if unknown:
        sentences.append(f"Not found in the chart: {_list(titles.get(finding.criterion, finding.criterion) for finding in unknown)}.")
    if against:
        sentences.append(f"Found, but outside the policy, so a person will look at it: {_list(_shown(finding, titles) for finding in against)}.")
    if not findings and edition.because:
        sentences.append(edition.because)
    if unknown:
        sentences.extend(troubles)
    return " ".join(sentences)


def evidence_wanted(edition: Edition, findings: tuple[Finding, ...]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """For every criterion still open: its title and the evidence that would settle it, in the policy's own words."""
    open_ = {finding.criterion for finding in findings if finding.truth is Truth.UNKNOWN}
    return tuple((criterion.title, tuple(dict.fromkeys(_accepted(criterion)))) for criterion in edition.criteria if criterion.id in open_)


def _accepted(criterion: Criterion) -> Iterator[str]:
    yield from criterion.accepts
    for inner in criterion.below:
        yield from _accepted(inner)


def _shown(finding: Finding, titles: dict[str, str]) -> str:
    found = _list(dict.fromkeys(_evidence(item) for item in finding.evidence if item.value))
    return titles.get(finding.criterion, finding.criterion) + (f" (found: {found})" if found else "")


def _evidence(item: Evidence) -> str:
    return f"{item.value}, {item.clinical_on[:10]}" if item.clinical_on else item.value


def _list(parts: Iterable[str]) -> str:
    return "; ".join(part.rstrip(".") for part in parts)
