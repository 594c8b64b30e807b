"""What can be ordered in the test EHR: a service for most policies of the shelf, one the plan excludes, and one no policy mentions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from fhir_pa.provider.charts.chart import Chart
from fhir_pa.provider.charts.orders import Ordering, equipment_order, imaging_order
from fhir_pa.provider.charts.practice import Practice
from fhir_pa.provider.elements import checked, concept, reference
from ig_profiles.names import CPT, SNOMED
from ig_profiles.reading import Json

DAYS_AHEAD = 9


@dataclass(frozen=True)
class Service:
    """One line of the catalogue: how it is found, what it says, and its billing code; ``kind`` decides how it is ordered."""

    name: str
    label: str
    code: str
    kind: str
    group: str


CATALOGUE = {
    each.name: each
    for each in (
        Service("oxygen", "Oxygen concentrator", "E1390", "equipment", "Equipment"),
        Service("two-pressures", "Breathing device with two pressures", "E0470", "equipment", "Equipment"),
        Service("one-pressure", "Breathing device with one pressure (CPAP)", "E0601", "equipment", "Equipment"),
        Service("wheelchair", "Power wheelchair", "K0823", "equipment", "Equipment"),
        Service("tub-rail", "Rail for a bath tub", "E0241", "equipment", "Equipment"),
        Service("brain-mri", "MRI of the brain", "70553", "imaging", "Imaging"),
        Service("chest-ct", "CT of the chest", "71260", "imaging", "Imaging"),
        Service("neck-ct", "CT of the neck", "70491", "imaging", "Imaging"),
        Service("lumbar-mri", "MRI of the lumbar spine", "72148", "imaging", "Imaging"),
        Service("lumbar-contrast", "MRI of the lumbar spine with contrast", "72158", "imaging", "Imaging"),
        Service("knee", "Replacement of a knee", "27447", "procedure", "Procedures and tests"),
        Service("gene-test", "Test for hereditary cancer", "81162", "procedure", "Procedures and tests"),
        Service("therapy", "Physical therapy", "97110", "procedure", "Procedures and tests"),
        Service("stress-test", "Stress test of the heart", "93015", "procedure", "Procedures and tests"),
    )
}


def drafted(service: Service, chart: Chart, practice: Practice, today: date, number: int) -> Json:
    """The draft order; ``number`` keeps its id apart from earlier orders of the same service."""
    reasons = tuple(each for each in chart.findings if each["resourceType"] == "Condition")
    ordering = Ordering(chart.patient, chart.coverage, chart.encounter, chart.clinician, reasons, today)
    match service.kind:
        case "equipment":
            order = equipment_order(ordering, practice.therapist, service.code, service.label)
        case "imaging":
            order = imaging_order(ordering, practice.radiologist, service.code, service.label, today + timedelta(days=DAYS_AHEAD))
        case _:
            order = _procedure(ordering, service, today + timedelta(days=DAYS_AHEAD))
    return {**order, "id": f"{order['id']}-{number}"}


def _procedure(ordering: Ordering, service: Service, on: date) -> Json:
    """Done by the ordering practice itself."""
    draft = ordering.draft("ServiceRequest", service.code, on)
    category = concept(SNOMED, "387713003", "Surgical procedure") if service.name == "knee" else None
    whole = {**draft, "code": concept(CPT, service.code, service.label), "performer": [reference(ordering.clinician.role)]}
    return checked({**whole, **({"category": [category]} if category else {})})
