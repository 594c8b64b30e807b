"""Units: what was used of a certification, claim by claim, never more than was certified (domain §4.3 row 20, §4.9 invariant 3)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal

from fhir_pa.um.case.authorization import Authorization
from fhir_pa.um.case.item import Event, Item
from fhir_pa.um.case.transitions import CERTIFICATIONS
from fhir_pa.um.case.use import Use, days_used, used
from fhir_pa.um.deciding.determination import Authorized
from ig_profiles.outcome import Conflict, Unprocessable

USED = "used"
EARLY = "used before its day"
NEARLY = Decimal("0.1")  # of what was certified: say so before it is used up


@dataclass(frozen=True)
class Left:
    """How much was certified, used and is left of one item, in its own unit; all None when no quantity was certified."""

    certified: Decimal | None
    used: Decimal
    left: Decimal | None
    unit: str | None

    @property
    def is_exhausted(self) -> bool:
        """Whether nothing is left."""
        return self.left is not None and self.left <= 0

    @property
    def runs_short(self) -> bool:
        """Whether a tenth or less is left."""
        return self.certified is not None and self.left is not None and self.left <= self.certified * NEARLY


def left(authorization: Authorization, item: Item) -> Left:
    """What is left of an item."""
    held = item.determination.authorized
    certified = held.quantity if held is not None else None
    gone = used(authorization.uses, item.sequence)
    return Left(certified, gone, None if certified is None else max(certified - gone, Decimal(0)), held.unit if held else None)


def left_of_step_down(authorization: Authorization, item: Item) -> Left:
    """What is left of the less intense care that is certified in an item's place; of one without a quantity nothing is counted."""
    step = item.determination.step_down
    gone = sum((each.quantity for each in authorization.uses if each.item == item.sequence and each.stepped_down), Decimal(0))
    certified = step.quantity if step is not None else None
    return Left(certified, gone, None if certified is None else max(certified - gone, Decimal(0)), step.unit if step else None)


def use(authorization: Authorization, sequence: int, quantity: Decimal, on: date, claim: str, by: str, at: datetime) -> Authorization:
    """The case after a claim used some of an item; the same claim told twice counts once.

    Raises Unprocessable for a quantity or a day that cannot be, Conflict when the item is not certified for that day or
    less is left: what goes beyond needs an authorization of its own. One of a series that came before its day counts, and rings.
    """
    item = authorization.item(sequence)
    step = item.determination.step_down
    told = Use(sequence, quantity, on, claim, stepped_down=step is not None and step.covers(on))
    if any(each.item == sequence and each.claim == claim for each in authorization.uses):
        return authorization
    if quantity <= 0:
        raise Unprocessable(f"A use counts something: {quantity} cannot be used. Give a quantity above zero.", expression="quantity")
    if not claim.strip():
        raise Unprocessable("A use names its claim, so that it is counted once. Give the claim's number.", expression="claim")
    held = item.determination.authorized
    if item.state not in CERTIFICATIONS or held is None:
        raise Conflict(f"Item {sequence} of {authorization.number} is {item.state}, so nothing of it may be used.", expression="item")
    if not told.stepped_down and not held.starts_on <= on <= held.until:
        raise Conflict(f"Item {sequence} is certified from {held.starts_on} until {held.until}, and {on} lies outside.", expression="on")
    found = left_of_step_down(authorization, item) if told.stepped_down else left(authorization, item)
    rest, unit = found.left, found.unit or "units"
    if rest is not None and quantity > rest:
        raise Conflict(f"{rest} {unit} are left of item {sequence}; {quantity} need an authorization of their own.", expression="quantity")
    event = Event(at, USED, by, (sequence,), f"{quantity} {unit} on {on}, claim {claim}.")
    return replace(authorization.with_items({}, event, *_early(authorization, told, held, by, at)), uses=(*authorization.uses, told))


def _early(authorization: Authorization, told: Use, held: Authorized, by: str, at: datetime) -> tuple[Event, ...]:
    """What to write down of a use that does not keep the interval of its series: it counts, and a person looks at it."""
    days = days_used(authorization.uses, told.item)
    close = held.recurs.too_close(told.on, days) if held.recurs and not told.stepped_down else ()
    if not close or held.recurs is None:
        return ()
    near = ", ".join(map(str, close))
    said = f"Claim {told.claim} is for {told.on}, and one was given on {near}: the series has one every {held.recurs.every_days} days. Ask the practice why."
    return (Event(at, EARLY, by, (told.item,), said),)
