"""Reasons: what a clinician reads about an authorization, naming what the chart shows and what it does not."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from questionnaires.criteria import Criterion, Evidence, Finding, Truth
from questionnaires.form import Question
from questionnaires.policy import Edition

_NO_NEWS = frozenset({"yes", "no", ""})  # the criterion's title already says what was asked


_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")
_UNITS = {"mm[Hg]": "mm Hg", "[lb_av]": "lb", "[in_i]": "in", "[degF]": "°F", "Cel": "°C"}  # UCUM as clinicians write it


Questions = Mapping[str, Question]


@dataclass(frozen=True)
class Said:
    """What a reason says beside the findings: who needs it, for what, what could not be looked up, the form's questions by fact."""

    payer: str
    label: str
    troubles: tuple[str, ...] = ()
    questions: Questions = field(default_factory=dict)


def reason_for_authorization(said: Said, edition: Edition, findings: tuple[Finding, ...], paths: tuple[tuple[str, ...], ...] = ()) -> str:
    """Why authorization is needed, how far the chart already answers for it, and the shortest way to a yes."""
    rule = f" ({edition.title}, {edition.version})" if edition.services else ""  # a rule for whatever no other names has no name to tell
    sentences = [f"{said.payer} needs prior authorization for {said.label}{rule}."]
    weighed = list(_weighed(edition, findings))
    told = {truth: [_told(criterion, finding, said.questions) for criterion, finding in weighed if finding.truth is truth] for truth in Truth}
    met, unknown, against = told[Truth.MET], told[Truth.UNKNOWN], told[Truth.NOT_MET]
    if met:
        so_far = "already meets every criterion" if len(met) == len(weighed) else "already shows"
        sentences.append(f"The chart {so_far}: {'; '.join(met)}.")
    if unknown:
        sentences.append(f"Not found in the chart: {'; '.join(unknown)}.")
    if against:
        sentences.append(f"Found, but outside the policy, so a person will look at it: {'; '.join(against)}.")
    if unknown and any(paths):
        sentences.append(path_in_words(edition, paths, said.questions))
    if not weighed and edition.because:
        sentences.append(edition.because)
    return " ".join([*sentences, *(said.troubles if unknown else ())])


def path_in_words(edition: Edition, paths: tuple[tuple[str, ...], ...], questions: Questions) -> str:
    """The questions whose answers would settle it, and those of which one is enough."""

    def asked(facts: Iterable[str]) -> str:
        return "; ".join(dict.fromkeys(f'"{_text(questions, fact) or _title_testing(edition.criteria, fact) or fact}"' for fact in facts))

    needed = [fact for fact in paths[0] if all(fact in path for path in paths)]
    one_of = [fact for path in paths for fact in path if fact not in needed]
    if len(paths) == 1 or len(one_of) > len(paths):  # alternatives that differ in more than one fact: the first will do
        return f"Enough for a yes, when the answers meet the policy: {asked(paths[0])}."
    if not needed:
        return f"Enough for a yes, when the answer meets the policy, is one of: {asked(one_of)}."
    return f"Enough for a yes, when the answers meet the policy: {asked(needed)}; and one of: {asked(one_of)}."


def met_in_words(edition: Edition, findings: tuple[Finding, ...], questions: Questions) -> str:
    """Every criterion with what was found for it."""
    return "; ".join(_told(criterion, finding, questions) for criterion, finding in _weighed(edition, findings))


def evidence_wanted(edition: Edition, findings: tuple[Finding, ...]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """For every criterion still open: its title, and what would settle it, in the policy's own words."""
    open_ = ((criterion, finding) for criterion, finding in _weighed(edition, findings) if finding.truth is Truth.UNKNOWN)
    return tuple((criterion.title, tuple(dict.fromkeys(_accepted(criterion))) or _open_points(criterion, finding)) for criterion, finding in open_)


def _weighed(edition: Edition, findings: tuple[Finding, ...]) -> Iterator[tuple[Criterion, Finding]]:
    by_id = {criterion.id: criterion for criterion in edition.criteria}
    return ((by_id[finding.criterion], finding) for finding in findings if finding.criterion in by_id)


def _told(criterion: Criterion, finding: Finding, questions: Questions) -> str:
    """A criterion's title, what was found for it, and what is then still open below it; where nothing was found, all of it is."""
    found = _found(finding, questions)
    points = _open_points(criterion, finding) if found and finding.truth is Truth.UNKNOWN else ()
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


def _found(finding: Finding, questions: Questions) -> str:
    """The values a finding rests on, each once, with the days they are from; empty when it rests on nothing.

    A group that is met rests on the parts that are met; the others were looked at in vain.
    """
    evidence = list(dict.fromkeys(_evidence(finding)))
    days = dict.fromkeys(item.clinical_on[:10] for item in evidence if item.clinical_on)
    telling = [item for item in evidence if item.value not in _NO_NEWS and item.value not in days]
    several = len({item.fact for item in telling}) > 1
    values = dict.fromkeys((f"{_asked_for(item, questions)} " if several else "").lstrip() + _with_unit(item, questions) for item in telling)
    said = (": " if values else "") + ", ".join(values) + (" on " if days else "") + ", ".join(days)
    return f"found{said}" if said else ""


def _evidence(finding: Finding) -> Iterable[Evidence]:
    telling = [below for below in finding.below if below.truth is finding.truth or finding.truth is Truth.UNKNOWN]
    return (item for below in telling for item in _evidence(below)) if telling else finding.evidence


def _accepted(criterion: Criterion) -> Iterator[str]:
    yield from criterion.accepts
    for inner in criterion.below:
        yield from _accepted(inner)


def _with_unit(item: Evidence, questions: Questions) -> str:
    """The value with its unit; a number that comes without one is in the unit its question asks for."""
    number, _, unit = item.value.partition(" ")
    asked = questions.get(item.fact)
    if not unit and asked is not None and asked.unit and _NUMBER.fullmatch(number):
        unit = asked.unit
    return f"{number} {_UNITS.get(unit, unit)}".rstrip()


def _asked_for(item: Evidence, questions: Questions) -> str:
    """What a number is a measure of, in the words of its question; empty for what speaks for itself."""
    asked = _text(questions, item.fact)
    if not _NUMBER.fullmatch(item.value.partition(" ")[0]) or asked.endswith("?"):
        return ""
    name = asked.split(",")[0]
    return name[:1].lower() + name[1:] if name[1:2].islower() else name


def _text(questions: Questions, fact: str) -> str:
    question = questions.get(fact)
    return question.text if question else ""


def _title_testing(criteria: Iterable[Criterion], fact: str) -> str:
    """The title of the first criterion that tests the fact, where no form asks for it."""
    for criterion in criteria:
        if criterion.test is not None and fact in criterion.test.facts:
            return criterion.title.rstrip(".")
        title = _title_testing(criterion.below, fact)
        if title:
            return title
    return ""
