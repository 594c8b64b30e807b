"""Checkpoint: what of a certified course comes up later, on which day, and what is asked for then, as one calendar (domain F14, F46)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from fhir_pa.um.case.authorization import Authorization
from fhir_pa.um.case.item import Item
from fhir_pa.um.case.transitions import CERTIFICATIONS, EventKind
from fhir_pa.um.on_file.series import next_of
from fhir_pa.um.stays.stay import reviews_of

PATIENCE = timedelta(days=14)  # after which evidence that has not come is asked for once more
CAME = frozenset({str(EventKind.EVIDENCE_RECEIVED), str(EventKind.REVISED)})


class Kind(StrEnum):
    """What comes up."""

    REVIEW = "continued-stay review"
    RESPONSE = "response evidence"
    NEXT = "next of a series"
    END = "last certified day"


@dataclass(frozen=True)
class Checkpoint:
    """One of them: its day, the item it is about, and what the practice sends or does for it."""

    on: date
    item: int
    kind: Kind
    wants: str


def checkpoints(case: Authorization) -> tuple[Checkpoint, ...]:
    """Every checkpoint of what is certified, in order; those that are over among them."""
    found = (each for item in case.items if item.state in CERTIFICATIONS for each in _of(case, item))
    return tuple(sorted(found, key=lambda each: (each.on, each.item, each.kind)))


def response_days(item: Item) -> Iterator[date]:
    """The days on which evidence of the response is due, every so many days from the first certified one until the last."""
    held, edition = item.determination.authorized, item.determination.edition
    if item.state not in CERTIFICATIONS or held is None or edition is None or edition.response_every is None:
        return
    on = held.starts_on + timedelta(days=edition.response_every)
    while on <= held.until:
        yield on
        on += timedelta(days=edition.response_every)


def response_came(case: Authorization, item: Item, on: date) -> bool:
    """Whether anything was sent for the item since the evidence before the one due on this day."""
    edition = item.determination.edition
    since = on - timedelta(days=edition.response_every if edition and edition.response_every else 0)
    return any(event.what in CAME and item.sequence in event.items and event.at.date() > since for event in case.trail)


def _of(case: Authorization, item: Item) -> Iterator[Checkpoint]:
    held = item.determination.authorized
    for review in reviews_of(item):
        plan = ", and the discharge plan" if review.wants_discharge_plan else ""
        yield Checkpoint(review.on, item.sequence, Kind.REVIEW, f"today's need and what would happen at a lower level{plan}")
    for on in response_days(item):
        yield Checkpoint(on, item.sequence, Kind.RESPONSE, "how the treatment works so far: the measure, beside the one before it, each with its day")
    coming = next_of(case, item)
    if coming is not None:
        yield Checkpoint(coming.due_on, item.sequence, Kind.NEXT, f"nothing but the result of the last one; it may be given from {coming.open_on} on")
    if held is not None:
        yield Checkpoint(held.until, item.sequence, Kind.END, "the renewal, or the extension for care that goes on, before this day is over")
