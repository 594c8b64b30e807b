"""What clinicians write: notes as US Core DocumentReference with the words inline, imaging reports as DiagnosticReport."""

from __future__ import annotations

import base64
from datetime import date

from fhir_pa.provider.charts.chart import moment
from fhir_pa.provider.charts.practice import US_CORE, Clinician
from fhir_pa.provider.elements import checked, concept, reference
from ig_profiles.names import CPT, LOINC
from ig_profiles.reading import Json

DOCUMENT_CATEGORY = "http://hl7.org/fhir/us/core/CodeSystem/us-core-documentreference-category"
IMAGING_STUDY = "18748-4"
ONCOLOGY_PLAN = "74156-1"


def note_of(patient: Json, who: Clinician, visit: Json, words: str, name: str, loinc: str, on: date) -> Json:
    """A clinical note written at a visit."""
    written = _document(patient, words, name, loinc, on)
    return checked({**written, "author": [reference(who.practitioner)], "context": {"encounter": [reference(visit)]}})


def report_document(patient: Json, issuer: Json, code: str, words: str, name: str, on: date) -> Json:
    """A scan's report as the document that travels between facilities: the scan by its CPT code and day, the words inline.

    CDex and PAS both take DocumentReference with inline data; PAS 2.2 takes no narrative DiagnosticReport.
    """
    written = {**_document(patient, words, name, IMAGING_STUDY, on), "author": [reference(issuer)], "custodian": reference(issuer)}
    scanned = {"event": [concept(CPT, code)], "period": {"start": str(on), "end": str(on)}}
    return checked({**written, "context": scanned})


def imaging_report(patient: Json, issuer: Json, code: str, label: str, conclusion: str, name: str, on: date) -> Json:
    """A US Core DiagnosticReport of a finished scan, by the scan's CPT code."""
    return checked(
        {
            "resourceType": "DiagnosticReport",
            "id": f"{patient['id']}-{name}",
            "meta": {"profile": [f"{US_CORE}us-core-diagnosticreport-note"]},
            "status": "final",
            "category": [concept(LOINC, "LP29684-5", "Radiology")],
            "code": {"coding": [{"system": CPT, "code": code}, {"system": LOINC, "code": IMAGING_STUDY}], "text": label},
            "subject": reference(patient),
            "effectiveDateTime": moment(on, 11),
            "issued": moment(on, 16),
            "performer": [reference(issuer)],
            "conclusion": conclusion,
            "presentedForm": [_attachment(f"{label}. {conclusion}", label)],
        }
    )


def _document(patient: Json, words: str, name: str, loinc: str, on: date) -> Json:
    return {
        "resourceType": "DocumentReference",
        "id": f"{patient['id']}-{name}",
        "meta": {"profile": [f"{US_CORE}us-core-documentreference"]},
        "status": "current",
        "type": concept(LOINC, loinc),
        "category": [concept(DOCUMENT_CATEGORY, "clinical-note")],
        "subject": reference(patient),
        "date": moment(on, 17),
        "content": [{"attachment": _attachment(words, name)}],
    }


def _attachment(words: str, title: str) -> Json:
    return {"contentType": "text/plain", "data": base64.b64encode(words.encode()).decode(), "title": title}
