"""What every part of an answer needs at hand: the authorization, the request it answers, the echo, the notes.

``guide`` is ``2.0.1`` or ``2.2``; ``base_url`` the FHIR base of that guide, without a slash at its end. ``form`` says to
whom: ``submit`` and ``notification`` give the response of a submission, ``inquiry`` that of an inquiry.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from fhir_pa.pas.echo import Echo, Received
from fhir_pa.pas.ids import stable_uuid
from fhir_pa.pas.notes import Notes
from fhir_pa.um.case.authorization import Authorization
from ig_profiles.names import PAS_PROFILE
from ig_profiles.reading import Json

Form = Literal["submit", "inquiry", "notification"]


@dataclass(frozen=True)
class Answering:
    """One authorization being answered. ``inquiry`` is the Bundle of the one who asks, when that is not the submitter's."""

    authorization: Authorization
    received: Received
    guide: str
    at: datetime
    base_url: str
    form: Form = "submit"
    inquiry: Received | None = None
    echo: Echo = field(default_factory=Echo)
    notes: Notes = field(default_factory=Notes)

    @property
    def is_2_2(self) -> bool:
        """Whether the answer speaks the 2.2 generation."""
        return self.guide != "2.0.1"

    @property
    def asked(self) -> Received:
        """The Bundle this answers: the inquiry, or the submission."""
        return self.inquiry or self.received


def profile(name: str, guide: str) -> Json:
    """meta for a PAS profile of this generation."""
    return {"profile": [f"{PAS_PROFILE}{name}" + ("|2.2.1" if guide != "2.0.1" else "")]}


def claim_response_id(authorization: Authorization) -> str:
    """The id of this authorization's ClaimResponse: its administrative reference, where that makes a FHIR id."""
    reference = authorization.reference
    return reference if re.fullmatch(r"[A-Za-z0-9\-.]{1,64}", reference) else stable_uuid("ClaimResponse", reference)


def claim_response_url(authorization: Authorization, base_url: str) -> str:
    """The fullUrl of this authorization's ClaimResponse, the focus of a 2.0.1 notification."""
    return f"{base_url}/ClaimResponse/{claim_response_id(authorization)}"


def instant(at: datetime) -> str:
    """A FHIR instant to the millisecond.

    >>> from datetime import UTC
    >>> instant(datetime(2026, 11, 21, 10, tzinfo=UTC))
    '2026-11-21T10:00:00.000+00:00'
    """
    return at.isoformat(timespec="milliseconds")
