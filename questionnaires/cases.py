"""A story that a policy's owner signs, told to the policy: does it decide as the owner says it must?

Software may end a story in two ways only: certify or refer. The format of cases.toml is in ``authoring/stories.py``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal

from ig_profiles.reading import Coding, Json
from questionnaires.answers import merge
from questionnaires.authoring.mistakes import Mistake
from questionnaires.cql import FactEngine
from questionnaires.criteria import Answers, Circumstances, Finding, Truth
from questionnaires.elm import facts_of
from questionnaires.facts import Fact
from questionnaires.library import Volume
from questionnaires.policy import RequestedService

CERTIFY, REFER, EXCLUDE = "certify", "refer", "exclude"
_MEND = "Change the policy, or have its owner sign another story."


@dataclass(frozen=True)
class Case:
    """One story: what was asked, what form and record say, and how it must end, by service code."""

    title: str
    signed_by: str
    edition: str | None
    services: tuple[Coding, ...]
    on: date
    line_of_business: str
    answers: Answers
    facts: Mapping[str, Fact]
    resources: tuple[Json, ...]
    expected: Mapping[str, str]
    findings: Mapping[str, str]
    says: str
    quantity: Decimal | None = None
    until: date | None = None


def outcome(findings: tuple[Finding, ...], volume: Volume, service: RequestedService | None = None) -> str:
    """What software makes of the findings: certify when every criterion is met, else refer. Silence never certifies.

    More of a ``service`` than the edition certifies is referred. What the edition excludes from the plan's benefits is neither: a
    person said no before anybody asked.
    """
    if volume.edition.excludes:
        return EXCLUDE
    limit = volume.edition.certifying(findings, service)
    if not volume.edition.covered or limit is None or not findings or any(finding.truth is not Truth.MET for finding in findings):
        return REFER
    return REFER if service is not None and service.on is not None and limit.beyond(service, service.on) else CERTIFY


def tell(case: Case, volume: Volume, engine: FactEngine) -> list[Mistake]:
    """Every way in which the policy does not do what the story says it must."""
    known = known_of(case, volume, engine)
    found: dict[str, Finding] = {}
    wrong: list[Mistake] = []
    file = f"{volume.folder.name}/cases.toml"
    for service in case.services:
        requested = RequestedService((service,), on=case.on, until=case.until, quantity=case.quantity, line_of_business=case.line_of_business)
        if not volume.edition.speaks_about(requested, case.on):
            what = f"asks for {service.code} on {case.on}, about which {volume.edition.name} does not speak."
            wrong.append(Mistake(file, case.title, what, "Correct the code, the day or the line of business, or name the edition that does."))
            continue
        findings = volume.edition.weigh(requested, known, Circumstances(case.on, case.on))
        found |= {finding.criterion: finding for top in findings for finding in _all(top)}
        result, wanted = outcome(findings, volume, requested), case.expected.get(service.code, "")
        if wanted and result != wanted:
            open_ = "; ".join(finding.because for finding in findings if finding.truth is not Truth.MET) or "every criterion is met"
            wrong.append(Mistake(file, case.title, f"expects {service.code}: {wanted}, but {volume.edition.name} says {result} ({open_}).", _MEND))
    for criterion, truth in case.findings.items():
        if criterion in found and found[criterion].truth != truth:
            what = f"expects '{criterion}' {truth}, but {volume.edition.name} finds it {found[criterion].truth} ({found[criterion].because})."
            wrong.append(Mistake(file, case.title, what, _MEND))
    if case.says and not any(case.says in finding.because for finding in found.values()):
        said = "; ".join(finding.because for finding in found.values())
        wrong.append(Mistake(file, case.title, f"expects a finding that says '{case.says}', but they say: {said}", _MEND))
    return wrong


def known_of(case: Case, volume: Volume, engine: FactEngine) -> Answers:
    """What form, record and FHIR resources of the story say together."""
    facts = dict(case.facts)
    if case.resources and volume.elm is not None:
        at = datetime.combine(case.on, time(12), UTC)
        facts = {**engine.facts(volume.elm, case.resources, at, facts_of(volume.elm)), **facts}
    return merge(case.answers, facts)


def _all(finding: Finding) -> Iterator[Finding]:
    yield finding
    for below in finding.below:
        yield from _all(below)
