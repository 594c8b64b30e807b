"""Extension of time: a physician takes more time for a lawful reason, or a nurse proposes it; the trail keeps both.

Domain §4.8: software never extends, a nurse proposes, a physician extends and says why.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from fhir_pa.um.case.authorization import Authorization
from fhir_pa.um.case.item import Event
from fhir_pa.um.case.review import Reviewer, Verdict
from fhir_pa.um.clocks.clock import Clock
from fhir_pa.um.clocks.time_limits import ExtensionReason
from ig_profiles.outcome import Conflict, Forbidden

EXTENDED = "time extended"
PROPOSED = "more time proposed"


def extend(authorization: Authorization, reason: ExtensionReason, because: str, reviewer: Reviewer, at: datetime) -> Authorization:
    """The case with more time, or with the proposal in its trail when a nurse asks for it.

    Raises Forbidden when this person may do neither, Conflict when nothing waits for a decision, and what ``Clock.extend``
    raises when the law gives no more time; a proposal that could not be granted is refused at once.
    """
    waiting = tuple(item.sequence for item in authorization.pended)
    may_extend = "physician" in reviewer.roles
    if not may_extend and "nurse" not in reviewer.roles:
        raise Forbidden(f"{reviewer.name} may not extend the time: that takes a physician, and a nurse may propose it. Ask one of them.")
    if may_extend:
        reviewer.signature(Verdict.DENY, at)  # whoever may take time from a member needs what it takes to deny: a valid licence
    if not waiting:
        raise Conflict(f"Every item of {authorization.number} is decided, so there is no time to extend. Reopen an item, if it must be looked at again.")
    extended = _clock(authorization).extend(reason, because, reviewer.person, at)
    said = f"{reason}: {because.strip()} Due {authorization.clock.legal_due_at.isoformat()}, then {extended.legal_due_at.isoformat()}."
    event = Event(at, EXTENDED if may_extend else PROPOSED, reviewer.person, waiting, said)
    clock = extended if may_extend else authorization.clock
    return replace(authorization, clock=clock, trail=(*authorization.trail, event), revision=authorization.revision + 1)


def _clock(authorization: Authorization) -> Clock:
    """Its clock; one that was kept before clocks knew their line of business learns it from the request."""
    clock = authorization.clock
    return clock if clock.line_of_business else replace(clock, line_of_business=authorization.request.line_of_business)
