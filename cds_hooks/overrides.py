"""Overrides: the reasons a clinician may give for not following a card, in a small code system of the payer's own.

CDS Hooks 2.0 §Overrides: each reason has a display. The codes come back in feedback, so they are never reused.
"""

from __future__ import annotations

from ig_profiles.reading import Coding

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


def _codings(reasons: dict[str, str], public_url: str) -> tuple[Coding, ...]:
    return tuple(Coding(f"{public_url}/CodeSystem/override-reason", code, display) for code, display in reasons.items())
