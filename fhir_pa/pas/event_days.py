"""When a patient event takes place: its own days, those of admission and of discharge, from a Claim's supporting information.

Source: PAS profile-claim-base, slices PatientEvent, AdmissionDates and DischargeDates (pas.md §3.2).
"""

from __future__ import annotations

from datetime import date
from typing import Any

from fhir_pa.pas.bundle import claim_elements
from fhir_pa.pas.dates import full_date, period
from ig_profiles.names import PAS_TEMP_CODES
from ig_profiles.reading import Entry, code_in

Days = tuple[date, date]

EVENT, ADMISSION, DISCHARGE = "patientEvent", "admissionDates", "dischargeDates"


def event_days(claim: Entry, kind: str) -> Days | None:
    """First and last day of the event, the admission or the discharge; None when the Claim does not tell."""
    told = (node for _, node in claim_elements(claim, "supportingInfo") if code_in(node.get("category"), PAS_TEMP_CODES) == kind)
    return next(filter(None, (closed_days(node.get("timingDate") or node.get("timingPeriod")) for node in told)), None)


def closed_days(value: Any) -> Days | None:
    """A date as a period of one day, or a Period, an open end as far as dates go.

    >>> closed_days("2026-11-20")
    (datetime.date(2026, 11, 20), datetime.date(2026, 11, 20))
    >>> closed_days({}) is None
    True
    """
    single = full_date(value)
    if single:
        return single, single
    first, last = period(value)
    return None if first is None and last is None else (first or date.min, last or date.max)
