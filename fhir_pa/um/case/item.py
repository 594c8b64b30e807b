"""Item: one requested service on its way, with every determination it ever had; Event: one line of the trail."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from fhir_pa.um.case.transitions import PENDING, EventKind, State, follow
from fhir_pa.um.deciding.determination import Certify, Determination, ReviewAction
from fhir_pa.um.deciding.exclusion import Answer, Exclude
from fhir_pa.um.deciding.not_needed import NotNeeded
from fhir_pa.um.deciding.request import AuthorizationRequest, RequestedItem


@dataclass(frozen=True)
class Event:
    """One line of the trail: when, what, by whom, about which items, and why."""

    at: datetime
    what: str
    by: str
    items: tuple[int, ...]
    because: str = ""


@dataclass(frozen=True)
class Item:
    """One requested service with its state, its present determination and those that went before."""

    requested: RequestedItem
    state: State
    determination: Determination
    earlier: tuple[Determination, ...] = ()

    @classmethod
    def opened(cls, requested: RequestedItem, answer: Answer, at: datetime) -> Item:
        """The item as it stands in the same exchange, with the engine's answer."""
        return cls(requested, follow(State.RECEIVED, _event(answer), requested.sequence), answer.determination(at))

    @classmethod
    def cancelled_already(cls, requested: RequestedItem, at: datetime) -> Item:
        """An item that arrives cancelled: kept as cancelled."""
        state = follow(State.RECEIVED, EventKind.CANCELLED, requested.sequence)
        return cls(replace(requested, cancelled=True), state, Determination(ReviewAction.CANCELLED, "Cancelled by the provider.", at))

    @property
    def sequence(self) -> int:
        """The number that names this item for life."""
        return self.requested.sequence

    def moved(self, event: EventKind, determination: Determination) -> Item:
        """This item after the event, its present determination kept among the earlier ones."""
        state = follow(self.state, event, self.sequence)
        return replace(self, state=state, determination=determination, earlier=(*self.earlier, self.determination))

    def answered(self, answer: Answer, at: datetime) -> Item:
        """The item after being weighed anew; a reviewer already at work keeps it when the engine has nothing new to say."""
        determination = answer.determination(at)
        unchanged = self.state in PENDING and determination.says_the_same_as(self.determination)
        return self if unchanged else self.moved(_event(answer), determination)

    def revised(self, asked: RequestedItem) -> Item:
        """The item as the provider wishes it now, to be weighed."""
        return replace(self, requested=asked, state=follow(self.state, EventKind.REVISED, self.sequence))

    def cancelled(self, asked: RequestedItem, at: datetime) -> Item:
        """The item after the provider withdrew it."""
        before = self.determination
        determination = Determination(ReviewAction.CANCELLED, "Cancelled by the provider.", at, before.findings, before.edition)
        return replace(self.moved(EventKind.CANCELLED, determination), requested=replace(asked, cancelled=True))

    def known_as(self, request: AuthorizationRequest) -> Item:
        """The item under every trace number this request has for it."""
        named = request.item(self.sequence)
        return replace(self, requested=replace(self.requested, trace_numbers=named.trace_numbers)) if named else self


def engine_events(items: Iterable[Item], at: datetime) -> tuple[Event, ...]:
    """The lines of the trail about what the engine answered."""
    return tuple(Event(at, str(item.determination.action), "engine", (item.sequence,), item.determination.because) for item in items)


def _event(answer: Answer) -> EventKind:
    if isinstance(answer, Certify):
        return EventKind.CERTIFIED_BY_ENGINE
    if isinstance(answer, Exclude):
        return EventKind.EXCLUDED
    if isinstance(answer, NotNeeded):
        return EventKind.NOT_NEEDED
    return EventKind.REFERRED_TO_PHYSICIAN if answer.to == "physician" else EventKind.REFERRED_TO_NURSE
