"""Status: is there a valid authorization on file for this service on this day? One plain answer, never silence (F11, F12, F66)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from fhir_pa.um.case.authorization import Authorization
from fhir_pa.um.case.item import Item
from fhir_pa.um.case.transitions import CERTIFICATIONS, PENDING, State
from fhir_pa.um.deciding.determination import Authorized
from fhir_pa.um.on_file.series import next_of, not_due
from fhir_pa.um.on_file.units import left, left_of_step_down
from ig_profiles.reading import Coding


class Standing(StrEnum):
    """What is on file; the first that applies is told, in this order."""

    APPROVED = "approved"
    PENDED = "pended"
    NOT_NEEDED = "no approval needed"
    EXHAUSTED = "used up"
    NOT_DUE = "next one not due yet"
    NOT_YET = "approved for later"
    EXPIRED = "expired"
    ANOTHER_PROVIDER = "approved for another provider"
    REDUCED = "approved as something else"
    DENIED = "not approved"
    NONE = "none on file"


_RANK = list(Standing)


@dataclass(frozen=True)
class Status:
    """The answer. ``number`` is told only to those who may hear it; ``says`` what to do next, in one sentence.

    ``due_on`` is when the next of a series is due, ``open_on`` the first day on which it may be given.
    """

    standing: Standing
    says: str
    number: str = ""
    item: int | None = None
    starts_on: date | None = None
    until: date | None = None
    left: Decimal | None = None
    unit: str | None = None
    due_on: date | None = None
    open_on: date | None = None

    @property
    def is_valid(self) -> bool:
        """Whether the service may be given on this day under it."""
        return self.standing in (Standing.APPROVED, Standing.NOT_NEEDED)


NOTHING = Status(Standing.NONE, "No authorization is on file for this service. If the policy asks for one, submit a request before the service.")


def status(authorizations: Iterable[Authorization], codes: tuple[Coding, ...], on: date, npi: str = "") -> Status:
    """What these authorizations of one member say of the service on that day, for this provider (NPI) where one is named."""
    found = [_of(authorization, item, codes, on, npi) for authorization in authorizations for item in _about(authorization, codes)]
    return min(found, key=lambda each: (_RANK.index(each.standing), each.until is None, -(each.until or date.min).toordinal()), default=NOTHING)


def _about(authorization: Authorization, codes: tuple[Coding, ...]) -> Iterator[Item]:
    for item in authorization.items:
        if item.state is not State.CANCELLED and any(_alike(mine, theirs) for mine in _named(item) for theirs in codes):
            yield item


def _named(item: Item) -> tuple[Coding, ...]:
    """What was asked for, and what is certified in its place."""
    step = item.determination.step_down
    return (*item.requested.service.codes, *([step.service] if step else ()))


def _alike(mine: Coding, theirs: Coding) -> bool:
    """The same code; one asked for without its system is known by the code alone."""
    return mine.same_as(theirs) or (not theirs.system and mine.code == theirs.code)


def _of(authorization: Authorization, item: Item, codes: tuple[Coding, ...], on: date, npi: str) -> Status:
    held, rest, step = item.determination.authorized, left(authorization, item), item.determination.step_down
    if step is not None and any(_alike(step.service, each) for each in codes):
        held, rest = Authorized(step.starts_on, step.until, step.quantity, step.unit), left_of_step_down(authorization, item)
        step = None
    coming = next_of(authorization, item)

    def told(standing: Standing, says: str) -> Status:
        number = authorization.reference if item.state in PENDING else authorization.number
        starts_on, until = (held.starts_on, held.until) if held else (None, None)
        due_on, open_on = (coming.due_on, coming.open_on) if coming else (None, None)
        return Status(standing, says, number, item.sequence, starts_on, until, rest.left, rest.unit, due_on, open_on)

    if item.state in PENDING:
        return told(Standing.PENDED, f"A request is under review, due {authorization.clock.legal_due_at.date()}. It is no approval yet.")
    if item.state is State.DENIED:
        return told(Standing.DENIED, "The request was denied. The notice says why, whom to call and until when it may be appealed.")
    if item.state is State.NOT_NEEDED:
        return told(Standing.NOT_NEEDED, "The plan asks for no approval of this service as it was requested.")
    assert item.state in CERTIFICATIONS and held is not None
    if npi and not _for(authorization, item, npi):
        return told(Standing.ANOTHER_PROVIDER, "It is approved for another provider. Ask for a revision that names the one who performs it.")
    if on < held.starts_on:
        return told(Standing.NOT_YET, f"It is approved from {held.starts_on} on, not yet for this day.")
    if step is not None and step.covers(on):
        return told(Standing.REDUCED, step.says)
    if on > held.until:
        return told(Standing.EXPIRED, f"It was approved until {held.until}. Send a renewal, or an extension for care that goes on.")
    if rest.is_exhausted:
        return told(Standing.EXHAUSTED, "All that was approved is used. More needs an authorization of its own.")
    if early := not_due(authorization, item, on):
        return told(Standing.NOT_DUE, early)
    return told(Standing.APPROVED, f"It is approved until {held.until}.{f' {coming.says}' if coming else ''}")


def _for(authorization: Authorization, item: Item, npi: str) -> bool:
    """Whether this provider has a part in the case; a case that names no provider but who asked is for that one's choice."""
    request = authorization.request
    named = {party.npi for party in (*request.providers, *item.requested.providers) if party.npi}
    return not named or npi in named or npi == request.requestor.npi
