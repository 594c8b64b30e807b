"""A situation: the calls that bring it about, and for each what must be true of the answer, as words and as FHIRPath."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from ig_profiles.reading import Json

Who = Literal["system", "ehr", "reviewer"]


@dataclass(frozen=True)
class Expected:
    """One thing that holds of an answer: in words, and as a FHIRPath expression over the answer's body."""

    says: str
    fhirpath: str


@dataclass(frozen=True)
class Step:
    """One call. ``path`` begins at the payer's root; names in braces in it were taken from earlier answers.

    ``as_`` is who calls: the provider's ``system`` with an access token, its ``ehr`` with a JWT signed for this very
    address, or a ``reviewer`` of the payer. ``take`` names what later calls need, as FHIRPath over this answer.
    """

    does: str
    path: str
    body: Json | None = None
    method: str = "POST"
    as_: Who = "system"
    status: int = 200
    holds: tuple[Expected, ...] = ()
    take: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Situation:
    """One situation in one guide generation; ``needs`` says what must be there besides the payer."""

    name: str
    guide: str
    title: str
    steps: tuple[Step, ...]
    needs: str = ""
