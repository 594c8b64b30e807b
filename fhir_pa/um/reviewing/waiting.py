"""Waiting: what of a case waits for a person, which kind of person, and until when; one line of the worklist."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from fhir_pa.um.case.authorization import Authorization
from fhir_pa.um.case.transitions import State
from fhir_pa.um.clocks.calendar import after
from fhir_pa.um.reviewing.after_denial import evidence_since

PROMISE = "the plan's own promise"
_PHYSICIANS = frozenset({State.IN_REVIEW_PHYSICIAN, State.ADVERSE_INTENDED})


class Waits(StrEnum):
    """What a person is waited for to do."""

    DECIDE = "decide"
    CONVERSE = "conversation"
    APPEAL = "appeal"
    EVIDENCE = "new evidence"


@dataclass(frozen=True)
class Waiting:
    """One thing that waits: until when, by which rule, and for a nurse or a physician."""

    what: Waits
    due_at: datetime
    source: str
    role: str


def waits(authorization: Authorization) -> tuple[Waiting, ...]:
    """Everything of the case that waits for a person, the most urgent first; nothing when it is done."""
    return tuple(sorted(_all(authorization), key=lambda each: each.due_at))


def _all(authorization: Authorization) -> Iterator[Waiting]:
    clock = authorization.clock
    states = {item.state for item in authorization.pended}
    if states:
        what = Waits.CONVERSE if State.ADVERSE_INTENDED in states else Waits.DECIDE
        yield Waiting(what, clock.legal_due_at, clock.source, "physician" if states & _PHYSICIANS else "nurse")
    for appeal in authorization.appeals:
        if appeal.is_open:
            yield Waiting(Waits.APPEAL, appeal.due_at, appeal.source, "physician")
    came_at = evidence_since(authorization)
    if came_at is not None:
        limits = clock.limits
        yield Waiting(Waits.EVIDENCE, after(came_at, limits.internal_urgent if clock.urgent else limits.internal_standard), PROMISE, "physician")
