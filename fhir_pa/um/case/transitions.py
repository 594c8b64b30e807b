"""Which event may follow which state of an item: the table of domain §4.3, its row numbers kept beside the rows.

An item's state is what the payer knows internally; the wire hears the review action of its determination.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from ig_profiles.outcome import Conflict


class State(StrEnum):
    """Where one requested service stands (domain §4.2)."""

    RECEIVED = "received"
    IN_REVIEW_NURSE = "in review by a nurse"
    IN_REVIEW_PHYSICIAN = "in review by a physician"
    ADVERSE_INTENDED = "adverse decision intended"
    CERTIFIED_BY_ENGINE = "certified by the engine"
    CERTIFIED = "certified"
    MODIFIED = "modified"
    DENIED = "denied"
    CANCELLED = "cancelled"
    NOT_NEEDED = "no authorization needed"


class EventKind(StrEnum):
    """What can happen to an item."""

    CERTIFIED_BY_ENGINE = "engine certified"
    REFERRED_TO_NURSE = "engine referred to a nurse"
    REFERRED_TO_PHYSICIAN = "engine referred to a physician"
    ASKED = "reviewer asked for information"
    EVIDENCE_RECEIVED = "evidence received"
    ADVERSE_INTENDED = "reviewer intends an adverse decision"
    CERTIFIED = "reviewer certified"
    MODIFIED = "reviewer modified"
    DENIED = "reviewer denied"
    EXCLUDED = "the policy excludes it"
    NOT_NEEDED = "the policy asks for no authorization"
    REVISED = "provider revised"
    CANCELLED = "provider cancelled"
    REOPENED = "reviewer reopened"
    REFERRED = "reviewer referred to a physician"
    ENDED_EARLY = "plan ended it early"
    APPEALED = "appeal filed"
    OVERTURNED = "appeal overturned"
    PARTLY_OVERTURNED = "appeal partly overturned"


@dataclass(frozen=True)
class Transition:
    """One row: in any of these states this event leads there. ``row`` is the row of domain §4.3."""

    row: str
    states: frozenset[State]
    event: EventKind
    to: State | None  # None: the state stays


PENDING = frozenset({State.IN_REVIEW_NURSE, State.IN_REVIEW_PHYSICIAN, State.ADVERSE_INTENDED})
UNDECIDED = PENDING | {State.RECEIVED}
CERTIFICATIONS = frozenset({State.CERTIFIED_BY_ENGINE, State.CERTIFIED, State.MODIFIED})
_FOLLOWS_OTHERS = frozenset({EventKind.EVIDENCE_RECEIVED, EventKind.OVERTURNED, EventKind.PARTLY_OVERTURNED})  # no step one may simply take
REOPENABLE = frozenset({State.DENIED, State.MODIFIED})

TABLE: tuple[Transition, ...] = (
    Transition("2", UNDECIDED, EventKind.NOT_NEEDED, State.NOT_NEEDED),
    Transition("4, 7", UNDECIDED, EventKind.CERTIFIED_BY_ENGINE, State.CERTIFIED_BY_ENGINE),
    Transition("5, 7", UNDECIDED, EventKind.REFERRED_TO_NURSE, State.IN_REVIEW_NURSE),
    Transition("5, 8", UNDECIDED, EventKind.REFERRED_TO_PHYSICIAN, State.IN_REVIEW_PHYSICIAN),
    Transition("6", PENDING, EventKind.ASKED, None),
    Transition("7", frozenset(State) - {State.CANCELLED}, EventKind.EVIDENCE_RECEIVED, None),
    Transition("9, 11, 13", PENDING, EventKind.CERTIFIED, State.CERTIFIED),
    Transition("10", frozenset({State.IN_REVIEW_NURSE}), EventKind.REFERRED, State.IN_REVIEW_PHYSICIAN),
    Transition("12", PENDING, EventKind.ADVERSE_INTENDED, State.ADVERSE_INTENDED),
    Transition("13, 14", PENDING, EventKind.MODIFIED, State.MODIFIED),
    Transition("14", PENDING, EventKind.DENIED, State.DENIED),
    Transition("15", UNDECIDED, EventKind.EXCLUDED, State.DENIED),
    Transition("16, 17", UNDECIDED | CERTIFICATIONS | {State.NOT_NEEDED}, EventKind.CANCELLED, State.CANCELLED),
    Transition("18", UNDECIDED | CERTIFICATIONS | {State.NOT_NEEDED}, EventKind.REVISED, State.RECEIVED),
    Transition("22", CERTIFICATIONS, EventKind.ENDED_EARLY, State.MODIFIED),
    Transition("23", REOPENABLE, EventKind.APPEALED, None),
    Transition("23", REOPENABLE, EventKind.OVERTURNED, State.CERTIFIED),
    Transition("23", REOPENABLE, EventKind.PARTLY_OVERTURNED, State.MODIFIED),
    Transition("24", REOPENABLE, EventKind.REOPENED, State.IN_REVIEW_PHYSICIAN),
)


def follow(state: State, event: EventKind, sequence: int) -> State:
    """The state after the event, or a Conflict that says what may follow instead.

    >>> follow(State.IN_REVIEW_PHYSICIAN, EventKind.DENIED, 2)
    <State.DENIED: 'denied'>
    """
    for transition in TABLE:
        if transition.event is event and state in transition.states:
            return transition.to or state
    may = sorted({row.event.value for row in TABLE if state in row.states and row.event not in _FOLLOWS_OTHERS})
    raise Conflict(f"Item {sequence} is {state}; '{event}' does not follow from that. What may follow: {', '.join(may) or 'nothing'}.")
