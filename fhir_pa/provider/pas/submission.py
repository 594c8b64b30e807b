"""What a provider wants authorized: the signed orders, how each becomes a requested service, and the documents that go with them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from fhir_pa.provider.charts.practice import Clinician
from ig_profiles.names import COVERAGE_INFORMATION, PAS_PROFILE
from ig_profiles.reading import Json, extension_value, extensions, text

TRACES = "http://oakwood.example/trace-numbers"
TRANSACTIONS = "http://oakwood.example/transactions"

# An order's status. CRD and DTR hear of it before it is signed, as draft, which CRD 2.0.1 fixes. PAS names none; but in
# 2.0.1 the filled form in the same Bundle points to the order with qr-context, whose target is CRD's profile again, so only
# draft keeps to every profile there. CRD 2.1 lifted this: in 2.2 a signed order is active.
STATUS_IN_PAS = {"2.0.1": "draft", "2.2": "active"}


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


class Record(Protocol):
    """The chart a submission is about: the patient, the coverage, who orders at which visit, and everything else at hand."""

    @property
    def patient(self) -> Json: ...
    @property
    def coverage(self) -> Json: ...
    @property
    def clinician(self) -> Clinician: ...
    @property
    def encounter(self) -> Json: ...
    def resources(self) -> tuple[Json, ...]: ...


class Parties(Protocol):
    """Who asks and who pays, and the directory both are found in."""

    @property
    def clinic(self) -> Json: ...
    @property
    def payer(self) -> Json: ...
    def resources(self) -> tuple[Json, ...]: ...


@dataclass(frozen=True)
class Submission:
    """One authorization request before it is put on the wire.

    ``number`` is the provider's own trace number; ``fhir_base`` is the EHR base that resource URLs are built from;
    ``documents`` are the QuestionnaireResponses, findings and notes sent as supporting information.
    """

    guide: str
    number: str
    chart: Record
    practice: Parties
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


def sign(order: Json, coverage: Json, guide: str) -> Json:
    """The order as it goes to PAS: signed, claiming PAS's profile, and with the coverage information of this coverage only."""
    about_us = f"Coverage/{coverage['id']}"
    kept = [item for item in order.get("extension", []) if item.get("url") != COVERAGE_INFORMATION]
    ours = [item for item in extensions(order, COVERAGE_INFORMATION) if text(extension_value(item, "coverage"), "reference") == about_us]
    profile = f"{PAS_PROFILE}profile-{order['resourceType'].lower()}"
    return {**order, "status": STATUS_IN_PAS[guide], "meta": {"profile": [profile]}, "extension": [*kept, *ours[:1]]}
