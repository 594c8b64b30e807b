"""Peer-to-peer: the treating clinician and a physician of the plan talk before a denial becomes final (domain §4.6, F68-F73).

One conversation is one value; what may follow what is written here once. It never stops the clock of the request.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from fhir_pa.um.case.review import Decision, Reviewer
from fhir_pa.um.clocks.calendar import after, spoken
from fhir_pa.um.deciding.determination import Signature
from ig_profiles.outcome import Conflict, Forbidden, Unprocessable

WINDOW, SHORTEST = timedelta(hours=72), timedelta(hours=24)
LEFT = timedelta(hours=4)  # what must remain of the legal time for the decision that follows
REMIND_LAST = timedelta(hours=4)


class Stage(StrEnum):
    """Where a conversation stands."""

    OFFERED = "offered"
    SCHEDULED = "scheduled"
    HELD = "held"
    DECLINED = "declined"
    MISSED_BY_PROVIDER = "missed by the provider"
    MISSED_BY_PLAN = "missed by the plan"
    NO_TIME = "no time left to offer it"
    NOT_NEEDED = "no longer needed"


class Outcome(StrEnum):
    """What the conversation changed in the reviewer's mind."""

    PERSUADED = "persuaded"
    PARTLY = "partly persuaded"
    NOT_PERSUADED = "not persuaded"


OPEN = frozenset({Stage.OFFERED, Stage.SCHEDULED})


@dataclass(frozen=True)
class Clinician:
    """The treating clinician as he or she joins the call: name, credentials in words, number to call."""

    name: str
    credentials: str = ""
    npi: str | None = None
    phone: str | None = None


@dataclass(frozen=True)
class PeerToPeer:
    """One offer of a conversation about some items, and what became of it.

    ``intended`` is the decision the physician drafted, ``drafted_by`` that physician; nothing of it is told as decided.
    ``until`` is the last moment at which it may be held. ``specialties`` are the fields the plan's physician should know
    (NUCC codes). ``reviewer`` is the plan's physician in the call, who need not be the drafter.
    """

    number: int
    items: tuple[int, ...]
    intended: Decision
    drafted_by: Signature
    offered_at: datetime
    until: datetime
    stage: Stage = Stage.OFFERED
    specialties: tuple[str, ...] = ()
    call_at: datetime | None = None
    clinician: Clinician | None = None
    reviewer: Signature | None = None
    outcome: Outcome | None = None
    closed_at: datetime | None = None
    note: str = ""

    @property
    def is_open(self) -> bool:
        """Whether it may still be held."""
        return self.stage in OPEN

    @property
    def stays_with_the_plan(self) -> bool:
        """Whether the plan missed it: then a denial needs a new offer, if the clock still allows one."""
        return self.stage is Stage.MISSED_BY_PLAN

    def schedule(self, call_at: datetime, clinician: Clinician, reviewer: Reviewer, at: datetime) -> PeerToPeer:
        """The conversation with its time; a physician of the plan is named, whose field fits where a field is wanted.

        Raises Unprocessable for a time outside the window, Forbidden for somebody who may not hold it.
        """
        self._refuse_closed()
        if not at <= call_at <= self.until:
            raise Unprocessable(f"The call must lie between now and {spoken(self.until, at)}. Choose a time within that.", expression="call_at")
        signature = self._signature(reviewer, at)
        return replace(self, stage=Stage.SCHEDULED, call_at=call_at, clinician=_named(clinician), reviewer=signature)

    def hold(self, outcome: Outcome, clinician: Clinician, reviewer: Reviewer, note: str, at: datetime) -> PeerToPeer:
        """The conversation took place; both clinicians are recorded with their credentials, and what was said."""
        self._refuse_closed()
        if not note.strip():
            raise Unprocessable("Record what was said, in a sentence or two: it is part of the case.", expression="note")
        signature = self._signature(reviewer, at)
        changed = replace(self, stage=Stage.HELD, outcome=outcome, clinician=_named(clinician), reviewer=signature)
        return replace(changed, closed_at=at, note=note.strip())

    def close(self, stage: Stage, note: str, at: datetime) -> PeerToPeer:
        """The conversation did not take place: declined, missed by one side, or no longer needed, each with its cause."""
        self._refuse_closed()
        if stage in OPEN or stage in (Stage.HELD, Stage.NO_TIME):
            raise Unprocessable(f"A conversation that was not held is declined, missed or no longer needed, not '{stage}'.", expression="stage")
        if not note.strip():
            raise Unprocessable("Say why the conversation did not take place.", expression="note")
        return replace(self, stage=stage, closed_at=at, note=note.strip())

    def lapsed(self, at: datetime) -> bool:
        """Whether the window closed with nobody having called; one that was scheduled waits for its record."""
        return self.stage is Stage.OFFERED and at > self.until

    def reminders(self) -> tuple[datetime, ...]:
        """When to remind: at half of the window, and when four hours of it are left."""
        moments = {self.offered_at + (self.until - self.offered_at) / 2, self.until - REMIND_LAST}
        return tuple(sorted(moment for moment in moments if moment > self.offered_at))

    def _signature(self, reviewer: Reviewer, at: datetime) -> Signature:
        from_drafter = reviewer.signature(self.intended.verdict, at)
        if self.specialties and not set(self.specialties) & set(reviewer.specialties):
            wanted = " or ".join(self.specialties)
            text = f"{reviewer.name} does not practise in the field of this service ({wanted}). Choose a physician of that field."
            raise Forbidden(text, expression="reviewer")
        return from_drafter

    def _refuse_closed(self) -> None:
        if not self.is_open:
            raise Conflict(f"Conversation {self.number} is {self.stage} already. Offer a new one, if the clock still allows it.")


def window(offered_at: datetime, legal_due_at: datetime, longest: timedelta = WINDOW) -> datetime | None:
    """Until when a conversation may be held, or None when the law leaves no time for one before the decision.

    The plan's window lies between 24 and 72 hours, and always ends four hours before the decision is due.

    >>> from datetime import UTC
    >>> noon = datetime(2026, 11, 22, 12, tzinfo=UTC)
    >>> window(noon, noon + timedelta(days=7)).isoformat(), window(noon, noon + timedelta(hours=3))
    ('2026-11-25T12:00:00+00:00', None)
    """
    latest = after(legal_due_at, -LEFT)
    if latest <= offered_at:
        return None
    return min(after(offered_at, max(SHORTEST, min(longest, WINDOW))), latest)


def _named(clinician: Clinician) -> Clinician:
    if not clinician.name.strip():
        raise Unprocessable("Name the treating clinician who takes part in the conversation.", expression="clinician")
    return clinician
