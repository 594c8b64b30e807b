"""Follow-up: work beside reviews, which coordinates, teaches or changes a policy, and decides no service (domain F54, F87, F88, F89).

Case management is a work type of its own: it asks who helps this member next, where a review asks whether a service is certified.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from ig_profiles.outcome import Conflict, Unprocessable


class WorkType(StrEnum):
    """What kind of work; reviews are not among it."""

    CASE_MANAGEMENT = "case management"
    DISCHARGE_PLANNING = "discharge planning"
    CARE_COORDINATION = "care coordination"
    PROVIDER_EDUCATION = "provider education"
    POLICY_CHANGE = "policy change"


@dataclass(frozen=True)
class Attributes:
    """What tells a work type from reviewing: its purpose, what drives it, how far it looks, what failing looks like (F88)."""

    purpose: str
    driver: str
    horizon: str
    failure: str


UTILIZATION_REVIEW = Attributes(
    "is this service certified", "a request and its policy", "one service or stay", "a decision too late, or not by the right person"
)
ATTRIBUTES: dict[WorkType, Attributes] = {
    WorkType.CASE_MANAGEMENT: Attributes(
        "who helps this member next", "the member's needs", "months, over many services", "the member is left alone between two providers"
    ),
    WorkType.DISCHARGE_PLANNING: Attributes(
        "where the member goes next, and when", "the end of a stay", "until the first visit after it", "a stay ends with no place to go"
    ),
    WorkType.CARE_COORDINATION: Attributes("who of several providers does what", "care by several at once", "weeks", "work done twice, or by nobody"),
    WorkType.PROVIDER_EDUCATION: Attributes(
        "notes that speak to the criteria", "what reviews find missing again and again", "a quarter", "the same gap next quarter"
    ),
    WorkType.POLICY_CHANGE: Attributes("a criterion that fits practice", "appeals and variation", "the next edition", "the same overturned denials"),
}
OF_A_MEMBER = frozenset({WorkType.CASE_MANAGEMENT, WorkType.DISCHARGE_PLANNING, WorkType.CARE_COORDINATION})


class Stage(StrEnum):
    """Where it stands."""

    OPEN = "open"
    AT_WORK = "at work"
    DONE = "done"
    DECLINED = "declined"


CLOSED = frozenset({Stage.DONE, Stage.DECLINED})


@dataclass(frozen=True)
class Note:
    """One word on it: when, by whom, in which role."""

    at: datetime
    by: str
    role: str
    says: str


@dataclass(frozen=True)
class FollowUp:
    """One piece of such work: about an authorization (``number``), or about a finding of the figures (``about``)."""

    id: str
    work: WorkType
    because: str
    opened_by: str
    role: str
    opened_at: datetime
    number: str = ""
    about: str = ""
    owner: str | None = None
    stage: Stage = Stage.OPEN
    closed_at: datetime | None = None
    notes: tuple[Note, ...] = ()

    @classmethod
    def open(cls, identity: str, work: WorkType, because: str, by: str, role: str, at: datetime, number: str = "", about: str = "") -> FollowUp:
        """A new one. Raises Unprocessable without a reason, or when nobody can tell what it is about."""
        if not because.strip():
            raise Unprocessable("Say in one sentence why this is needed.", expression="because")
        if work in OF_A_MEMBER and not number:
            raise Unprocessable(f"{work.capitalize()} is for a member: name the authorization it came up with (number).", expression="number")
        if not number and not about.strip():
            raise Unprocessable("Say what it is about: an authorization (number), or a finding of the figures (about).", expression="about")
        return cls(identity, work, because.strip(), by, role, at, number, about.strip())

    @property
    def is_open(self) -> bool:
        """Whether somebody still has to do it."""
        return self.stage not in CLOSED

    def taken(self, owner: str, at: datetime, by: str, role: str) -> FollowUp:
        """In somebody's hands. Raises Conflict when it is closed."""
        self._refuse_closed()
        return replace(self, owner=owner, stage=Stage.AT_WORK)._noted(f"Taken by {owner}.", by, role, at)

    def noted(self, says: str, by: str, role: str, at: datetime) -> FollowUp:
        """With a word on it. Raises Conflict when it is closed, Unprocessable when nothing is said."""
        self._refuse_closed()
        return self._noted(says, by, role, at)

    def closed(self, stage: Stage, says: str, by: str, role: str, at: datetime) -> FollowUp:
        """Done, or declined, with what came of it. Raises Conflict when it is closed already, Unprocessable without a word."""
        self._refuse_closed()
        if stage not in CLOSED:
            raise Unprocessable(f"What is closed is done or declined, not '{stage}'.", expression="stage")
        return replace(self._noted(says, by, role, at), stage=stage, closed_at=at)

    def _noted(self, says: str, by: str, role: str, at: datetime) -> FollowUp:
        if not says.strip():
            raise Unprocessable("Write down what was done or said.", expression="says")
        return replace(self, notes=(*self.notes, Note(at, by, role, says.strip())))

    def _refuse_closed(self) -> None:
        if not self.is_open:
            raise Conflict(f"This is {self.stage} since {self.closed_at}. Open a new one if more is needed.")
