"""Admission and discharge dates a 2.2 answer gives back on what it certifies (pas.md §1.4 rule 37)."""

from __future__ import annotations

from fhir_pa.pas import extensions as ext
from fhir_pa.pas.answering import Answering
from fhir_pa.pas.extensions import simple
from ig_profiles.names import PAS_TEMP_CODES
from ig_profiles.reading import Json, code_in, many


def stay(answering: Answering) -> list[Json | None]:
    """The extensions with the dates asked for in the Claim's supporting information."""
    found: list[Json | None] = []
    for node in many(answering.received.claim.resource, "supportingInfo"):
        kind = code_in(node.get("category"), PAS_TEMP_CODES) if isinstance(node, dict) else None
        if kind == "admissionDates":
            found.append(simple(ext.ADMISSION_DATES, "Date", node.get("timingDate")) or simple(ext.ADMISSION_DATES, "Period", node.get("timingPeriod")))
        elif kind == "dischargeDates":
            found.append(simple(ext.DISCHARGE_DATE, "Date", node.get("timingDate")))
    return found
