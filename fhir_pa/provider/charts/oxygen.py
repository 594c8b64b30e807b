"""Two people with COPD who need the same concentrator: one clearly short of oxygen, one a single percent above the line.

Scenario SC-01 of the utilization-management notes. The saturation is recorded the US Core way: the pulse oximetry
Observation carries the inspired oxygen as a component, and 21 % is room air. No flow is told: US Core's unit for it, L/min,
is not among the units R4 allows in a vital sign.
"""

from __future__ import annotations

from datetime import date, timedelta

from fhir_pa.provider.charts.chart import Chart, Member, condition_of, coverage_of, moment, patient_of, visit_of
from fhir_pa.provider.charts.documents import note_of
from fhir_pa.provider.charts.orders import Ordering, equipment_order
from fhir_pa.provider.charts.practice import US_CORE, Clinician, Practice
from fhir_pa.provider.elements import checked, concept, quantity, reference
from ig_profiles.names import ICD10CM, LOINC
from ig_profiles.reading import Json

OBSERVATION_CATEGORY = "http://terminology.hl7.org/CodeSystem/observation-category"
PULSE_OXIMETRY, ARTERIAL_SATURATION, AT_REST = "59408-5", "2708-6", "59417-6"
INHALED_CONCENTRATION = "3150-6"
CONCENTRATOR = "E1390"


def orla_penhallow(practice: Practice, today: date) -> Chart:
    """Saturation 86 % at rest on room air, measured at last week's visit while stable: every fact the policy asks for."""
    member = Member("orla-penhallow", "Orla", "Penhallow", "female", aged(71, today), "SYN-01")
    return short_of_oxygen(member, practice, today, saturation="86")


def teodric_amble(practice: Practice, today: date) -> Chart:
    """Saturation 89 % at rest on room air, no swelling, no heart finding, hematocrit normal: a physician must decide."""
    member = Member("teodric-amble", "Teodric", "Amble", "male", aged(68, today), "SYN-13")
    return short_of_oxygen(member, practice, today, saturation="89")


def short_of_oxygen(member: Member, practice: Practice, today: date, saturation: str) -> Chart:
    """A member with COPD, seen last week with this saturation (percent) at rest on room air, and a concentrator drafted."""
    who = practice.pulmonologist
    patient = patient_of(member)
    coverage = coverage_of(member, patient, practice.payer, date(today.year, 1, 1))
    seen_on = today - timedelta(days=5)
    visit = visit_of(patient, who, practice, seen_on)
    lungs = condition_of(patient, concept(ICD10CM, "J44.9", "Chronic obstructive pulmonary disease"), "copd", today - timedelta(days=2200))
    failure = condition_of(patient, concept(ICD10CM, "J96.11", "Long-lasting low oxygen"), "hypoxia", seen_on)
    findings = (
        lungs,
        failure,
        _saturation(patient, who, visit, saturation, seen_on),
        _hematocrit(patient, who, visit, "44", seen_on),
        note_of(patient, who, visit, _note(saturation), "face-to-face", "11506-3", seen_on),
    )
    order = equipment_order(Ordering(patient, coverage, visit, who, (lungs, failure), today), practice.therapist, CONCENTRATOR, "Oxygen concentrator")
    return Chart(patient, coverage, who, visit, findings, (order,))


def _note(saturation: str) -> str:
    return (
        f"Seen in clinic, stable for three months. Saturation {saturation} % sitting at rest, breathing room air, after ten minutes of quiet. "
        "No ankle swelling. Medicines at their best doses. Moves about the home. Oxygen at home discussed and wanted."
    )


def _saturation(patient: Json, who: Clinician, visit: Json, percent: str, on: date) -> Json:
    codes = [{"system": LOINC, "code": code} for code in (PULSE_OXIMETRY, ARTERIAL_SATURATION, AT_REST)]
    return checked(
        {
            "resourceType": "Observation",
            "id": f"{patient['id']}-saturation",
            "meta": {"profile": [f"{US_CORE}us-core-pulse-oximetry"]},
            "status": "final",
            "category": [concept(OBSERVATION_CATEGORY, "vital-signs")],
            "code": {"coding": codes, "text": "Oxygen saturation at rest, breathing room air"},
            "subject": reference(patient),
            "encounter": reference(visit),
            "effectiveDateTime": moment(on, 9, 40),
            "issued": moment(on, 9, 45),
            "performer": [reference(who.practitioner)],
            "valueQuantity": quantity(percent, "%", "%"),
            "note": [{"text": "At rest, breathing room air."}],
            "component": [{"code": concept(LOINC, INHALED_CONCENTRATION), "valueQuantity": quantity("21", "%", "%")}],
        }
    )


def _hematocrit(patient: Json, who: Clinician, visit: Json, percent: str, on: date) -> Json:
    return checked(
        {
            "resourceType": "Observation",
            "id": f"{patient['id']}-hematocrit",
            "meta": {"profile": [f"{US_CORE}us-core-observation-lab"]},
            "status": "final",
            "category": [concept(OBSERVATION_CATEGORY, "laboratory")],
            "code": concept(LOINC, "4544-3", "Hematocrit"),
            "subject": reference(patient),
            "encounter": reference(visit),
            "effectiveDateTime": moment(on, 9, 50),
            "issued": moment(on, 12),
            "performer": [reference(who.practitioner)],
            "valueQuantity": quantity(percent, "%", "%"),
        }
    )


def aged(years: int, today: date) -> date:
    """A birth date that makes the person this old for most of the coming year."""
    return date(today.year - years, 1, 14) if (today.month, today.day) >= (1, 14) else date(today.year - years - 1, 1, 14)
