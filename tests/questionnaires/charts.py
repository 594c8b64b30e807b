"""The charts of the policies' stories, by the name of the bundle a story tells of; every person in them is invented.

``python -m tests.questionnaires.charts`` writes them where the stories look for them; a test keeps both the same.
"""

from __future__ import annotations

import json
from pathlib import Path

from ig_profiles.names import UCUM
from ig_profiles.reading import Json
from questionnaires.library import BUILT_IN
from tests.questionnaires.us_core import (
    administration,
    chart,
    coded_result,
    concept,
    condition,
    device_request,
    document,
    medication_request,
    medication_statement,
    observation,
    patient,
    procedure,
    relative,
    report,
    resource,
    service_request,
    visit,
)

BASTIAN = patient("SYN-02", "Bastian", "Quarles", "1980-05-11", "male")
SCIATICA = condition("radiculopathy", "ICD10:M54.16", onset="2026-09-20", recorded="2026-09-22")
SESSIONS = tuple(procedure(f"session-{day}", "CPT:97110", day) for day in ("2026-10-01", "2026-10-08", "2026-10-22", "2026-11-05", "2026-11-15"))
NAPROXEN = medication_request("naproxen", "RXNORM:198014", "2026-09-25")
BY_REFERENCE = (
    resource("Medication", "tablet", code=concept("RXNORM:198014")),
    medication_request("naproxen", "RXNORM:198014", "2026-09-25", medicationCodeableConcept=None, medicationReference={"reference": "Medication/tablet"}),
)
LUMBAR_ORDER = service_request("order", "CPT:72148", "2026-11-20")

THANDEKA = patient("SYN-08", "Thandeka", "Mwirigi", "1971-02-19", "female")
APNEA = condition("apnea", "ICD10:G47.33", recorded="2026-10-24")
SNORING = visit("visit-snoring", "2026-10-05", "ICD10:R06.83")
HOME_TEST = procedure("home-test", "CPT:95806", "2026-10-20")
PAP_ORDER = device_request("order", "HCPCS:E0601", "2026-11-20", "draft")
PAP_IN_USE = device_request("first-order", "HCPCS:E0601", "2026-08-17", "completed", occurrenceDateTime="2026-08-20")
SEEN_AGAIN = visit("visit-again", "2026-10-05", "ICD10:G47.33")

LIV = patient("SYN-16", "Liv", "Abernethy", "1991-12-03", "female")
ALCOHOL = condition("disorder", "ICD10:F10.20", onset="2024-05-01", recorded="2026-11-02")
COUNSELING = service_request("next", "HCPCS:H0004", "2026-11-19", occurrencePeriod={"start": "2026-12-19"})
STEP_DOWN = service_request("next", "HCPCS:H0015", "2026-11-19", status="draft", occurrenceDateTime="2026-12-07")


def weekly(identity: str, code: str, days: int) -> Json:
    """An order for care on so many days of each week."""
    return service_request(identity, code, "2026-11-20", occurrenceTiming={"repeat": {"frequency": days, "period": 1, "periodUnit": "wk"}})


def home_is_safe(answer: str, on: str = "2026-11-18") -> Json:
    """What the patient said when asked whether it is safe where she lives."""
    return coded_result("home", "LOINC:93026-3", f"LOINC:{answer}", on)


def _index(value: float) -> Json:
    return observation("ahi", "LOINC:69990-0", value, "{events}/h", "2026-10-20", "procedure")


JUNIA = patient("SYN-12", "Junia", "Tavistock", "1977-07-30", "female")
ALS = condition("als", "ICD10:G12.21", onset="2025-01-15", recorded="2025-03-02")
ABOUT_MOBILITY = visit("visit-mobility", "2026-10-28", "ICD10:G12.21")
WEIGHT = observation("weight", "LOINC:29463-7", 68, "kg", "2026-10-28", "vital-signs")
SEATING = procedure("seating", "CPT:97542", "2026-11-03")
LETTER = document("letter", "LOINC:52050-2", "2026-11-05")
CHAIR_ORDER = device_request("order", "HCPCS:K0861", "2026-11-10")


