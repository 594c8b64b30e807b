"""What the facts should find in the charts, and what they should pass over: data for ``test_policies_facts``."""

from __future__ import annotations

from datetime import date
from typing import Any

from ig_profiles.reading import Json
from tests.questionnaires.charts import SESSIONS
from tests.questionnaires.us_core import condition, medication_request, report

SIX_WEEKS = {
    "symptoms_since": date(2026, 9, 20),
    "radicular": True,
    "care_kind": "therapist",
    "care_from": date(2026, 10, 1),
    "care_until": date(2026, 11, 15),
    "medicine_tried": True,
}
COMPLAINT = {"symptoms_since": date(2026, 9, 20), "radicular": True}

LOOKED_FOR: dict[str, dict[str, Any]] = {  # by chart: every fact that has a value there
    "lumbar_mri/six-weeks": SIX_WEEKS,
    "lumbar_mri/two-sessions": {**COMPLAINT, "medicine_tried": True},
    "lumbar_mri/foot-drop": {**COMPLAINT, "red_flags": ["weakness"]},
    "lumbar_mri/old-cancer": COMPLAINT,
    "lumbar_mri/mri-in-june": {**SIX_WEEKS, "mri_last_year": True},
    "lumbar_mri/after-surgery": {**SIX_WEEKS, "contrast_reason": ["after_surgery"]},
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
]
