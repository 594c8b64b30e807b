"""What a provider wants authorized: the signed orders, how each becomes a requested service, and the documents that go with them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from fhir_pa.provider.charts.practice import Clinician
from fhir_pa.provider.elements import reference
from ig_profiles.names import COVERAGE_INFORMATION, PAS_PROFILE
from ig_profiles.reading import Json, codings, extension_value, extensions, many, text

TRACES = "http://oakwood.example/trace-numbers"
TRANSACTIONS = "http://oakwood.example/transactions"
LABORATORY = "LAB"
REFERRED_TO_IN_2_2 = frozenset(
    {"AllergyIntolerance", "Condition", "DeviceRequest", "DocumentReference", "Immunization", "MedicationRequest", "NutritionOrder", "Observation"}
    | {"Procedure", "QuestionnaireResponse", "ServiceRequest"}
)
CARRIES = {"ServiceRequest": "supportingInfo", "DeviceRequest": "supportingInfo", "MedicationRequest": "supportingInformation"}

# An order's status. CRD and DTR hear of it before it is signed, as draft, which CRD 2.0.1 fixes. PAS names none; but in
# 2.0.1 the filled form in the same Bundle points to the order with qr-context, whose target is CRD's profile again, so only
# draft keeps to every profile there. CRD 2.1 lifted this: in 2.2 a signed order is active.
STATUS_IN_PAS = {"2.0.1": "draft", "2.2": "active"}


@dataclass(frozen=True)
class Line:
    """One order as one requested service: its X12 service type (1365), place of service, the days it covers, and how much, in ``unit`` or ``days``."""

    order: Json
    service_type: str
    place: str
    starts: date
    ends: date | None = None
    units: int = 1
    unit: str = "unit"

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
    ``documents`` are the QuestionnaireResponses, findings and notes sent along: as supporting information of the Claim where
    its profile has a place for their kind, else as supporting information of the orders.
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

    @property
    def linked(self) -> tuple[Json, ...]:
        """The documents the Claim itself refers to."""
        return tuple(each for each in self.documents if has_a_place(each, self.guide))

    def known(self) -> dict[str, Json]:
        """Every resource the request may refer to, by ``Type/id``."""
        others = [reference(each) for each in self.documents if not has_a_place(each, self.guide)]
        signed = tuple(_with(line.order, others) for line in self.lines)
        everything = (*self.practice.resources(), *self.chart.resources(), *self.documents, *signed)
        return {f"{resource['resourceType']}/{resource['id']}": resource for resource in everything}


def has_a_place(document: Json, guide: str) -> bool:
    """Whether Claim.supportingInfo may refer to it; of reports 2.2 takes those of a laboratory only, and no care plans."""
    if guide == "2.0.1" or document["resourceType"] in REFERRED_TO_IN_2_2:
        return True
    return document["resourceType"] == "DiagnosticReport" and any(coding.code == LABORATORY for coding in codings(document.get("category")))


def _with(order: Json, others: list[Json]) -> Json:
    element = CARRIES.get(order["resourceType"])
    return {**order, element: [*many(order, element), *others]} if element and others else order


def sign(order: Json, coverage: Json, guide: str) -> Json:
    """The order as it goes to PAS: signed, claiming PAS's profile, and with the coverage information of this coverage only."""
    about_us = f"Coverage/{coverage['id']}"
    kept = [item for item in order.get("extension", []) if item.get("url") != COVERAGE_INFORMATION]
    ours = [item for item in extensions(order, COVERAGE_INFORMATION) if text(extension_value(item, "coverage"), "reference") == about_us]
    profile = f"{PAS_PROFILE}profile-{order['resourceType'].lower()}"
    return {**order, "status": STATUS_IN_PAS[guide], "meta": {"profile": [profile]}, "extension": [*kept, *ours[:1]]}
