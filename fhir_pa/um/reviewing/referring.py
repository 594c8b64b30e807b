"""Referring: who looked first hands an item on to a physician, with what was seen; nobody but a physician may decide against it (§4.3 row 10)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from fhir_pa.um.case.authorization import Authorization
from fhir_pa.um.case.item import Event
from fhir_pa.um.case.review import Reviewer
from fhir_pa.um.case.transitions import EventKind
from ig_profiles.outcome import Forbidden, Unprocessable

REFERS = frozenset({"nurse", "physician", "clerk"})


def refer(authorization: Authorization, sequences: tuple[int, ...], because: str, reviewer: Reviewer, at: datetime) -> Authorization:
    """The case with these items in review by a physician; the provider hears the same as before.

    Raises Forbidden when this person reviews nothing, Unprocessable without items or a reason, Conflict when an item does not
    wait for a nurse.
    """
    if not REFERS & set(reviewer.roles):
        raise Forbidden(f"{reviewer.name} may not refer a service: that takes a nurse, a physician or a clerk.")
    if not sequences:
        raise Unprocessable("A referral names its items. Give at least one sequence.", expression="items")
    if not because.strip():
        raise Unprocessable("Say in one sentence what the physician should look at.", expression="because")
    moved = {}
    for sequence in dict.fromkeys(sequences):
        item = authorization.item(sequence)
        moved[sequence] = item.moved(EventKind.REFERRED, replace(item.determination, decided_at=at))
    return authorization.with_items(moved, Event(at, str(EventKind.REFERRED), reviewer.person, tuple(moved), because.strip()))
