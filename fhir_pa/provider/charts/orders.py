"""Orders as a clinician drafts them: equipment by HCPCS, imaging by CPT."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from fhir_pa.provider.charts.chart import moment
from fhir_pa.provider.charts.practice import Clinician
from fhir_pa.provider.elements import checked, concept, reference
from ig_profiles.names import CPT, CRD, HCPCS, SNOMED
from ig_profiles.reading import Json


@dataclass(frozen=True)
class Ordering:
    """What every order of one visit shares: for whom, by whom, why, and the day it is written."""

    patient: Json
    coverage: Json
    visit: Json
    clinician: Clinician
    reasons: tuple[Json, ...]
    on: date

    def draft(self, kind: str, code: str, planned_on: date) -> Json:
        """The elements DeviceRequest and ServiceRequest have in common, for a service planned on that day.

        The day stands as an event of occurrenceTiming: PAS allows no other occurrence[x], and no bounds but a Duration.
        """
        return {
            "resourceType": kind,
            "id": f"{self.patient['id']}-order-{code.lower()}",
            "meta": {"profile": [f"{CRD}/StructureDefinition/profile-{kind.lower()}"]},
            "status": "draft",
            "intent": "order",
            "subject": reference(self.patient),
            "encounter": reference(self.visit),
            "occurrenceTiming": {"event": [str(planned_on)]},
            "authoredOn": moment(self.on, 9, 30),
            "requester": reference(self.clinician.practitioner),
            "reasonReference": [reference(reason) for reason in self.reasons],
            "reasonCode": [reason["code"] for reason in self.reasons],
            "insurance": [reference(self.coverage)],
        }


def equipment_order(ordering: Ordering, supplier: Clinician, code: str, label: str) -> Json:
    """A draft DeviceRequest (CRD profile-devicerequest) starting on the day it is written; ``supplier`` is who fits it there."""
    order = ordering.draft("DeviceRequest", code, ordering.on)
    return checked({**order, "codeCodeableConcept": concept(HCPCS, code, label), "performer": reference(supplier.role)})


def imaging_order(ordering: Ordering, radiologist: Clinician, code: str, label: str, scan_on: date) -> Json:
    """A draft ServiceRequest (CRD profile-servicerequest) for one scan on a planned day."""
    order = ordering.draft("ServiceRequest", code, scan_on)
    imaging = concept(SNOMED, "363679005", "Imaging")
    return checked({**order, "category": [imaging], "code": concept(CPT, code, label), "performer": [reference(radiologist.role)]})
