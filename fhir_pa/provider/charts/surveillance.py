"""Ilsabet Crane, under surveillance for lung cancer with a brain metastasis: three scans, and two reports held elsewhere.

Scenario SC-04 of the utilization-management notes: the last brain report is on file at the clinic, the reports of the
last chest and neck scans are still at the imaging centre, and the scans are due in nine days.
"""

from __future__ import annotations

from datetime import date, timedelta

from fhir_pa.provider.charts.chart import Chart, Member, condition_of, coverage_of, patient_of, visit_of
from fhir_pa.provider.charts.documents import ONCOLOGY_PLAN, imaging_report, note_of, report_document
from fhir_pa.provider.charts.orders import Ordering, imaging_order
from fhir_pa.provider.charts.practice import Practice
from fhir_pa.provider.elements import checked, concept, reference
from ig_profiles.names import CPT, ICD10CM
from ig_profiles.reading import Json

BRAIN, CHEST, NECK = "70553", "71260", "70491"
LABELS = {BRAIN: "MRI of the brain", CHEST: "CT of the chest", NECK: "CT of the neck"}
MONTHS_BETWEEN = {BRAIN: 6, CHEST: 3, NECK: 3}
DAYS_SINCE_BRAIN, DAYS_SINCE_CT, DAYS_UNTIL_SCANS = 186, 105, 9


def ilsabet_crane(practice: Practice, today: date) -> Chart:
    """The chart before the imaging centre has sent the last chest and neck reports."""
    return under_surveillance(Member("ilsabet-crane", "Ilsabet", "Crane", "female", date(today.year - 52, 1, 2), "SYN-04"), practice, today)


def under_surveillance(member: Member, practice: Practice, today: date) -> Chart:
    """A member with three scans due, of which two reports of the last ones are held elsewhere."""
    who = practice.oncologist
    patient = patient_of(member)
    coverage = coverage_of(member, patient, practice.payer, date(today.year, 1, 1))
    seen_on = today - timedelta(days=6)
    visit = visit_of(patient, who, practice, seen_on)
    lung = condition_of(patient, concept(ICD10CM, "C34.11", "Cancer of the right upper lung"), "lung-cancer", today - timedelta(days=700))
    brain = condition_of(patient, concept(ICD10CM, "C79.31", "Spread to the brain"), "brain-metastasis", today - timedelta(days=540))
    words = (
        "Lung cancer with treated brain metastasis, on maintenance treatment. Surveillance plan: MRI of the brain every six months, "
        "CT of chest and neck every three months. Treatment would change if any scan shows growth."
    )
    plan = _surveillance_plan(patient, visit, (lung, brain), seen_on)
    last_brain_on = today - timedelta(days=DAYS_SINCE_BRAIN)
    last_ct_on = today - timedelta(days=DAYS_SINCE_CT)
    last_brain = "Treated spot unchanged. No new spot."
    findings = (
        lung,
        brain,
        plan,
        note_of(patient, who, visit, words, "oncology-note", ONCOLOGY_PLAN, seen_on),
        imaging_report(patient, practice.imaging, BRAIN, LABELS[BRAIN], last_brain, "brain-scan", last_brain_on),
        report_document(patient, practice.imaging, BRAIN, f"{LABELS[BRAIN]} of {last_brain_on}. {last_brain}", "brain-report", last_brain_on),
    )
    held = tuple(
        report_document(patient, practice.imaging, code, f"{LABELS[code]} of {last_ct_on}. No growth and nothing new.", f"{name}-report", last_ct_on)
        for code, name in ((CHEST, "chest"), (NECK, "neck"))
    )
    scan_on = today + timedelta(days=DAYS_UNTIL_SCANS)
    ordering = Ordering(patient, coverage, visit, who, (lung, brain), today)
    orders = tuple(imaging_order(ordering, practice.radiologist, code, LABELS[code], scan_on) for code in (BRAIN, CHEST, NECK))
    return Chart(patient, coverage, who, visit, findings, orders, held)


def _surveillance_plan(patient: Json, visit: Json, reasons: tuple[Json, ...], on: date) -> Json:
    scans = [
        {
            "detail": {
                "kind": "ServiceRequest",
                "code": concept(CPT, code, LABELS[code]),
                "status": "in-progress",
                "scheduledTiming": {"repeat": {"frequency": 1, "period": months, "periodUnit": "mo"}},
            }
        }
        for code, months in MONTHS_BETWEEN.items()
    ]
    return checked(
        {
            "resourceType": "CarePlan",
            "id": f"{patient['id']}-surveillance",
            "status": "active",
            "intent": "plan",
            "title": "Surveillance of lung cancer and brain metastasis",
            "category": [concept("http://hl7.org/fhir/us/core/CodeSystem/careplan-category", "assess-plan")],
            "subject": reference(patient),
            "encounter": reference(visit),
            "created": str(on),
            "addresses": [reference(reason) for reason in reasons],
            "activity": scans,
        }
    )
