"""Try a policy on one patient: every finding with its evidence, how it would end, and the shortest way to yes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time

from ig_profiles.reading import Coding, Json
from questionnaires.answers import merge, read_response
from questionnaires.cases import outcome
from questionnaires.cql import FactEngine
from questionnaires.criteria import Answers, Circumstances, Finding
from questionnaires.elm import facts_of
from questionnaires.form import questions
from questionnaires.library import Volume
from questionnaires.path_to_yes import path_to_yes
from questionnaires.policy import RequestedService


@dataclass(frozen=True)
class Trial:
    """What a policy says of one service for one patient; ``path`` are the open facts that could certify, None when none can."""

    service: Coding | None
    findings: tuple[Finding, ...]
    outcome: str
    path: tuple[str, ...] | None


def try_on(volume: Volume, resources: Sequence[Json], on: date, engine: FactEngine, codes: Sequence[str] = ()) -> Iterator[Trial]:
    """One trial for each service of the edition, or for those of these codes; filled-in forms among the resources count."""
    known = answers_in(volume, resources, on, engine)
    services: list[Coding | None] = [each for each in volume.edition.services if not codes or each.code in codes]
    for service in services or [None]:
        requested = RequestedService((service,) if service else (), on=on)
        circumstances = Circumstances(on, on)
        findings = volume.edition.weigh(requested, known, circumstances)
        yield Trial(service, findings, outcome(findings, volume), path_to_yes(volume.edition.applying(requested), known, circumstances))


def answers_in(volume: Volume, resources: Sequence[Json], on: date, engine: FactEngine) -> Answers:
    """What the record and a filled-in form in it say together."""
    facts = engine.facts(volume.elm, resources, datetime.combine(on, time(12), UTC), facts_of(volume.elm)) if volume.elm else {}
    forms = [each for each in resources if each.get("resourceType") == "QuestionnaireResponse"]
    said = read_response(volume.questionnaire, forms[-1]) if forms and volume.questionnaire else {}
    return merge(said, facts)


def told(trial: Trial, volume: Volume) -> Iterator[str]:
    """The trial in lines for the policy's owner."""
    named = f"{trial.service.code}: " if trial.service else ""
    yield f"{named}{volume.edition.name} would {trial.outcome}."
    for finding in trial.findings:
        yield from _finding(finding, 1)
    asked = questions(volume.questionnaire) if volume.questionnaire else {}
    if trial.path is None:
        yield "  No answer to what is open would certify it: a person looks."
    elif trial.path:
        yield "  The shortest way to yes: " + "; ".join(f"{name} ({asked[name].text})" if name in asked else name for name in trial.path) + "."


def _finding(finding: Finding, depth: int) -> Iterator[str]:
    yield f"{'  ' * depth}{finding.truth:<8} {finding.criterion}: {finding.because}"
    for inner in finding.below:
        yield from _finding(inner, depth + 1)
    if not finding.below:
        for each in finding.evidence:
            dated = f" of {each.clinical_on}" if each.clinical_on else ""
            yield f"{'  ' * depth}         {each.fact} = {each.value} ({each.origin}; {each.resource or 'no resource'} {each.element or ''}{dated})"
