"""After a decision against the member evidence may still come: a person looks at it, and reopens the case or lets it stand.

Software never turns such a decision, and never leaves what came lying unseen (domain §4.3 row 24).
"""

from __future__ import annotations

from datetime import datetime

from fhir_pa.um.case.authorization import Authorization
from fhir_pa.um.case.item import Event
from fhir_pa.um.case.review import Reviewer, Verdict
from fhir_pa.um.case.transitions import REOPENABLE, EventKind
from ig_profiles.outcome import Conflict, Unprocessable

STANDS = "decision stands"


def evidence_since(authorization: Authorization) -> datetime | None:
    """When the first evidence came at which nobody has looked since the decision against the member; None when there is none."""
    decided = [item.determination.decided_at for item in authorization.items if item.state in REOPENABLE]
    if not decided:
        return None
    looked = max([min(decided), *(event.at for event in authorization.trail if event.what == STANDS)])
    return next((event.at for event in authorization.trail if event.what == EventKind.EVIDENCE_RECEIVED and event.at > looked), None)


def let_stand(authorization: Authorization, because: str, reviewer: Reviewer, at: datetime) -> Authorization:
    """The case with a physician's word that what came does not change the decision.

    Raises Forbidden when this person is no physician with a licence, Unprocessable without a reason, Conflict when nothing new came.
    """
    reviewer.signature(Verdict.DENY, at)
    if not because.strip():
        raise Unprocessable("Say in one sentence why what came does not change the decision.", expression="because")
    if evidence_since(authorization) is None:
        raise Conflict(f"No evidence came for {authorization.number} since it was decided or last looked at.")
    items = tuple(item.sequence for item in authorization.items if item.state in REOPENABLE)
    return authorization.with_items({}, Event(at, STANDS, reviewer.person, items, because.strip()))
