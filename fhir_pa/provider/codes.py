"""The X12 and PAS codes this provider writes and reads, each with our own plain word for it."""

from __future__ import annotations

REVIEW_ACTIONS = {
    "A1": "certified",
    "A2": "certified in part",
    "A3": "not certified",
    "A4": "pended",
    "A6": "modified",
    "C": "cancelled",
    "CT": "contact the payer",
    "NA": "no authorization needed",
}
CERTIFIED, NOT_CERTIFIED, PENDED = "A1", "A3", "A4"
MODIFIED, WITHDRAWN, NOT_NEEDED = "A6", "C", "NA"

HEALTH_SERVICES_REVIEW = "HS"
INITIAL, REVISED, CANCELLED, APPEALED = "I", "S", "3", "2"
EQUIPMENT_RENTAL, SCAN, MEDICAL_CARE, PHARMACY, SUBSTANCE_USE_CARE = "18", "62", "1", "88", "AI"
AT_HOME, OUTPATIENT_HOSPITAL, IN_OFFICE, RESIDENTIAL_PLACE = "12", "22", "11", "55"
UNIT_CODES = {"unit": "UN", "days": "DA"}
ORDERING = "DK"
GIVES_THE_SERVICE = "SJ"
REPORT_ON_FORM, REPORT_RADIOLOGY, REPORT_PROGRESS, REPORT_DIAGNOSTIC = "77", "RR", "09", "DG"

REPORT_OF_KIND = {"QuestionnaireResponse": REPORT_ON_FORM, "DiagnosticReport": REPORT_RADIOLOGY, "Observation": REPORT_DIAGNOSTIC}
