"""Patients who need a breathing device for sleep apnea: the order whose form the payer asks step by step.

The payer remembers to whom it issued a number, so each test that has one issued has a patient of its own.
"""

from __future__ import annotations

from datetime import date, timedelta

from fhir_pa.provider.charts.chart import Chart, Member, condition_of, coverage_of, patient_of, visit_of
from fhir_pa.provider.charts.orders import Ordering, equipment_order
from fhir_pa.provider.charts.practice import Practice
from fhir_pa.provider.elements import checked, concept, quantity, reference
from fhir_pa.provider.patients import Charts
from ig_profiles.names import ICD10CM, LOINC

SLEEPERS = (
    Member("thandeka-mwirigi", "Thandeka", "Mwirigi", "female", date(1971, 2, 19), "SYN-08"),
    Member("sunniva-adeyinka", "Sunniva", "Adeyinka", "female", date(1968, 7, 3), "SYN-21"),
    Member("bertil-okonjo", "Bertil", "Okonjo", "male", date(1959, 11, 30), "SYN-22"),
    Member("maren-quispe", "Maren", "Quispe", "female", date(1975, 5, 12), "SYN-23"),
    Member("ilari-nakashima", "Ilari", "Nakashima", "male", date(1963, 9, 8), "SYN-24"),
    Member("ilse-varga", "Ilse", "Varga", "female", date(1966, 4, 17), "SYN-26"),
    Member("oluwaseun-brandt", "Oluwaseun", "Brandt", "male", date(1980, 1, 25), "SYN-25"),
)


def with_sleepers(charts: Charts, on: date | None = None) -> Charts:
    """The charts with all of them."""
    today = on or date.fromisoformat(str(next(iter(charts.by_patient.values())).orders[0]["authoredOn"])[:10])
    return Charts(charts.practice, {**charts.by_patient, **{each.name: asleep(each, charts.practice, today) for each in SLEEPERS}})


def asleep(member: Member, practice: Practice, today: date) -> Chart:
    """A mild sleep test, so that one answer leads to another question."""
    who = practice.pulmonologist
    patient = patient_of(member)
    coverage = coverage_of(member, patient, practice.payer, date(today.year, 1, 1))
    visit = visit_of(patient, who, practice, today - timedelta(days=30))
    apnea = condition_of(patient, concept(ICD10CM, "G47.33", "Obstructive sleep apnea"), "apnea", today - timedelta(days=28))
    index = checked(
        {
            "resourceType": "Observation",
            "id": f"{member.name}-index",
            "status": "final",
            "category": [concept("http://terminology.hl7.org/CodeSystem/observation-category", "procedure")],
            "code": concept(LOINC, "69990-0", "Apnea-hypopnea index"),
            "subject": reference(patient),
            "effectiveDateTime": str(today - timedelta(days=29)),
            "valueQuantity": quantity("9", "events per hour", "{events}/h"),
        }
    )
    order = equipment_order(Ordering(patient, coverage, visit, who, (apnea,), today), practice.therapist, "E0601", "Positive airway pressure device")
    return Chart(patient, coverage, who, visit, (apnea, index), (order,))
