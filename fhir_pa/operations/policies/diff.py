"""Policy diff: who would be answered otherwise if a policy were worded anew, told by requests of the past.

Nothing is decided and nothing is kept: each request is weighed twice, with the old wording and with the new.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from fhir_pa.operations.weighing.weighing import Documentation, answers_of, documentation_of
from fhir_pa.pas import intake
from fhir_pa.um.deciding.request import RequestedItem
from fhir_pa.wiring import Payer
from ig_profiles.outcome import Refusal
from ig_profiles.resource_text import read_resource
from questionnaires.cases import outcome
from questionnaires.cql import FactEngine
from questionnaires.criteria import Circumstances, Finding
from questionnaires.library import Shelf, Volume
from questionnaires.policy import RequestedService


@dataclass(frozen=True)
class Asked:
    """One request of the past: what it is called, what it asked for, what came with it, and when."""

    name: str
    items: tuple[RequestedItem, ...]
    documentation: Documentation
    line_of_business: str
    at: datetime


@dataclass(frozen=True)
class Flip:
    """One service of one request under both wordings; ``changes`` names the criteria whose truth differs, old and new."""

    request: str
    code: str
    before: str
    after: str
    changes: tuple[str, ...]

    @property
    def is_one(self) -> bool:
        """Whether the answer differs, and not only a finding."""
        return self.before != self.after


def compare(old: Volume, new: Volume, history: Iterable[Asked], engine: FactEngine) -> Iterator[Flip]:
    """Each service of these requests about which either wording speaks; the day is the service's own, for both."""
    for asked in history:
        for item in asked.items:
            service = replace(item.service, line_of_business=asked.line_of_business)
            if not any(mine.same_as(code) for volume in (old, new) for mine in volume.edition.services for code in service.codes):
                continue
            before, was = _weighed(old, asked, service, engine)
            after, is_now = _weighed(new, asked, service, engine)
            changed = (name for name in dict.fromkeys((*was, *is_now)) if was.get(name) != is_now.get(name))
            told = tuple(f"{name}: {was.get(name, 'not asked')} → {is_now.get(name, 'not asked')}" for name in changed)
            yield Flip(asked.name, service.codes[0].code, before, after, told)


def in_folder(folder: Path) -> Iterator[Asked]:
    """Every PAS request Bundle (JSON or XML) in the folder; what is no request is passed over."""
    for path in sorted(each for each in folder.rglob("*") if each.suffix in (".json", ".xml")):
        for guide in ("2.2", "2.0.1"):
            try:
                submission = intake.read(read_resource(path.read_bytes(), guide), guide)
            except Refusal:
                continue
            made = submission.request.created_at or datetime.now(UTC)
            yield Asked(str(path.relative_to(folder)), submission.request.items, Documentation.of(submission), "", made)
            break


def kept(payer: Payer) -> Iterator[Asked]:
    """Every request on file, with all that was received for it."""
    with payer.store.reading() as tx:
        numbers = tx.numbers()
    for number in numbers:
        yield on_file(number, payer)


def on_file(number: str, payer: Payer) -> Asked:
    """One request on file, with all that was received for it. Raises NotFound."""
    with payer.store.reading() as tx:
        case = tx.authorization(number)
        items = tuple(item.requested for item in case.items)
        return Asked(number, items, documentation_of(case, tx), case.request.line_of_business, case.clock.received_at)


def _weighed(volume: Volume, asked: Asked, service: RequestedService, engine: FactEngine) -> tuple[str, dict[str, str]]:
    """How it ends, and the truth of each criterion."""
    if not any(mine.same_as(code) for mine in volume.edition.services for code in service.codes):
        return "not spoken of", {}
    known = answers_of(volume.edition, asked.documentation, Shelf([volume]), engine, asked.at)
    findings = volume.edition.weigh(service, known, Circumstances(service.on or asked.at.date(), asked.at.date()))
    return outcome(findings, volume), {finding.criterion: str(finding.truth) for top in findings for finding in _every(top)}


def _every(finding: Finding) -> Iterator[Finding]:
    yield finding
    for inner in finding.below:
        yield from _every(inner)
