"""What a provider wants authorized: the signed orders, how each becomes a requested service, and the documents that go with them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from fhir_pa.provider.charts.chart import Chart
from fhir_pa.provider.charts.practice import Practice
from ig_profiles.names import COVERAGE_INFORMATION
from ig_profiles.reading import Json, extension_value, extensions, text

TRACES = "http://oakwood.example/trace-numbers"
TRANSACTIONS = "http://oakwood.example/transactions"


@dataclass(frozen=True)
class Line:
    """One order as one requested service: its X12 service type (1365), place of service, and the days it covers."""

    order: Json
    service_type: str
    place: str
    starts: date
    ends: date | None = None
    units: int = 1

    @property
    def code(self) -> Json:
        """The order's billing code as a CodeableConcept."""
        concept: Json = self.order.get("codeCodeableConcept") or self.order["code"]
        return concept


@dataclass(frozen=True)
class Submission:
    """One authorization request before it is put on the wire.

    ``number`` is the provider's own trace number; ``fhir_base`` is the EHR base that resource URLs are built from;
    ``documents`` are the QuestionnaireResponses, findings and notes sent as supporting information.
    """

    guide: str
    number: str
    chart: Chart
    practice: Practice
    lines: tuple[Line, ...]
    documents: tuple[Json, ...]
    at: datetime
    fhir_base: str
    sender: str
    receiver: str

    def known(self) -> dict[str, Json]:
        """Every resource the request may refer to, by ``Type/id``."""
        signed = tuple(line.order for line in self.lines)
        everything = (*self.practice.resources(), *self.chart.resources(), *self.documents, *signed)
        return {f"{resource['resourceType']}/{resource['id']}": resource for resource in everything}


def sign(order: Json, coverage: Json, profile: str) -> Json:
    """The order after signing: active, and bearing the coverage information of this coverage (PAS allows one repetition)."""
    about_us = f"Coverage/{coverage['id']}"
    kept = [item for item in order.get("extension", []) if item.get("url") != COVERAGE_INFORMATION]
    ours = [item for item in extensions(order, COVERAGE_INFORMATION) if text(extension_value(item, "coverage"), "reference") == about_us]
    return {**order, "status": "active", "meta": {"profile": [profile]}, "extension": [*kept, *ours[:1]]}
