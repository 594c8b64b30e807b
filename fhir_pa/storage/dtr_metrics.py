"""What each call for forms measured: which operation and form, how long it took, how it ended; nobody's name, and no answer.

Chapter: DTR R49, sec-10 (what is kept of an interview is for audit and measuring alone), R328-329 (DTRMetricData).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from fhir_pa.storage import document, tables
from fhir_pa.storage.ground import Ground

PACKAGE, FIRST_QUESTION, NEXT_QUESTION = "questionnaire-package", "first next-question", "next-question"
_metric = tables.dtr_metrics.c


@dataclass(frozen=True)
class DtrMetric:
    """One call. ``action`` is one of the three above; ``forms`` are canonicals with version.

    ``prefilled`` counts the answers the payer filled in, ``asked`` the questions it added. ``completed`` says that the form
    ended with this call; ``refused`` names the kind of refusal, empty for an answer.
    """

    id: str
    client: str
    guide: str
    action: str
    at: datetime
    answered_at: datetime
    forms: tuple[str, ...] = ()
    prefilled: int = 0
    asked: int = 0
    completed: bool = False
    refused: str = ""

    @property
    def took(self) -> timedelta:
        """From hearing the call until the answer was ready to be sent."""
        return self.answered_at - self.at


class DtrMetricReading(Ground):
    """Reading what was measured."""

    def dtr_metrics(self, since: datetime, until: datetime) -> list[DtrMetric]:
        """The calls that came from ``since`` on and before ``until``, in order."""
        wanted = sa.select(_metric.document).where(_metric.at >= since, _metric.at < until).order_by(_metric.at, _metric.id)
        return [document.read(row.document, DtrMetric) for row in self.rows(wanted)]


class DtrMetricWriting(DtrMetricReading):
    """Keeping what was measured."""

    def keep_dtr_metric(self, metric: DtrMetric) -> None:
        """Keep the row of one call."""
        row = {"id": metric.id, "client": metric.client, "action": metric.action, "at": metric.at, "document": document.write(metric)}
        self.insert(tables.dtr_metrics, row)
