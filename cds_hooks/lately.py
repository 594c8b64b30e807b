"""Lately: what was ordered or done already, in the chart at hand and in one quiet look at the EHR (crd.md §1.5)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from urllib.parse import quote

from cds_hooks.given import Given
from cds_hooks.moments import day
from cds_hooks.prefetch import never_raising
from ig_profiles.reading import Coding, Json, codings, many, text

_CODED = ("code", "codeCodeableConcept", "medicationCodeableConcept")
_DATED = ("authoredOn", "effectiveDateTime", "performedDateTime", "dateTime", "dateWritten", "issued")
_UNDONE = frozenset({"cancelled", "entered-in-error", "revoked", "not-done"})
_BY_CODE = frozenset({"ServiceRequest"})  # US Core makes patient + code mandatory for these


def is_on_file(resources: Iterable[Json], coding: Coding, since: date | None, patient_id: str) -> bool:
    """Whether one of these tells that it was ordered or done for this patient on this day or later; one without a date counts."""
    for resource in resources:
        told = codings([item for name in _CODED for item in many(resource, name)])
        if text(resource, "status") in _UNDONE or _about_another(resource, patient_id) or not any(coding.same_as(each) for each in told):
            continue
        on = next((found for name in _DATED if (found := day(text(resource, name), last=True))), None)
        if on is None or since is None or on >= since:
            return True
    return False


def _about_another(resource: Json, patient_id: str) -> bool:
    named = text(resource, "subject", "reference") or text(resource, "patient", "reference")
    return named is not None and named.rsplit("/", 1)[-1] != patient_id


def search_for(kind: str, coding: Coding, patient_id: str) -> str:
    """The query, relative to the EHR's base, for orders of this kind for this patient.

    >>> search_for("ServiceRequest", Coding("http://loinc.org", "2708-6"), "p1")
    'ServiceRequest?patient=p1&code=http%3A%2F%2Floinc.org%7C2708-6'
    """
    narrowed = f"&code={quote(f'{coding.system}|{coding.code}', safe='')}" if kind in _BY_CODE else "&intent=order" if kind == "MedicationRequest" else ""
    return f"{kind}?patient={quote(patient_id, safe='')}{narrowed}"


def asked_quietly(queries: Sequence[str], house: Given) -> list[Json]:
    """What the EHR answers to these queries; what it does not tell is nobody's trouble: advice is no promise."""
    fetch = house.fetch
    if fetch is None or not queries:
        return []
    found = house.together(never_raising(fetch), tuple(dict.fromkeys(queries)))
    return [each for answer in found if answer is not None for each in _resources(answer)]


def _resources(answer: Json) -> list[Json]:
    if answer.get("resourceType") == "Bundle":
        return [each for each in many(answer, "entry", "resource") if isinstance(each, dict) and each.get("resourceType") != "OperationOutcome"]
    return [] if answer.get("resourceType") == "OperationOutcome" else [answer]
