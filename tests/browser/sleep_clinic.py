"""Thandeka Mwirigi needs a breathing device for sleep apnea: the order whose form the payer asks step by step."""

from __future__ import annotations

from datetime import date, timedelta

from fhir_pa.provider.charts.chart import Chart, Member, condition_of, coverage_of, patient_of, visit_of
from fhir_pa.provider.charts.orders import Ordering, equipment_order
from fhir_pa.provider.elements import checked, concept, quantity, reference
from fhir_pa.provider.patients import Charts
from ig_profiles.names import ICD10CM, LOINC

THANDEKA = "thandeka-mwirigi"


def with_thandeka(charts: Charts, on: date | None = None) -> Charts:
    """The charts with one more; a mild sleep test, so that one answer leads to another question."""
    practice = charts.practice
    who = practice.pulmonologist
    today = on or date.fromisoformat(str(next(iter(charts.by_patient.values())).orders[0]["authoredOn"])[:10])
    member = Member(THANDEKA, "Thandeka", "Mwirigi", "female", date(1971, 2, 19), "SYN-08")
    patient = patient_of(member)
    coverage = coverage_of(member, patient, practice.payer, date(today.year, 1, 1))
    visit = visit_of(patient, who, practice, today - timedelta(days=30))
    apnea = condition_of(patient, concept(ICD10CM, "G47.33", "Obstructive sleep apnea"), "apnea", today - timedelta(days=28))
    index = checked(
        {
            "resourceType": "Observation",
            "id": f"{THANDEKA}-index",
            "status": "final",
            "category": [concept("http://terminology.hl7.org/CodeSystem/observation-category", "procedure")],
            "code": concept(LOINC, "69990-0", "Apnea-hypopnea index"),
            "subject": reference(patient),
            "effectiveDateTime": str(today - timedelta(days=29)),
            "valueQuantity": quantity("9", "events per hour", "{events}/h"),
        }
    )
    order = equipment_order(Ordering(patient, coverage, visit, who, (apnea,), today), practice.therapist, "E0601", "Positive airway pressure device")
    return Charts(practice, {**charts.by_patient, THANDEKA: Chart(patient, coverage, who, visit, (apnea, index), (order,))})
