"""Everybody in the test EHR on a given day; dates move with that day, so a story stays true next year."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from fhir_pa.provider.charts.chart import Chart
from fhir_pa.provider.charts.oxygen import orla_penhallow, teodric_amble
from fhir_pa.provider.charts.practice import Practice, oakwood
from fhir_pa.provider.charts.surveillance import ilsabet_crane
from ig_profiles.reading import Json


@dataclass
class Charts:
    """The practice and its patients, by the patient's id; documents held elsewhere can arrive."""

    practice: Practice
    by_patient: dict[str, Chart] = field(default_factory=dict)

    def resources(self) -> tuple[Json, ...]:
        """Every resource the EHR shows now."""
        of_patients = (resource for chart in self.by_patient.values() for resource in chart.resources())
        return (*self.practice.resources(), *of_patients)

    def keep(self, patient_id: str, resource: Json) -> None:
        """Write a resource into a patient's chart. Raises KeyError when there is no such chart."""
        self.by_patient[patient_id] = self.by_patient[patient_id].with_kept(resource)

    def arrive(self, document_id: str) -> Json:
        """A document held elsewhere comes in. Raises KeyError when nobody holds one by that name."""
        for name, chart in self.by_patient.items():
            for document in chart.elsewhere:
                if document["id"] == document_id:
                    self.by_patient[name] = chart.with_arrived(document)
                    return document
        raise KeyError(f"No document '{document_id}' is held elsewhere.")


def charts_on(today: date) -> Charts:
    """Every synthetic patient as of this day."""
    practice = oakwood()
    charts = (tell(practice, today) for tell in (orla_penhallow, teodric_amble, ilsabet_crane))
    return Charts(practice, {str(chart.patient["id"]): chart for chart in charts})
