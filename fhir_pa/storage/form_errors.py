"""What DTR apps reported about forms: which form, what went wrong, whose app, when; nothing about a patient."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from fhir_pa.storage import document, tables
from fhir_pa.storage.ground import Ground
from questionnaires.error_report import ErrorReport

_report = tables.form_errors.c


@dataclass(frozen=True)
class FormError:
    """One report of one client."""

    id: str
    client: str
    guide: str
    at: datetime
    report: ErrorReport


class FormErrorReading(Ground):
    """Reading the reports."""

    def form_errors(self, since: datetime, most: int = 100) -> list[FormError]:
        """The reports that came since then, the newest first."""
        wanted = sa.select(_report.document).where(_report.at >= since).order_by(_report.at.desc(), _report.id).limit(most)
        return [document.read(row.document, FormError) for row in self.rows(wanted)]


class FormErrorWriting(FormErrorReading):
    """Keeping the reports."""

    def keep_form_error(self, told: FormError) -> None:
        """Keep one report."""
        self.insert(tables.form_errors, {"id": told.id, "client": told.client, "at": told.at, "document": document.write(told)})
