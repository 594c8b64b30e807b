"""Measure hook calls: one row for each, answered or refused (CRD 2.2, Metrics).

A row holds codes and ids only. Rows are for reports about the exchange; they are never joined back to a chart.
"""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from cds_hooks import orderer
from cds_hooks.answer import CoverageAnswer
from cds_hooks.coverage_information import write
from cds_hooks.material import searched_type
from cds_hooks.prefetch import Fetch
from cds_hooks.request import HookRequest
from fhir_pa.auth.directory import Insurer
from fhir_pa.operations.hooks.cards import orders_named
from fhir_pa.storage.crd_metrics import Brought, CrdMetric, OrderMetric
from fhir_pa.storage.hook_log import HookCall
from fhir_pa.um.deciding.request import Identifier
from fhir_pa.wiring import Payer
from ig_profiles.names import NPI
from ig_profiles.outcome import Refusal
from ig_profiles.reading import Json, identifier_value, many, text


@dataclass
class Witness:
    """Sees what is queried during one call: which types, how many, how long each took (seconds), and whether the EHR took the token."""

    found: Counter[str] = field(default_factory=Counter)
    asked: int = 0
    refused: int = 0
    took: defaultdict[str, list[float]] = field(default_factory=lambda: defaultdict(list))

    def watching(self, fetch: Fetch) -> Fetch:
        """The fetcher, watched."""

        def fetched(query: str) -> Json | None:
            began = time.perf_counter()
            answer = fetch(query)
            self.took[searched_type(query)].append(time.perf_counter() - began)
            self.asked += 1
            kinds = [text(each, "resourceType") or "" for each in (many(answer, "entry", "resource") or [answer] if answer else [])]
            self.refused += "OperationOutcome" in kinds
            self.found.update(kind for kind in kinds if kind not in ("", "Bundle", "OperationOutcome"))
            return answer

        return fetched

    @property
    def token_use(self) -> str:
        """As the guide's metric codes have it."""
        if not self.asked:
            return "not-used"
        return "rejected" if self.refused == self.asked else "used"


def measured(call: HookCall, asked: HookRequest, answers: Sequence[CoverageAnswer], witness: Witness, payer: Payer) -> CrdMetric:
    """The row of an answered call; it is answered now."""
    clinicians, groups = _parties(asked)
    return CrdMetric(
        id=call.id,
        client=call.client,
        guide=call.guide,
        hook=call.hook,
        hook_instance=call.hook_instance,
        at=call.at,
        answered_at=payer.clock(),
        payer=_payer(payer.directory.insurer),
        providers=clinicians,
        groups=groups,
        token_use=witness.token_use,
        resources=tuple(_brought(asked, witness)),
        orders=tuple(_orders(answers, many(call.answer, "cards"))),
    )


def refused(call_id: str, hook: str, instance: str, guide: str, client: str, at: datetime, refusal: Refusal, payer: Payer) -> CrdMetric:
    """The row of a call that was refused; of what it held nothing is kept but its hookInstance."""
    issues = tuple(dict.fromkeys(issue.code for issue in refusal.issues))
    insurer = _payer(payer.directory.insurer)
    return CrdMetric(call_id, client, guide, hook, instance, at, payer.clock(), payer=insurer, refused=type(refusal).__name__, issues=issues)


def _orders(answers: Iterable[CoverageAnswer], cards: Sequence[Json]) -> Iterator[OrderMetric]:
    """One for each way an order may be billed; its cards are counted once, with the first."""
    counted: set[str] = set()
    for answer in answers:
        yield _order(answer, () if answer.assertion_id in counted else cards)
        counted.add(answer.assertion_id)


def _order(answer: CoverageAnswer, cards: Iterable[Json]) -> OrderMetric:
    written = write(answer, "2.2")
    mine = [card for card in cards if answer.basis.order in orders_named(card)]

    def told(name: str) -> tuple[str, ...]:
        return tuple(str(value) for part in many(written, "extension") if part["url"] == name for key, value in part.items() if key.startswith("value"))

    order = answer.basis.order
    return OrderMetric(
        type=order.split("/")[0],
        codes=tuple(f"{coding.system}|{coding.code}" for coding in answer.basis.codes),
        cards=tuple(text(card, "source", "topic", "code") or "" for card in mine),
        card_ids=tuple(text(card, "uuid") or "" for card in mine),
        covered="".join(told("covered")),
        pa_needed="".join(told("pa-needed")),
        doc_needed=told("doc-needed"),
        info_needed=told("info-needed"),
        questionnaires=answer.questionnaires,
        assertion_id=answer.assertion_id,
        satisfied_id=answer.authorization_number or "",
        line_of_business=answer.basis.line_of_business,
    )


def _brought(asked: HookRequest, witness: Witness) -> Iterable[Brought]:
    came = Counter(str(entry.resource.get("resourceType")) for entry in asked.index.entries if entry.expression.startswith("prefetch."))
    yield from (Brought(kind, count, True) for kind, count in sorted(came.items()))
    yield from (Brought(kind, count, False) for kind, count in sorted(witness.found.items()))


def _parties(asked: HookRequest) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """NPIs of the clinicians and of the organizations that order."""
    entries = [entry for subject in asked.orders for entry in orderer.parties(subject, asked)]
    numbers = [(entry.resource.get("resourceType") == "Organization", identifier_value(entry.resource, NPI)) for entry in entries]
    clinicians = dict.fromkeys(number for group, number in numbers if number and not group)
    return tuple(clinicians), tuple(dict.fromkeys(number for group, number in numbers if number and group))


def _payer(insurer: Insurer) -> Identifier | None:
    return Identifier(insurer.identifier.system, insurer.identifier.value) if insurer.identifier else None
