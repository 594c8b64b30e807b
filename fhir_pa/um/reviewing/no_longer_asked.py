"""What was asked for and is awaited no more, and whether it came: the same questions one may still be asked about later."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from fhir_pa.um.case.authorization import Authorization
from fhir_pa.um.case.item import Item
from fhir_pa.um.case.transitions import EventKind, State
from fhir_pa.um.deciding.information_request import InformationRequest

_CAME, _REVISED = str(EventKind.EVIDENCE_RECEIVED), str(EventKind.REVISED)


@dataclass(frozen=True)
class Closed:
    """One thing that was wanted for one item; ``came`` tells that the provider sent something for it, else it was decided without."""

    item: Item
    request: InformationRequest
    asked_at: datetime
    came: bool


def no_longer_asked(authorization: Authorization) -> tuple[Closed, ...]:
    """Everything that was asked for of each item and is not asked for now, by kind of document, in its last wording."""
    pended = {item.sequence for item in authorization.pended}
    return tuple(closed for item in authorization.items for closed in _closed(item, item.sequence in pended, authorization))


def _closed(item: Item, pended: bool, authorization: Authorization) -> Iterator[Closed]:
    made = (*item.earlier, item.determination)
    first = {ask.document: each.decided_at for each in reversed(made) for ask in each.asks}
    last = {ask.document: ask for each in made for ask in each.asks}
    open_now = {ask.document for ask in item.determination.asks} if pended else set()
    for document, ask in last.items():
        if document not in open_now:
            yield Closed(item, ask, first[document], _came(item, first[document], authorization))


def _came(item: Item, asked_at: datetime, authorization: Authorization) -> bool:
    """Whether the provider sent or changed something for the item after it was asked, in the order of the trail."""
    asked = next((place for place, event in enumerate(authorization.trail) if event.at == asked_at and event.what not in (_CAME, _REVISED)), -1)
    later = [event for event in authorization.trail[asked + 1 :] if event.at >= asked_at and item.sequence in event.items]
    return any(event.what == _CAME or (event.what == _REVISED and item.state is not State.CANCELLED) for event in later)
