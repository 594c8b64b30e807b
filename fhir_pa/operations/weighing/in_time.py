"""Weigh within the time an exchange may take; what is not weighed by then is pended, and weighed on by durable work.

Chapter: PAS, Prior Authorization Request: fifteen seconds from the user's action to the answer (pas.md §1.3 rules 24, 25).
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as NotInTime
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from time import monotonic

from fhir_pa.operations.weighing.plan_knows import plan_knows
from fhir_pa.operations.weighing.weighing import Documentation, documentation_of, weigh_items
from fhir_pa.um.deciding.determination import not_weighed_yet
from fhir_pa.um.deciding.exclusion import Answer
from fhir_pa.um.deciding.request import AuthorizationRequest, RequestedItem
from fhir_pa.wiring import Payer
from ig_profiles.outcome import Conflict
from questionnaires.policy import Edition

ATTEMPTS = 5  # times it is weighed anew when somebody else's act came between

# Exchanges that are over leave their weighing behind, bounded by the fact engine's own limit. When all of these are at
# work, the next ones wait, and are taken back when their exchange is over: so overload pends and does not pile up.
_POOL = ThreadPoolExecutor(16, "weighing")


@dataclass(frozen=True)
class Exchange:
    """One exchange under way: when it must be over, on the clock of ``time.monotonic``."""

    over_at: float

    @classmethod
    def begin(cls, payer: Payer) -> Exchange:
        """An exchange that begins now."""
        return cls(monotonic() + payer.settings.exchange_seconds)

    def weigh(
        self, items: Sequence[RequestedItem], request: AuthorizationRequest, known: Documentation, payer: Payer, at: datetime, number: str = ""
    ) -> dict[int, Answer]:
        """The engine's answer for each of these items of the request, by sequence, or ``not_weighed_yet`` for all when it does not come in time."""
        line_of_business = request.line_of_business
        work = _POOL.submit(weigh_items, items, line_of_business, known, payer.shelf, payer.facts, at, plan_knows(request, payer, at, but=number))
        try:
            return work.result(timeout=max(self.over_at - monotonic(), 0.0))
        except NotInTime:
            work.cancel()
        return {item.sequence: not_weighed_yet(_edition(item, line_of_business, payer, at)) for item in items}


def weigh_late(number: str, payer: Payer) -> None:
    """Weigh what an exchange had no time for, and tell whoever listens. Doing it twice does nothing the second time."""
    for _ in range(ATTEMPTS - 1):
        with suppress(Conflict):
            return _weigh_late(number, payer)
    return _weigh_late(number, payer)


def _weigh_late(number: str, payer: Payer) -> None:
    at = payer.clock()
    with payer.store.reading() as tx:
        case = tx.authorization(number)
        documentation = documentation_of(case, tx)
    late = [item.requested for item in case.pended if item.determination.awaits_engine]
    if not late:
        return
    plan = plan_knows(case.request, payer, at, but=number)
    weighed = case.weigh(weigh_items(late, case.request.line_of_business, documentation, payer.shelf, payer.facts, at, plan), at)
    with payer.store.transaction() as tx:
        tx.save(weighed)
        tx.notify(weighed, why="weighed", at=at)


def _edition(item: RequestedItem, line_of_business: str, payer: Payer, at: datetime) -> Edition:
    service = replace(item.service, line_of_business=line_of_business)
    return payer.shelf.in_force(service, service.on or at.date())
