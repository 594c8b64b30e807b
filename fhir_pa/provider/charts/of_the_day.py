"""The patients of the day that ``fhir-pa demo --keep`` leaves: for each the chart that brings one thing onto somebody's desk."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from fhir_pa.provider.charts.chart import Chart, Member, condition_of, coverage_of, moment, patient_of, visit_of
from fhir_pa.provider.charts.documents import note_of
from fhir_pa.provider.charts.orders import Ordering, imaging_order
from fhir_pa.provider.charts.oxygen import aged, short_of_oxygen
from fhir_pa.provider.charts.practice import US_CORE, Practice
from fhir_pa.provider.charts.surveillance import CHEST, DAYS_UNTIL_SCANS, under_surveillance
from fhir_pa.provider.elements import checked, concept, reference
from ig_profiles.names import HCPCS, ICD10CM, RXNORM
from ig_profiles.reading import Json, codings

PENDED, QUESTIONED, CALLED, STAYING, APPEALING, ENDING, ADMITTED = (
    "linus-farrow",
    "mirela-stroud",
    "gerda-pellow",
    "anselm-rooke",
    "tova-brandish",
    "hesper-dunmore",
    "odo-larkham",
)
DAYS_STAYED = 4
LUMBAR_MRI, RESIDENTIAL = "72148", "H0018"
TREATMENT_PLAN, PROGRESS_NOTE = "18823-5", "11506-3"


def patients_of_the_day(practice: Practice, today: date) -> tuple[Chart, ...]:
    """Their charts as of this day, by the names above; none of them is in the demonstration's scenes or waits to be ordered for."""
    return (
        short_of_oxygen(Member(PENDED, "Linus", "Farrow", "male", aged(77, today), "SYN-41"), practice, today, saturation="89"),
        _pain_in_the_back(Member(QUESTIONED, "Mirela", "Stroud", "female", aged(44, today), "SYN-42"), practice, today),
        short_of_oxygen(Member(CALLED, "Gerda", "Pellow", "female", aged(66, today), "SYN-43"), practice, today, saturation="91"),
        _in_treatment(Member(STAYING, "Anselm", "Rooke", "male", aged(39, today), "SYN-44"), practice, today),
        _one_scan_due(Member(APPEALING, "Tova", "Brandish", "female", aged(59, today), "SYN-45"), practice, today),
        short_of_oxygen(Member(ENDING, "Hesper", "Dunmore", "female", aged(72, today), "SYN-46"), practice, today, saturation="85"),
        _seen_once(Member(ADMITTED, "Odo", "Larkham", "male", aged(63, today), "SYN-47"), practice, today),
    )


def _pain_in_the_back(member: Member, practice: Practice, today: date) -> Chart:
    """Two weeks of pain, an MRI ordered, and no word of what was tried: a nurse will ask."""
    chart = _seen_once(member, practice, today, "Pain low in the back for two weeks, now and then down the left leg. MRI wished.", "M54.16", "Nerve root pain")
    ordering = Ordering(chart.patient, chart.coverage, chart.encounter, chart.clinician, (chart.findings[0],), today)
    order = imaging_order(ordering, practice.radiologist, LUMBAR_MRI, "MRI of the lumbar spine", today + timedelta(days=DAYS_UNTIL_SCANS))
    return replace(chart, orders=(order,))


def _in_treatment(member: Member, practice: Practice, today: date) -> Chart:
    """Alcohol use disorder, medicine given, and a bed in residential treatment these days; what is written is of the day before it."""
    words = "Withdrawal is over, return to use is likely at home, where others drink. Two tries at day treatment failed this year."
    began_on = today - timedelta(days=DAYS_STAYED)
    chart = _seen_once(member, practice, began_on, words, "F10.20", "Alcohol use disorder")
    patient, who, visit, before = chart.patient, chart.clinician, chart.encounter, began_on - timedelta(days=1)
    plan = note_of(patient, who, visit, "Groups each day, naltrexone, family meeting in week two.", "treatment-plan", TREATMENT_PLAN, before)
    draft = Ordering(patient, chart.coverage, visit, who, (chart.findings[0],), before).draft("ServiceRequest", RESIDENTIAL, began_on)
    label = "Residential treatment, by the day"
    order = checked({**draft, "code": concept(HCPCS, RESIDENTIAL, label), "performer": [reference(who.role)]})
    return replace(chart, findings=(*chart.findings, plan, _naltrexone(patient, who.practitioner, visit, before)), orders=(order,))


def _one_scan_due(member: Member, practice: Practice, today: date) -> Chart:
    """Under surveillance like the patient of the third scene, of whose scans only the one of the chest is due."""
    chart = under_surveillance(member, practice, today)
    return replace(chart, orders=tuple(order for order in chart.orders if codings(order["code"])[0].code == CHEST))


def _seen_once(
    member: Member, practice: Practice, today: date, words: str = "Cough for three days, no fever.", icd: str = "J40", label: str = "Bronchitis"
) -> Chart:
    """One visit the day before, its note and its problem."""
    who, patient, seen_on = practice.pulmonologist, patient_of(member), today - timedelta(days=1)
    visit = visit_of(patient, who, practice, seen_on)
    problem = condition_of(patient, concept(ICD10CM, icd, label), "problem", seen_on)
    note = note_of(patient, who, visit, words, "visit-note", PROGRESS_NOTE, seen_on)
    return Chart(patient, coverage_of(member, patient, practice.payer, date(today.year, 1, 1)), who, visit, (problem, note), ())


def _naltrexone(patient: Json, orderer: Json, visit: Json, on: date) -> Json:
    return checked(
        {
            "resourceType": "MedicationRequest",
            "id": f"{patient['id']}-naltrexone",
            "meta": {"profile": [f"{US_CORE}us-core-medicationrequest"]},
            "status": "active",
            "intent": "order",
            "medicationCodeableConcept": concept(RXNORM, "7243", "Naltrexone"),
            "subject": reference(patient),
            "encounter": reference(visit),
            "authoredOn": moment(on, 9),
            "requester": reference(orderer),
            "dosageInstruction": [{"text": "One tablet each morning"}],
        }
    )
