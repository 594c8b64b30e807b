"""Recoupment: the plan wants back what it paid for a service that a physician, looking back, did not certify (domain F51).

No money moves here: kept is the demand, on whose decision it rests, until when it may be appealed, and what became of it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from fhir_pa.um.deciding.determination import Signature
from ig_profiles.outcome import Conflict, Unprocessable


class Stage(StrEnum):
    """Where a demand stands."""

    NOTICED = "notice written"
    CONTESTED = "under appeal"
    SETTLED = "settled"
    WITHDRAWN = "withdrawn"


OPEN = frozenset({Stage.NOTICED, Stage.CONTESTED})


@dataclass(frozen=True)
class Recoupment:
    """One demand: for which items and claim, how much in US dollars, and the physician's signature it rests on.

    ``appeal_until`` is the last moment to appeal the decision behind it.
    """

    number: int
    items: tuple[int, ...]
    claim: str
    amount: Decimal
    because: str
    rests_on: Signature
    noticed_at: datetime
    noticed_by: str
    appeal_until: datetime
    appeal_to: str
    stage: Stage = Stage.NOTICED
    closed_at: datetime | None = None
    note: str = ""

    @property
    def is_open(self) -> bool:
        """Whether it still stands."""
        return self.stage in OPEN

    def moved(self, stage: Stage, note: str, at: datetime) -> Recoupment:
        """The demand in its next stage, with the reason. Raises Conflict when it is closed, Unprocessable without a reason."""
        if not self.is_open:
            raise Conflict(f"Demand {self.number} is {self.stage} since {self.closed_at}. Write a new one if another decision wants it.")
        if not note.strip():
            raise Unprocessable("Say in one sentence why the demand moves on.", expression="note")
        return replace(self, stage=stage, note=note.strip(), closed_at=None if stage in OPEN else at)
