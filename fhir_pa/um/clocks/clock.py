"""Clocks: when a decision is due by law and by the plan's own promise, and how that may lawfully move.

Times are elapsed time from the first receipt by the plan or its delegate: weekends and holidays count, an hour is an hour
when the clocks change, seven days are 168 hours, the earliest reading (domain §2.6, §4.4). The due time depends on receipt,
line of business, kind, urgency, extension and tolling only, never on what the engine found (§4.9 invariant 5).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from fhir_pa.um.clocks.calendar import after
from fhir_pa.um.clocks.time_limits import Asked, Extension, ExtensionReason, Limits, limits_for
from ig_profiles.outcome import Conflict, Unprocessable


@dataclass(frozen=True)
class Extended:
    """The one extension there was: why, in the payer's words, by whom, when the member was told, and the due time before it."""

    reason: ExtensionReason
    because: str
    by: str
    noticed_at: datetime
    due_before: datetime
    source: str


@dataclass(frozen=True)
class Tolling:
    """The time the clock is held for the claimant's answer: since when, until when at the latest, and when the answer came."""

    since: datetime
    answer_by: datetime
    answered_at: datetime | None = None


@dataclass(frozen=True)
class Clock:
    """When the request arrived and when its decision is due.

    While the clock is held, ``legal_due_at`` is the latest due time there can be; an earlier answer brings it forward.
    """

    received_at: datetime
    urgent: bool
    legal_due_at: datetime
    internal_due_at: datetime
    source: str
    line_of_business: str = ""
    asked: Asked = Asked.SERVICE
    extended: Extended | None = None
    tolling: Tolling | None = None

    @classmethod
    def start(cls, received_at: datetime, line_of_business: str, urgent: bool, asked: Asked = Asked.SERVICE) -> Clock:
        """The clock of a request received at this moment; an unknown line of business gets the strictest limits.

        >>> from datetime import UTC
        >>> Clock.start(datetime(2026, 11, 20, 8, tzinfo=UTC), "medicare-advantage", urgent=True).legal_due_at.isoformat()
        '2026-11-23T08:00:00+00:00'
        """
        limits = limits_for(line_of_business, asked)
        legal = limits.urgent if urgent else limits.standard
        internal = limits.internal_urgent if urgent else limits.internal_standard
        return cls(received_at, urgent, after(received_at, legal), after(received_at, internal), limits.source, line_of_business, asked)

    @property
    def limits(self) -> Limits:
        """The row this clock runs by."""
        return limits_for(self.line_of_business, self.asked)

    def is_held(self, at: datetime) -> bool:
        """Whether the clock waits for the claimant at this moment."""
        return self.tolling is not None and self.tolling.answered_at is None and self.tolling.since <= at < self.tolling.answer_by

    def extend(self, reason: ExtensionReason, because: str, by: str, at: datetime) -> Clock:
        """More time, for a reason the law of this line accepts, once, told to the member at this moment.

        Raises Unprocessable when the line, the urgency or the reason allows none, Conflict when it was extended already or
        the time is up.
        """
        if not because.strip():
            raise Unprocessable("An extension tells its reason. Write one plain sentence the member can read.", expression="because")
        terms = self._terms(reason)
        if self.extended is not None:
            raise Conflict(f"The time was extended already, on {self.extended.noticed_at.date()}. The law extends once; decide by {self.legal_due_at}.")
        until = self.legal_due_at if terms.notice_within is None else after(self.received_at, terms.notice_within)
        if at > until:
            raise Conflict(f"The member had to be told by {until}, and it is {at}. It is too late to extend; decide now on what is on file.")
        extended = Extended(reason, because.strip(), by, at, self.legal_due_at, terms.source)
        if terms.answer_within is None:
            return replace(self._due(after(self.legal_due_at, terms.longest)), extended=extended)
        tolling = Tolling(at, after(at, terms.answer_within))
        return replace(self, extended=extended, tolling=tolling)._due_when_answered(tolling.answer_by)

    def answered(self, at: datetime) -> Clock:
        """The clock after the claimant answered: held no longer, and due so much earlier. Unchanged when it was not held."""
        if self.tolling is None or not self.is_held(at):
            return self
        return replace(self._due_when_answered(at), tolling=replace(self.tolling, answered_at=at))

    def _due_when_answered(self, at: datetime) -> Clock:
        """The due time when the answer comes then: the time held is added, or a fresh time runs from the answer."""
        assert self.extended is not None and self.tolling is not None
        terms = self._terms(self.extended.reason)
        if terms.decide_after is not None:
            return self._due(after(at, terms.decide_after))
        return self._due(after(self.extended.due_before, terms.longest) + (at - self.tolling.since))

    def _due(self, legal: datetime) -> Clock:
        """The clock due then by law, and by the plan's promise as long before as it was."""
        return replace(self, legal_due_at=legal, internal_due_at=legal - (self.legal_due_at - self.internal_due_at))

    def _terms(self, reason: ExtensionReason) -> Extension:
        offered = self.limits.extension_urgent if self.urgent else self.limits.extension
        found = next((terms for terms in offered if reason in terms.reasons), None)
        if found is not None:
            return found
        what = f"{'an urgent' if self.urgent else 'a standard'} request for {_an(self.asked)} of {self.line_of_business or 'an unknown line of business'}"
        lawful = ", ".join(dict.fromkeys(each for terms in offered for each in terms.reasons))
        if not lawful:
            raise Unprocessable(f"The time for {what} cannot be extended ({self.source}). Decide by {self.legal_due_at}.", expression="reason")
        raise Unprocessable(f"'{reason}' does not extend the time for {what}. Lawful reasons: {lawful}.", expression="reason")


def _an(asked: Asked) -> str:
    return {"i": f"an {asked}", "d": f"a {asked}"}.get(asked[0], str(asked))
