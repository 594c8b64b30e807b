"""Overrides: the reasons a clinician may give for not following a card, in a small code system of the payer's own.

CDS Hooks 2.0 §Overrides: each reason has a display. The codes come back in feedback, so they are never reused.
"""

from __future__ import annotations

from ig_profiles.reading import Coding, Json

_INSTEAD = {
    "tried-before": "Tried before, without enough effect or with harm",
    "not-for-this-patient": "Not safe or not possible for this patient",
    "other-question": "Does not do what is needed here",
    "patient-prefers-order": "The patient prefers what is ordered",
}
_BESIDE = {
    "done-elsewhere": "Done or ordered elsewhere already",
    "not-for-this-patient": _INSTEAD["not-for-this-patient"],
    "later": "Will be ordered later",
}


def instead(public_url: str) -> tuple[Coding, ...]:
    """Reasons against ordering something else."""
    return _codings(_INSTEAD, public_url)


def beside(public_url: str) -> tuple[Coding, ...]:
    """Reasons against ordering something besides."""
    return _codings(_BESIDE, public_url)


def code_system(public_url: str) -> Json:
    """The code system itself, as FHIR: what its canonical address answers."""
    reasons = _INSTEAD | _BESIDE
    return {
        "resourceType": "CodeSystem",
        "id": "override-reason",
        "url": _system(public_url),
        "name": "OverrideReason",
        "title": "Reasons for not following a card",
        "status": "active",
        "experimental": False,
        "caseSensitive": True,
        "content": "complete",
        "count": len(reasons),
        "concept": [{"code": code, "display": display} for code, display in reasons.items()],
    }


def _codings(reasons: dict[str, str], public_url: str) -> tuple[Coding, ...]:
    return tuple(Coding(_system(public_url), code, display) for code, display in reasons.items())


def _system(public_url: str) -> str:
    return f"{public_url}/CodeSystem/override-reason"
