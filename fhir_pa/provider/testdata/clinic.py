"""What Oakwood Clinic asks for in the test data: requests from the synthetic charts, each under a trace number of its own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property

from fhir_pa.provider.charts.chart import Chart
from fhir_pa.provider.charts.orders import Ordering, equipment_order
from fhir_pa.provider.charts.practice import CLINIC_NPI, PAYER_NPI
from fhir_pa.provider.codes import AT_HOME, EQUIPMENT_RENTAL, OUTPATIENT_HOSPITAL, SCAN
from fhir_pa.provider.pas.request import request_of
from fhir_pa.provider.pas.submission import Line, Submission, sign
from fhir_pa.provider.patients import Charts, charts_on
from fhir_pa.provider.testdata.situation import Expected, Step
from ig_profiles.reading import Json

GENERATIONS = {"2.0.1": "v2.0", "2.2": "v2.2"}
SHORT_OF_OXYGEN, BORDERLINE, CANCER = "orla-penhallow", "teodric-amble", "ilsabet-crane"
EXCLUDED, EXCLUDED_LABEL = "E0241", "Rail for a bath tub"
RENTED_DAYS, UNTIL_SCANS = 90, 9


@dataclass(frozen=True)
class Clinic:
    """The clinic on one day, speaking one guide generation; ``ehr_url`` is its EHR, from which its resources have their names."""

    guide: str
    ehr_url: str
    at: datetime

    @property
    def today(self) -> date:
        """The day the charts are told from."""
        return self.at.date()

    @cached_property
    def charts(self) -> Charts:
        """Everybody in the EHR."""
        return charts_on(self.today)

    @property
    def fhir(self) -> str:
        """The path of the payer's FHIR base of this generation."""
        return f"/{GENERATIONS[self.guide]}/fhir"

    def chart(self, who: str) -> Chart:
        """One patient's chart."""
        return self.charts.by_patient[who]

    def oxygen(self, name: str, who: str = SHORT_OF_OXYGEN, documented: bool = True) -> Submission:
        """An oxygen concentrator for ninety days, with everything found in the chart or with nothing but the order."""
        return self._submission(name, who, (self._rented(self.chart(who).orders[0]),), documented)

    def rail(self, name: str) -> Submission:
        """A rail for the bath tub, which the plan excludes."""
        return self._submission(name, SHORT_OF_OXYGEN, (self._rented(self._rail()),))

    def oxygen_and_rail(self, name: str) -> Submission:
        """Both: one the plan certifies, one it excludes."""
        return self._submission(name, SHORT_OF_OXYGEN, (self._rented(self.chart(SHORT_OF_OXYGEN).orders[0]), self._rented(self._rail())))

    def scans(self, name: str, documented: bool = True) -> Submission:
        """An MRI of the brain and CTs of chest and neck; the reports of the last CTs are still at the imaging centre."""
        scan_on = self.today + timedelta(days=UNTIL_SCANS)
        lines = tuple(Line(order, SCAN, OUTPATIENT_HOSPITAL, scan_on) for order in self.chart(CANCER).orders)
        return self._submission(name, CANCER, lines, documented)

    def submit(self, body: Json, does: str, *holds: Expected, status: int = 200) -> Step:
        """POST Claim/$submit."""
        return Step(does, f"{self.fhir}/Claim/$submit", body, holds=holds, status=status)

    def ask(self, asked: Submission, does: str, *holds: Expected) -> Step:
        """POST Claim/$submit with the first version of a request; the case's reference is taken from the answer."""
        step = self.submit(request_of(asked), does, *holds)
        return Step(step.does, step.path, step.body, holds=step.holds, take={"reference": "entry.first().resource.id"})

    def _rail(self) -> Json:
        chart = self.chart(SHORT_OF_OXYGEN)
        reasons = tuple(each for each in chart.findings if each["resourceType"] == "Condition")
        ordering = Ordering(chart.patient, chart.coverage, chart.encounter, chart.clinician, reasons, self.today)
        return equipment_order(ordering, self.charts.practice.therapist, EXCLUDED, EXCLUDED_LABEL)

    def _rented(self, order: Json) -> Line:
        return Line(order, EQUIPMENT_RENTAL, AT_HOME, self.today, self.today + timedelta(days=RENTED_DAYS - 1))

    def _submission(self, name: str, who: str, lines: tuple[Line, ...], documented: bool = True) -> Submission:
        chart = self.chart(who)
        signed = tuple(Line(sign(each.order, chart.coverage, self.guide), each.service_type, each.place, each.starts, each.ends, each.units) for each in lines)
        documents = tuple(each for each in chart.findings if each["resourceType"] != "Condition") if documented else ()
        number = f"TD-{GENERATIONS[self.guide][1:].replace('.', '')}-{name.upper()}"
        base = f"{self.ehr_url}/fhir"
        return Submission(self.guide, number, chart, self.charts.practice, signed, documents, self.at, base, sender=CLINIC_NPI, receiver=PAYER_NPI)
