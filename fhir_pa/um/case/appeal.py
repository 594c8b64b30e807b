"""Appeal: somebody asks that a decision against the member be looked at again, by someone who had no part in it (domain §4.7).

One appeal is one value: who asked, at which level, until when it is to be decided, by whom, and what came of it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from fhir_pa.um.case.appeal_levels import Level
from fhir_pa.um.clocks.calendar import after
from fhir_pa.um.deciding.determination import Signature
from ig_profiles.outcome import Conflict, Unprocessable


class Appellant(StrEnum):
    """Who may ask."""

    MEMBER = "member"
    REPRESENTATIVE = "representative"
    PROVIDER = "provider"


class Stage(StrEnum):
    """Where an appeal stands."""

    FILED = "filed"
    ASSIGNED = "assigned"
    DECIDED = "decided"


class Outcome(StrEnum):
    """What came of it."""

    OVERTURNED = "overturned"
    PARTLY = "partly overturned"
    UPHELD = "upheld"
    DISMISSED = "dismissed"
    WITHDRAWN = "withdrawn"


ON_THE_MERITS = frozenset({Outcome.OVERTURNED, Outcome.PARTLY, Outcome.UPHELD})


@dataclass(frozen=True)
class Filing:
    """What the appellant sent: on which items, why, whether the health of the member cannot wait.

    ``consent``: the member's written consent is on file, where somebody else asks. ``good_cause`` is why it comes late, as
    far as the plan accepts it. ``continue_benefits`` asks that care certified before go on meanwhile (Medicaid).
    """

    items: tuple[int, ...]
    by: Appellant
    name: str
    because: str
    expedited: bool = False
    consent: bool = False
    good_cause: str = ""
    continue_benefits: bool = False


@dataclass(frozen=True)
class Appeal:
    """One appeal at one level (1 is the first). ``deciders`` are those whose decisions it is about: none of them may hear it."""

    number: int
    level: int
    name: str
    filing: Filing
    filed_at: datetime
    due_at: datetime
    source: str
    ours: bool = True
    deciders: tuple[str, ...] = ()
    stage: Stage = Stage.FILED
    reviewer: Signature | None = None
    extended_because: str = ""
    outcome: Outcome | None = None
    because: str = ""
    new_evidence: bool = False
    decided_at: datetime | None = None
    carry_out_by: datetime | None = None

    @property
    def items(self) -> tuple[int, ...]:
        """The items it is about."""
        return self.filing.items

    @property
    def is_open(self) -> bool:
        """Whether it waits for its outcome."""
        return self.stage is not Stage.DECIDED

    def assigned(self, reviewer: Signature) -> Appeal:
        """The appeal with who hears it."""
        self._refuse_decided()
        return replace(self, stage=Stage.ASSIGNED, reviewer=reviewer)

    def extended(self, level: Level, because: str) -> Appeal:
        """The appeal with more time, once, where its level allows it and the reason is in the member's interest."""
        self._refuse_decided()
        if level.extension is None:
            raise Unprocessable(f"The time for the {self.name} cannot be extended ({self.source}). Decide by {self.due_at.isoformat()}.", expression="act")
        if self.extended_because:
            raise Conflict(f"The time was extended already. Decide by {self.due_at.isoformat()}.")
        if not because.strip():
            raise Unprocessable("Say why more time is in the member's interest; the member is told.", expression="because")
        return replace(self, due_at=after(self.due_at, level.extension), extended_because=because.strip())

    def decided(self, outcome: Outcome, because: str, new_evidence: bool, level: Level, at: datetime) -> Appeal:
        """The appeal with its outcome; what is overturned is to be carried out in the time the level gives."""
        self._refuse_decided()
        if not because.strip():
            raise Unprocessable("The outcome of an appeal tells its reason. Write a sentence the member can read.", expression="because")
        wins = outcome in (Outcome.OVERTURNED, Outcome.PARTLY)
        carried_out = after(at, level.effectuate) if wins and not self.ours else None
        changed = replace(self, stage=Stage.DECIDED, outcome=outcome, because=because.strip(), new_evidence=new_evidence)
        return replace(changed, decided_at=at, carry_out_by=carried_out)

    def _refuse_decided(self) -> None:
        if not self.is_open:
            raise Conflict(f"Appeal {self.number} was decided on {self.decided_at}: {self.outcome}. The next level is an appeal of its own.")