RURIK = patient("SYN-10", "Rurik", "Abeyratne", "1959-09-08", "male")
WORN_KNEE = (
    condition("arthritis", "ICD10:M17.11", onset="2023-05-01"),
    report("film", "CPT:73564", "2026-09-14", "Medial joint space lost."),
    medication_request("meloxicam", "RXNORM:152695", "2026-06-01"),
    observation("bmi", "LOINC:39156-5", 31.2, "kg/m2", "2026-11-02", "vital-signs"),
)
THERAPY = tuple(procedure(f"session-{day}", "CPT:97110", day) for day in ("2026-06-15", "2026-07-13", "2026-08-17", "2026-09-21"))
INJECTION = procedure("injection", "CPT:20610", "2026-10-17")
SUGAR = (condition("diabetes", "ICD10:E11.65"), observation("a1c", "LOINC:4548-4", 8.9, "%", "2026-10-30"))


YUSRA = patient("SYN-09", "Yusra", "Delacroix", "1985-06-17", "female")
BREAST_CANCER = condition("breast-cancer", "ICD10:C50.911", onset="2026-09-30", recorded="2026-10-02")


MIRELA = patient("SYN-03", "Mirela", "Stoyanova-Vane", "1988-01-23", "female")
ARTHRITIS = condition("arthritis", "ICD10:M05.79", onset="2024-02-01")
METHOTREXATE = medication_statement(
    "methotrexate", "RXNORM:6851", "2026-06-01", "2026-07-27", "SNOMED:281647001", milligrams_a_week=15, dateAsserted="2026-07-28"
)
HIGH_ALT = observation("alt", "LOINC:1742-6", 126, "U/L", "2026-07-25", referenceRange=[{"high": {"value": 40, "code": "U/L"}}])
SCREENED = (
    coded_result("tb", "LOINC:71773-6", "SNOMED:260385009", "2026-08-10"),
    coded_result("hepatitis-b", "LOINC:5195-3", "SNOMED:260385009", "2026-08-10"),
)


def _supply(code: str, count: int, days: int) -> Json:
    supply = {"quantity": {"value": count}, "expectedSupplyDuration": {"value": days, "unit": "days", "system": UCUM, "code": "d"}}
    return medication_request("order", code, "2026-11-20", "draft", dispenseRequest=supply)


def _pens(count: int) -> Json:
    return _supply("RXNORM:327361", count, 28)


PETRA = patient("SYN-07", "Petra", "Lindqvist-Oyelaran", "1968-04-04", "female")
OTHER_CARE = (
    condition("pain", "ICD10:G89.4"),
    medication_request("oxycodone", "RXNORM:7804", "2026-08-15"),
    medication_request("duloxetine", "RXNORM:72625", "2026-05-01"),
    procedure("exercise", "CPT:97110", "2026-07-01"),
    _supply("RXNORM:1860129", 60, 30),
)
NALOXONE = medication_request("naloxone", "RXNORM:7242", "2026-08-15")


ANSEL = patient("SYN-11", "Ansel", "Brightwater", "1993-12-02", "male")
INFLAMED = (
    condition("crohn", "ICD10:K50.90", onset="2024-05-01"),
    observation("weight", "LOINC:29463-7", 80, "kg", "2026-11-10", "vital-signs"),
    observation("crp", "LOINC:1988-5", 18.5, "mg/L", "2026-11-05"),
    observation("calprotectin", "LOINC:38445-3", 640, "ug/g", "2026-11-05"),
    observation("alt", "LOINC:1742-6", 22, "U/L", "2026-11-05"),
    *SCREENED,
)


KESTREL = patient("SYN-05", "Kestrel", "Amdahl", "1997-08-11", "male")
IN_TREATMENT = (condition("disorder", "ICD10:F11.20"), medication_request("buprenorphine", "RXNORM:1819", "2026-11-10"))
PLAN = document("plan", "LOINC:18823-5", "2026-11-18")


