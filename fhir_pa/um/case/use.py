"""Use: so much of one certified item was used on a day, as a claim tells."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from ig_profiles.outcome import Conflict


@dataclass(frozen=True)
class Use:
    """``item`` by its sequence, ``quantity`` in the unit that was certified; a claim counts once for an item.

    ``stepped_down``: it was the less intense care certified in the item's place.
    """

    item: int
    quantity: Decimal
    on: date
    claim: str
    stepped_down: bool = False


def used(uses: Iterable[Use], sequence: int) -> Decimal:
    """How much of this item was used, all claims together."""
    return sum((use.quantity for use in uses if use.item == sequence and not use.stepped_down), Decimal(0))


def days_used(uses: Iterable[Use], sequence: int) -> tuple[date, ...]:
    """The days on which claims tell that some of this item was given, each once."""
    return tuple(sorted({use.on for use in uses if use.item == sequence and not use.stepped_down}))


def refuse_less_than_used(uses: Iterable[Use], sequence: int, quantity: Decimal | None, unit: str | None) -> None:
    """Raises Conflict when this quantity is less than what claims have used already (domain §4.9 invariant 3)."""
    gone = used(uses, sequence)
    if quantity is not None and quantity < gone:
        said = f"{gone} {unit or 'units'} of item {sequence} were used already, so it cannot shrink to {quantity}."
        raise Conflict(f"{said} Name at least what was used, or cancel what is left.", expression="quantity")
