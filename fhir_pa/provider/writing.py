"""What an app may write into a chart: filled forms, what CRD says of an order, what a payer asks for, each with its version (FHIR create, update)."""

from __future__ import annotations

import threading
import uuid
from datetime import datetime
from typing import Any

from fhir_pa.provider.keys import Bearer
from fhir_pa.provider.patients import Charts
from fhir_pa.provider.smart.scopes import allows
from ig_profiles.reading import Json, text

WRITABLE = ("QuestionnaireResponse", "DeviceRequest", "ServiceRequest", "MedicationRequest", "NutritionOrder", "VisionPrescription", "Encounter", "Task")
ABOUT = {"Task": "for", "NutritionOrder": "patient", "VisionPrescription": "patient"}


class NotWritten(Exception):
    """A write the EHR refuses, with the HTTP status, the issue code and the reason."""

    def __init__(self, status: int, code: str, words: str) -> None:
        super().__init__(words)
        self.status, self.code = status, code


class Writing:
    """Creates and updates in one EHR's charts, one at a time."""

    def __init__(self, charts: Charts) -> None:
        self._charts = charts
        self._lock = threading.Lock()

    def create(self, who: Bearer, kind: str, body: Any, at: datetime) -> Json:
        """The resource as kept, under a new id. Raises NotWritten."""
        resource = _sound(who, kind, body, "c")
        return self._kept(who, {**resource, "id": str(uuid.uuid4())}, 1, at)

    def update(self, who: Bearer, kind: str, identity: str, body: Any, if_match: str | None, at: datetime) -> tuple[Json, bool]:
        """The resource as kept, and whether it is new; ``if_match`` is the version the writer saw. Raises NotWritten."""
        resource = _sound(who, kind, body, "u")
        if resource.get("id") != identity:
            raise NotWritten(400, "invalid", f"The body's id must be '{identity}', as in the address.")
        with self._lock:
            chart = self._charts.by_patient[who.patient]
            before = next((each for each in chart.resources() if (each["resourceType"], each["id"]) == (kind, identity)), None)
            version = int(text(before, "meta", "versionId") or 1) if before else 0
            if if_match and if_match.strip('W/"') != str(version):
                words = f"Somebody else saved this {kind} meanwhile: it is at version {version}. Read it again before you write."
                raise NotWritten(412, "conflict", words)
            return self._kept(who, resource, version + 1, at), before is None

    def _kept(self, who: Bearer, resource: Json, version: int, at: datetime) -> Json:
        meta = {**resource.get("meta", {}), "versionId": str(version), "lastUpdated": at.isoformat(timespec="milliseconds")}
        kept = {**resource, "meta": meta}
        self._charts.keep(who.patient, kept)
        return kept


def _sound(who: Bearer, kind: str, body: Any, interaction: str) -> Json:
    if kind not in WRITABLE:
        raise NotWritten(405, "not-supported", f"This EHR lets no app write {kind}.")
    if not allows(who.scope, kind, interaction):
        raise NotWritten(403, "forbidden", f"This token may not write {kind}. Ask for the scope patient/{kind}.cu.")
    if not isinstance(body, dict) or body.get("resourceType") != kind:
        raise NotWritten(400, "invalid", f"The body must be a {kind}.")
    if text(body, ABOUT.get(kind, "subject"), "reference") != f"Patient/{who.patient}":
        raise NotWritten(403, "forbidden", f"This token is for the chart of Patient/{who.patient} only; the subject names another.")
    return body
