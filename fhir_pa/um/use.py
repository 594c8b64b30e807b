"""Use: so much of one certified item was used on a day, as a claim tells."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal


@dataclass(frozen=True)
class Use:
    """``item`` by its sequence, ``quantity`` in the unit that was certified; a claim counts once for an item."""

    item: int
    quantity: Decimal
    on: date
    claim: str
