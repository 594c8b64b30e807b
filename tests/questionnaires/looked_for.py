"""What the facts should find in the charts, and what they should pass over: data for ``test_policies_facts``."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from ig_profiles.reading import Json
from tests.questionnaires.charts import (
    CHAIR_ORDER,
    HIGH_ALT,
    HOME_TEST,
    METHOTREXATE,
    PAP_IN_USE,
    SESSIONS,
    STAY,
    STEP_DOWN,
    THERAPY,
    home_is_safe,
    weekly,
)
from tests.questionnaires.us_core import (
    administration,
    coded_result,
    condition,
    device_request,
    document,
    medication_request,
    observation,
    procedure,
    relative,
    report,
    service_request,
    standard,
    visit,
)

SIX_WEEKS = {
    "symptoms_since": date(2026, 9, 20),
    "radicular": True,
    "care_kind": "therapist",
    "care_from": date(2026, 10, 1),
    "care_until": date(2026, 11, 15),
    "medicine_tried": True,
}
COMPLAINT = {"symptoms_since": date(2026, 9, 20), "radicular": True}

TESTED = {"first_visit_on": date(2026, 10, 5), "test_on": date(2026, 10, 20), "test_type": "home_3"}
IN_USE = {"stage": "continued", "started_on": date(2026, 8, 20), "reevaluated_on": date(2026, 10, 5)}


def _more_than(value: int) -> Json:
    told = observation("o", "LOINC:69990-0", value, "{events}/h", "2026-10-20")
    return {**told, "valueQuantity": {**told["valueQuantity"], "comparator": ">"}}


EXAMINED = {"face_to_face_on": date(2026, 10, 28), "order_on": date(2026, 11, 10)}
SEATED = {**EXAMINED, "limiting_condition": "neurological", "weight": Decimal(68), "seating_evaluated_on": date(2026, 11, 3)}
REFUTED = condition("c", "ICD10:G12.21", verificationStatus=standard("condition-ver-status", "refuted"))

KNEE = {"arthritis": True, "film_on": date(2026, 9, 14), "medicine_tried": True, "bmi": Decimal("31.2")}
EXERCISED = {**KNEE, "exercise_from": date(2026, 6, 15), "exercise_until": date(2026, 9, 21)}

SAFE = {"tb_screened_on": date(2026, 8, 10), "tb_result": "negative", "hepatitis_b_on": date(2026, 8, 10), "supply_days": Decimal(28)}
TRIED = {
    "diagnosis": "arthritis",
    "tried_drug": "methotrexate",
    "tried_dose": Decimal(15),
    "tried_from": date(2026, 6, 1),
    "tried_until": date(2026, 7, 27),
    "stopped_for": "adverse_event",
    "recorded_on": date(2026, 7, 28),
    "harm_on": date(2026, 7, 25),
    "pens": Decimal(2),
    **SAFE,
}


def _a_day(statement: Json) -> Json:
    (dosage,) = statement["dosage"]
    return {**statement, "dosage": [{**dosage, "timing": {"repeat": {"frequency": 1, "period": 1, "periodUnit": "d"}}}]}


def _a_month(order: Json) -> Json:
    return {**order, "occurrenceTiming": {"repeat": {"frequency": 5, "period": 1, "periodUnit": "mo"}}}


TABLETS = {"tablets": Decimal(60), "supply_days": Decimal(30)}
CARED_FOR = {"short_acting_since": date(2026, 8, 15), "non_opioid_tried": True, "non_drug_tried": True, **TABLETS}

INFUSED = {
    "last_infusion_on": date(2026, 10, 1),
    "crp": Decimal("18.5"),
    "calprotectin": Decimal(640),
    "weight": Decimal(80),
    "tb_screened_on": date(2026, 8, 10),
    "tb_result": "negative",
    "hepatitis_b_on": date(2026, 8, 10),
    "alt_on": date(2026, 11, 5),
}

IN_TREATMENT = {"disorder": True, "medicine": "given", "plan_updated_on": date(2026, 11, 18)}

BY_DAY = {"disorder": True, "next_step_on": date(2026, 12, 7)}

ADMITTED = {"emergency": True, "unstable": ["low_pressure", "lactate"]}

LOOKED_FOR: dict[str, dict[str, Any]] = {  # by chart: every fact that has a value there
    "lumbar_mri/six-weeks": SIX_WEEKS,
    "lumbar_mri/two-sessions": {**COMPLAINT, "medicine_tried": True},
    "lumbar_mri/foot-drop": {**COMPLAINT, "red_flags": ["weakness"]},
    "lumbar_mri/old-cancer": COMPLAINT,
    "lumbar_mri/mri-in-june": {**SIX_WEEKS, "mri_last_year": True},
    "lumbar_mri/after-surgery": {**SIX_WEEKS, "contrast_reason": ["after_surgery"]},
    "cpap/home-test": {**TESTED, "ahi": Decimal("22.4")},
    "cpap/mild": {**TESTED, "ahi": Decimal(9)},
    "cpap/mild-with-hypertension": {**TESTED, "ahi": Decimal(9), "symptoms": ["hypertension"]},
    "cpap/too-mild": {**TESTED, "ahi": Decimal("4.2")},
    "cpap/after-trial": {**IN_USE, "download": True},
    "cpap/no-download": IN_USE,
    "power_wheelchair/als": {**SEATED, "technology_letter": True},
    "power_wheelchair/als-without-letter": SEATED,
    "power_wheelchair/old-examination": {
        "face_to_face_on": date(2026, 3, 2),
        "order_on": date(2026, 11, 10),
        "limiting_condition": "neurological",
        "technology_letter": True,
    },
    "power_wheelchair/pounds": {**EXAMINED, "weight": Decimal("95.3")},
    "knee_replacement/worn-knee": EXERCISED,
    "knee_replacement/without-therapy": KNEE,
    "knee_replacement/injected-in-october": {**EXERCISED, "injected": True, "injected_on": date(2026, 10, 17)},
    "knee_replacement/high-sugar": {**EXERCISED, "diabetes": True, "a1c": Decimal("8.9")},
    "hereditary_cancer_test/breast-cancer": {"personal_cancer": ["breast"], "counseled": True},
    "hereditary_cancer_test/family": {"relatives_count": Decimal(2), "youngest_age": Decimal(43)},
    "hereditary_cancer_test/uncle": {"relatives_count": Decimal(1), "youngest_age": Decimal(66), "male_relative": True},
    "hereditary_cancer_test/known-variant": {"relatives_count": Decimal(1), "youngest_age": Decimal(58), "known_variant": True},
    "hereditary_cancer_test/tested-before": {"personal_cancer": ["breast"], "tested_before": True},
    "adalimumab/hepatotoxicity": TRIED,
    "adalimumab/late-record": {**TRIED, "recorded_on": date(2026, 11, 18)},
    "adalimumab/four-pens": {**TRIED, "pens": Decimal(4)},
    "adalimumab/allergy": {"diagnosis": "arthritis", "contraindicated": True, "pens": Decimal(2), **SAFE},
    "long_acting_opioid/chronic-pain": {**CARED_FOR, "naloxone": True},
    "long_acting_opioid/without-naloxone": CARED_FOR,
    "long_acting_opioid/benzodiazepine": {**CARED_FOR, "naloxone": True, "benzodiazepine": True},
    "long_acting_opioid/cancer-pain": {"exemptions": ["cancer_pain"], **TABLETS},
    "infliximab/loss-of-response": {**INFUSED, "biosimilar_used": True},
    "infliximab/brand": INFUSED,
    "residential_sud/second-week": {**IN_TREATMENT, "observed_on": date(2026, 11, 20)},
    "residential_sud/old-note": {**IN_TREATMENT, "observed_on": date(2026, 11, 14)},
    "partial_hospitalization/safe-nights": {**BY_DAY, "nights": "safe", "days_needed": Decimal(5)},
    "partial_hospitalization/unsafe-nights": {**BY_DAY, "nights": "unsafe", "days_needed": Decimal(5)},
    "partial_hospitalization/three-days": {**BY_DAY, "nights": "safe", "days_needed": Decimal(3)},
    "intensive_outpatient/three-days": {**BY_DAY, "days_needed": Decimal(3), "next_step_on": date(2026, 12, 19)},
    "intensive_outpatient/one-day": {**BY_DAY, "days_needed": Decimal(1), "next_step_on": date(2026, 12, 19)},
    "emergency_inpatient/sepsis": ADMITTED,
    "emergency_inpatient/sepsis-with-notes": {**ADMITTED, "later_notes": True},
}

NOT_TAKEN: list[tuple[str, str, tuple[Json, ...], str]] = [
    ("lumbar_mri", "a resolved complaint", (condition("c", "ICD10:M54.16", onset="2026-01-01", clinical="resolved"),), "symptoms_since"),
    ("lumbar_mri", "back pain without a nerve root", (condition("c", "ICD10:M54.50", onset="2026-01-01"),), "radicular"),
    ("lumbar_mri", "a foot drop of years ago", (condition("c", "ICD10:M21.371", onset="2020-01-01"),), "red_flags"),
    ("lumbar_mri", "sessions that were not held", tuple({**each, "status": "not-done"} for each in SESSIONS), "care_from"),
    ("lumbar_mri", "a medicine of last year", (medication_request("m", "RXNORM:198014", "2025-09-01"),), "medicine_tried"),
    ("lumbar_mri", "a medicine that was cancelled", (medication_request("m", "RXNORM:198014", "2026-11-01", "cancelled"),), "medicine_tried"),
    ("lumbar_mri", "an MRI of last year", (report("r", "CPT:72148", "2025-11-01"),), "mri_last_year"),
    ("lumbar_mri", "an MRI not yet read", (report("r", "CPT:72148", "2026-11-01", status="registered"),), "mri_last_year"),
    ("cpap", "an index in another unit", (observation("o", "LOINC:69990-0", 22, "%", "2026-10-20"),), "ahi"),
    ("cpap", "an index above what the device could tell", (_more_than(80),), "ahi"),
    ("cpap", "a test that was not done", (procedure("p", "CPT:95810", "2026-10-20", status="not-done"),), "test_on"),
    ("cpap", "a visit about something else", (HOME_TEST, visit("v", "2026-10-01", "ICD10:M54.16")), "first_visit_on"),
    ("cpap", "a visit after the test", (HOME_TEST, visit("v", "2026-10-25", "ICD10:R06.83")), "first_visit_on"),
    ("cpap", "the order that is being made", (device_request("d", "HCPCS:E0601", "2026-11-20"),), "stage"),
    ("cpap", "a visit in the first month", (PAP_IN_USE, visit("v", "2026-09-01", "ICD10:G47.33")), "reevaluated_on"),
    ("cpap", "a visit after day 91", (PAP_IN_USE, visit("v", "2026-11-20", "ICD10:G47.33")), "reevaluated_on"),
    ("cpap", "a download from before the device", (PAP_IN_USE, document("d", "LOINC:52042-9", "2026-08-01")), "download"),
    ("power_wheelchair", "a visit with someone else", (CHAIR_ORDER, visit("v", "2026-10-28", "ICD10:G12.21", with_="Practitioner/other")), "face_to_face_on"),
    ("power_wheelchair", "a visit about something else", (CHAIR_ORDER, visit("v", "2026-10-28", "ICD10:I10")), "face_to_face_on"),
    ("power_wheelchair", "a visit after the order", (CHAIR_ORDER, visit("v", "2026-11-15", "ICD10:G12.21")), "face_to_face_on"),
    ("power_wheelchair", "a weight in an unknown unit", (observation("o", "LOINC:29463-7", 11, "stone", "2026-10-28"),), "weight"),
    ("power_wheelchair", "a refuted diagnosis", (REFUTED,), "limiting_condition"),
    ("power_wheelchair", "an empty letter", (document("d", "LOINC:52050-2", "2026-11-05", content=[]),), "technology_letter"),
    ("power_wheelchair", "a letter of last year", (document("d", "LOINC:52050-2", "2025-11-05"),), "technology_letter"),
    ("knee_replacement", "two sessions", THERAPY[:2], "exercise_from"),
    ("knee_replacement", "a film not yet read", (report("r", "CPT:73564", "2026-09-14", status="registered"),), "film_on"),
    ("knee_replacement", "an injection of two years ago", (procedure("p", "CPT:20610", "2024-10-17"),), "injected"),
    ("knee_replacement", "an A1c of last year", (observation("o", "LOINC:4548-4", 7, "%", "2025-11-01"),), "a1c"),
    ("knee_replacement", "an A1c in another unit", (observation("o", "LOINC:17856-6", 64, "mmol/mol", "2026-11-01"),), "a1c"),
    ("knee_replacement", "a body mass index in error", (observation("o", "LOINC:39156-5", 31, "kg/m2", "2026-11-01", status="entered-in-error"),), "bmi"),
    ("hereditary_cancer_test", "a cousin, who is no close relative", (relative("r", "COUSN", ("ICD10:C50.911", 40)),), "relatives_count"),
    ("hereditary_cancer_test", "a relative entered in error", (relative("r", "MTH", ("ICD10:C50.911", 40), status="entered-in-error"),), "relatives_count"),
    ("hereditary_cancer_test", "a relative's other disease", (relative("r", "MTH", ("ICD10:I10", 40)),), "youngest_age"),
    ("hereditary_cancer_test", "a woman with breast cancer", (relative("r", "MTH", ("ICD10:C50.911", 40)),), "male_relative"),
    ("hereditary_cancer_test", "a test ordered but not reported", (report("r", "CPT:81162", "2026-10-01", status="registered"),), "tested_before"),
    ("adalimumab", "a dose for another time than a week", (_a_day(METHOTREXATE),), "tried_dose"),
    ("adalimumab", "a drug that is still taken", ({**METHOTREXATE, "status": "active"},), "tried_drug"),
    ("adalimumab", "an ALT twice the limit", (METHOTREXATE, {**HIGH_ALT, "valueQuantity": {"value": 80, "code": "U/L"}}), "harm_on"),
    ("adalimumab", "an ALT without a limit to compare with", (METHOTREXATE, {**HIGH_ALT, "referenceRange": []}), "harm_on"),
    ("adalimumab", "an ALT of another year", (METHOTREXATE, {**HIGH_ALT, "effectiveDateTime": "2025-07-25"}), "harm_on"),
    ("adalimumab", "a test for tuberculosis that is positive", (coded_result("tb", "LOINC:71773-6", "SNOMED:10828004", "2026-08-10"),), "tb_result"),
    ("long_acting_opioid", "a benzodiazepine that was ended", (medication_request("m", "RXNORM:6470", "2026-09-01", "stopped"),), "benzodiazepine"),
    ("long_acting_opioid", "naloxone of two years ago", (medication_request("m", "RXNORM:7242", "2024-08-15"),), "naloxone"),
    ("long_acting_opioid", "a short-acting opioid never given", (medication_request("m", "RXNORM:7804", "2026-08-15", "cancelled"),), "short_acting_since"),
    ("long_acting_opioid", "pain without cancer", (condition("c", "ICD10:G89.4"),), "exemptions"),
    ("infliximab", "an infusion that was not given", (administration("a", "HCPCS:Q5103", "2026-10-01", "not-done"),), "last_infusion_on"),
    ("infliximab", "a C-reactive protein in another unit", (observation("o", "LOINC:1988-5", 1.8, "mg/dL", "2026-11-05"),), "crp"),
    ("infliximab", "liver values in error", (observation("o", "LOINC:1742-6", 22, "U/L", "2026-11-05", status="entered-in-error"),), "alt_on"),
    ("residential_sud", "a disorder in remission", (condition("c", "ICD10:F11.20", clinical="remission"),), "disorder"),
    ("residential_sud", "a medicine that was stopped", (medication_request("m", "RXNORM:1819", "2026-10-01", "stopped"),), "medicine"),
    ("residential_sud", "a note that was replaced", (document("d", "LOINC:11506-3", "2026-11-20", status="superseded"),), "observed_on"),
    ("partial_hospitalization", "a disorder in remission", (condition("c", "ICD10:F10.20", clinical="remission"),), "disorder"),
    ("partial_hospitalization", "what was said of home two months ago", (home_is_safe("LA33-6", "2026-09-18"),), "nights"),
    ("partial_hospitalization", "somebody who was not sure", (home_is_safe("LA14072-5"),), "nights"),
    ("partial_hospitalization", "an order without days", (service_request("o", "HCPCS:H0035", "2026-11-20"),), "days_needed"),
    ("partial_hospitalization", "an order that was revoked", ({**weekly("o", "HCPCS:H0035", 5), "status": "revoked"},), "days_needed"),
    ("partial_hospitalization", "an order for so many days a month", (_a_month(weekly("o", "HCPCS:H0035", 5)),), "days_needed"),
    ("partial_hospitalization", "a step down of last month", ({**STEP_DOWN, "occurrenceDateTime": "2026-10-07"},), "next_step_on"),
    ("intensive_outpatient", "an order for more intense care", (weekly("o", "HCPCS:H0035", 5),), "days_needed"),
    ("intensive_outpatient", "the same care once more", (service_request("n", "HCPCS:H0015", "2026-11-19", occurrenceDateTime="2026-12-07"),), "next_step_on"),
    ("emergency_inpatient", "a visit to the emergency room a week before", (STAY, visit("v", "2026-11-07", class_="EMER")), "emergency"),
    ("emergency_inpatient", "a lactate of the third day", (STAY, observation("o", "LOINC:2524-7", 4.1, "mmol/L", "2026-11-17")), "unstable"),
    ("emergency_inpatient", "a lactate within limits", (STAY, observation("o", "LOINC:2524-7", 1.1, "mmol/L", "2026-11-14")), "unstable"),
    ("emergency_inpatient", "a note of the second day", (STAY, document("d", "LOINC:11506-3", "2026-11-15")), "later_notes"),
]
