"""What each hook call measured, as the guide's metric data asks (CRDMetricData): codes and ids only, nobody's name or chart."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from fhir_pa.storage import document, tables
from fhir_pa.storage.ground import Ground
from fhir_pa.um.deciding.request import Identifier

_metric = tables.crd_metrics.c


@dataclass(frozen=True)
class Brought:
    """How many resources of a type came with the call (``prefetch``), or were queried."""

    type: str
    count: int
    prefetch: bool


@dataclass(frozen=True)
class OrderMetric:
    """One order and what was said of it, in the codes of CRD 2.2; ``codes`` are ``system|code``, ``cards`` card types.

    ``card_ids`` are the uuids of these cards, in the same order.
    """

    type: str
    codes: tuple[str, ...] = ()
    cards: tuple[str, ...] = ()
    covered: str = ""
    pa_needed: str = ""
    doc_needed: tuple[str, ...] = ()
    info_needed: tuple[str, ...] = ()
    questionnaires: tuple[str, ...] = ()
    assertion_id: str = ""
    satisfied_id: str = ""
    line_of_business: str = ""
    card_ids: tuple[str, ...] = ()


@dataclass(frozen=True)
class CrdMetric:
    """One hook call. ``refused`` names the kind of refusal, with its issue codes; empty for an answer.

    ``token_use`` is ``used``, ``rejected`` or ``not-used``. ``providers`` and ``groups`` are NPIs.
    """

    id: str
    client: str
    guide: str
    hook: str
    hook_instance: str
    at: datetime
    answered_at: datetime
    payer: Identifier | None = None
    providers: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    token_use: str = "not-used"
    resources: tuple[Brought, ...] = ()
    orders: tuple[OrderMetric, ...] = ()
    refused: str = ""
    issues: tuple[str, ...] = ()


class CrdMetricReading(Ground):
    """Reading what was measured."""

    def crd_metrics(self, since: datetime, until: datetime) -> list[CrdMetric]:
        """The calls that came from ``since`` on and before ``until``, in order."""
        wanted = sa.select(_metric.document).where(_metric.at >= since, _metric.at < until).order_by(_metric.at, _metric.id)
        return [document.read(row.document, CrdMetric) for row in self.rows(wanted)]


class CrdMetricWriting(CrdMetricReading):
    """Keeping what was measured."""

    def keep_crd_metric(self, metric: CrdMetric) -> None:
        """Keep the row of one call."""
        row = {"id": metric.id, "client": metric.client, "hook": metric.hook, "at": metric.at, "document": document.write(metric)}
        self.insert(tables.crd_metrics, row)