DOV = patient("SYN-06", "Dov", "Hallarin", "1963-10-10", "male")
STAY = visit("stay", "2026-11-14", class_="IMP", period={"start": "2026-11-14T02:10:00-05:00", "end": "2026-11-20T11:00:00-05:00"})
SEPSIS = (
    visit("emergency", "2026-11-13", class_="EMER"),
    STAY,
    observation("pressure", "LOINC:8478-0", 58, "mm[Hg]", "2026-11-14T02:20:00-05:00", "vital-signs"),
    observation("lactate", "LOINC:2524-7", 4.1, "mmol/L", "2026-11-14T02:40:00-05:00"),
)


CHARTS: dict[str, Json] = {
    "lumbar_mri/six-weeks": chart(BASTIAN, SCIATICA, *SESSIONS, NAPROXEN, LUMBAR_ORDER),
    "lumbar_mri/two-sessions": chart(BASTIAN, SCIATICA, *SESSIONS[:2], NAPROXEN, LUMBAR_ORDER),
    "lumbar_mri/foot-drop": chart(BASTIAN, SCIATICA, condition("foot-drop", "ICD10:M21.371", onset="2026-11-12"), LUMBAR_ORDER),
    "lumbar_mri/old-cancer": chart(BASTIAN, SCIATICA, condition("prostate", "ICD10:Z85.46", recorded="2019-02-01"), LUMBAR_ORDER),
    "lumbar_mri/mri-in-june": chart(BASTIAN, SCIATICA, *SESSIONS, NAPROXEN, report("mri", "CPT:72148", "2026-06-02", "Disc bulge at L4-L5.")),
    "lumbar_mri/after-surgery": chart(BASTIAN, SCIATICA, *SESSIONS, *BY_REFERENCE, procedure("laminotomy", "CPT:63030", "2019-03-14")),
    "cpap/home-test": chart(THANDEKA, APNEA, SNORING, HOME_TEST, _index(22.4), PAP_ORDER),
    "cpap/mild": chart(THANDEKA, APNEA, SNORING, HOME_TEST, _index(9), PAP_ORDER),
    "cpap/mild-with-hypertension": chart(THANDEKA, APNEA, SNORING, HOME_TEST, _index(9), condition("pressure", "ICD10:I10"), PAP_ORDER),
    "cpap/too-mild": chart(THANDEKA, APNEA, SNORING, HOME_TEST, _index(4.2), PAP_ORDER),
    "cpap/after-trial": chart(THANDEKA, APNEA, PAP_IN_USE, SEEN_AGAIN, document("download", "LOINC:52042-9", "2026-10-04"), PAP_ORDER),
    "cpap/no-download": chart(THANDEKA, APNEA, PAP_IN_USE, SEEN_AGAIN, PAP_ORDER),
    "power_wheelchair/als": chart(JUNIA, ALS, ABOUT_MOBILITY, WEIGHT, SEATING, LETTER, CHAIR_ORDER),
    "power_wheelchair/als-without-letter": chart(JUNIA, ALS, ABOUT_MOBILITY, WEIGHT, SEATING, CHAIR_ORDER),
    "power_wheelchair/old-examination": chart(JUNIA, ALS, visit("visit-mobility", "2026-03-02", "ICD10:R26.2"), LETTER, CHAIR_ORDER),
    "power_wheelchair/pounds": chart(
        JUNIA,
        condition("copd", "ICD10:J44.9"),
        visit("visit-mobility", "2026-10-28", "ICD10:R26.89"),
        observation("weight", "LOINC:29463-7", 210, "[lb_av]", "2026-10-28", "vital-signs"),
        device_request("order", "HCPCS:K0823", "2026-11-10"),
    ),
    "knee_replacement/worn-knee": chart(RURIK, *WORN_KNEE, *THERAPY),
    "knee_replacement/without-therapy": chart(RURIK, *WORN_KNEE),
    "knee_replacement/injected-in-october": chart(RURIK, *WORN_KNEE, *THERAPY, INJECTION),
    "knee_replacement/high-sugar": chart(RURIK, *WORN_KNEE, *THERAPY, *SUGAR),
    "hereditary_cancer_test/breast-cancer": chart(YUSRA, BREAST_CANCER, procedure("counseling", "CPT:96041", "2026-11-10")),
    "hereditary_cancer_test/family": chart(
        YUSRA,
        relative("mother", "MTH", ("ICD10:C50.911", 43)),
        relative("aunt", "MAUNT", ("SNOMED:363443007", 61)),
        relative("sister", "SIS", ("ICD10:I10", 30)),
    ),
    "hereditary_cancer_test/uncle": chart(YUSRA, relative("uncle", "PUNCLE", ("SNOMED:254837009", 66))),
    "hereditary_cancer_test/known-variant": chart(YUSRA, relative("mother", "MTH", ("ICD10:C56.1", 58), ("ICD10:Z15.02", None))),
    "hereditary_cancer_test/tested-before": chart(YUSRA, BREAST_CANCER, report("genes", "CPT:81162", "2021-04-01", "No variant found.")),
    "adalimumab/hepatotoxicity": chart(MIRELA, ARTHRITIS, METHOTREXATE, HIGH_ALT, *SCREENED, _pens(2)),
    "adalimumab/late-record": chart(MIRELA, ARTHRITIS, {**METHOTREXATE, "dateAsserted": "2026-11-18"}, HIGH_ALT, *SCREENED, _pens(2)),
    "adalimumab/four-pens": chart(MIRELA, ARTHRITIS, METHOTREXATE, HIGH_ALT, *SCREENED, _pens(4)),
    "adalimumab/allergy": chart(MIRELA, ARTHRITIS, resource("AllergyIntolerance", "allergy", code=concept("RXNORM:6851")), *SCREENED, _pens(2)),
    "long_acting_opioid/chronic-pain": chart(PETRA, *OTHER_CARE, NALOXONE),
    "long_acting_opioid/without-naloxone": chart(PETRA, *OTHER_CARE),
    "long_acting_opioid/benzodiazepine": chart(PETRA, *OTHER_CARE, NALOXONE, medication_request("lorazepam", "RXNORM:6470", "2026-09-01")),
    "long_acting_opioid/cancer-pain": chart(PETRA, condition("cancer-pain", "ICD10:G89.3"), _supply("RXNORM:1860129", 60, 30)),
    "infliximab/loss-of-response": chart(ANSEL, *INFLAMED, administration("infusion", "HCPCS:Q5103", "2026-10-01")),
    "infliximab/brand": chart(ANSEL, *INFLAMED, administration("infusion", "RXNORM:191831", "2026-10-01")),
    "residential_sud/second-week": chart(KESTREL, *IN_TREATMENT, PLAN, document("note", "LOINC:11506-3", "2026-11-20")),
    "residential_sud/old-note": chart(KESTREL, *IN_TREATMENT, PLAN, document("note", "LOINC:11506-3", "2026-11-14")),
    "partial_hospitalization/safe-nights": chart(LIV, ALCOHOL, home_is_safe("LA33-6"), weekly("order", "HCPCS:H0035", 5), STEP_DOWN),
    "partial_hospitalization/unsafe-nights": chart(LIV, ALCOHOL, home_is_safe("LA32-8"), weekly("order", "HCPCS:H0035", 5), STEP_DOWN),
    "partial_hospitalization/three-days": chart(LIV, ALCOHOL, home_is_safe("LA33-6"), weekly("order", "HCPCS:H0035", 3), STEP_DOWN),
    "intensive_outpatient/three-days": chart(LIV, ALCOHOL, weekly("order", "HCPCS:H0015", 3), COUNSELING),
    "intensive_outpatient/one-day": chart(LIV, ALCOHOL, weekly("order", "HCPCS:H0015", 1), COUNSELING),
    "emergency_inpatient/sepsis": chart(DOV, *SEPSIS),
    "emergency_inpatient/sepsis-with-notes": chart(DOV, *SEPSIS, document("note", "LOINC:11506-3", "2026-11-18")),
}


def path_of(name: str) -> Path:
    """Where the story looks for the chart called ``topic/name``."""
    topic, _, file = name.partition("/")
    return BUILT_IN / topic / "cases" / f"{file}.json"


def written(bundle: Json) -> str:
    """The chart as its file has it."""
    return json.dumps(bundle, indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    for name, bundle in CHARTS.items():
        path_of(name).parent.mkdir(exist_ok=True)
        path_of(name).write_text(written(bundle), encoding="utf-8")
