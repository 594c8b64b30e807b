"""Two charts told for the test EHR: mild sleep apnea, and pain down the leg with two months of care."""

from __future__ import annotations

from datetime import date, timedelta

from fhir_pa.provider.charts.chart import Chart, Member, condition_of, coverage_of, moment, patient_of, visit_of
from fhir_pa.provider.charts.documents import note_of
from fhir_pa.provider.charts.practice import US_CORE, Practice
from fhir_pa.provider.elements import checked, concept, quantity, reference
from ig_profiles.names import CPT, ICD10CM, LOINC, RXNORM
from ig_profiles.reading import Json

SLEEP_STUDY, PROGRESS_NOTE = "28633-6", "11506-3"
DAYS_OF_EXERCISE = (56, 49, 35, 21, 10)


def sleep_apnea(member: Member, practice: Practice, today: date) -> Chart:
    """Nine events an hour: mild, so that what goes with it counts."""
    who, patient = practice.pulmonologist, patient_of(member)
    tested_on = today - timedelta(days=29)
    visit = visit_of(patient, who, practice, today - timedelta(days=40))
    apnea = condition_of(patient, concept(ICD10CM, "G47.33", "Obstructive sleep apnea"), "apnea", today - timedelta(days=28))
    index = checked(
        {
            "resourceType": "Observation",
            "id": f"{patient['id']}-index",
            "status": "final",
            "category": [concept("http://terminology.hl7.org/CodeSystem/observation-category", "procedure")],
            "code": concept(LOINC, "69990-0", "Apnea-hypopnea index"),
            "subject": reference(patient),
            "effectiveDateTime": moment(tested_on, 23),
            "performer": [reference(who.practitioner)],
            "valueQuantity": quantity("9.0", "events per hour", "{events}/h"),
        }
    )
    words = "Sleep test at home. 9.0 events an hour, 58 events in 6.4 hours. Sleepy in the daytime; wishes treatment."
    findings = (apnea, index, note_of(patient, who, visit, words, "sleep-test", SLEEP_STUDY, tested_on))
    return Chart(patient, coverage_of(member, patient, practice.payer, date(today.year, 1, 1)), who, visit, findings, ())


def back_pain(member: Member, practice: Practice, today: date) -> Chart:
    """A nerve root with two months of guided exercise and medicine; the form asks what is planned."""
    who, patient = practice.oncologist, patient_of(member)
    seen_on = today - timedelta(days=4)
    visit = visit_of(patient, who, practice, seen_on)
    root = condition_of(patient, concept(ICD10CM, "M54.16", "Nerve root pain of the lower back"), "nerve-root", today - timedelta(days=63))
    words = "Pain down the left leg for two months, straight leg raise positive at 40 degrees. No weakness. Exercise and naproxen helped little."
    note = note_of(patient, who, visit, words, "visit-note", PROGRESS_NOTE, seen_on)
    sessions = tuple(_session(patient, number, today - timedelta(days=days)) for number, days in enumerate(DAYS_OF_EXERCISE, 1))
    findings = (root, note, *sessions, _naproxen(patient, who.practitioner, visit, today - timedelta(days=58)))
    return Chart(patient, coverage_of(member, patient, practice.payer, date(today.year, 1, 1)), who, visit, findings, ())


def _session(patient: Json, number: int, on: date) -> Json:
    return checked(
        {
            "resourceType": "Procedure",
            "id": f"{patient['id']}-exercise-{number}",
            "meta": {"profile": [f"{US_CORE}us-core-procedure"]},
            "status": "completed",
            "code": concept(CPT, "97110", "Exercise with a therapist"),
            "subject": reference(patient),
            "performedDateTime": moment(on, 10),
        }
    )


def _naproxen(patient: Json, orderer: Json, visit: Json, on: date) -> Json:
    return checked(
        {
            "resourceType": "MedicationRequest",
            "id": f"{patient['id']}-naproxen",
            "meta": {"profile": [f"{US_CORE}us-core-medicationrequest"]},
            "status": "active",
            "intent": "order",
            "medicationCodeableConcept": concept(RXNORM, "198014", "Naproxen 500 mg tablet"),
            "subject": reference(patient),
            "encounter": reference(visit),
            "authoredOn": moment(on, 9),
            "requester": reference(orderer),
            "dosageInstruction": [{"text": "One tablet twice a day with food"}],
        }
    )
