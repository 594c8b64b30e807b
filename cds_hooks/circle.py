"""Circle: what is known around an order: who performs it, how they stand with the network, and what is left of a limit."""

from __future__ import annotations

from dataclasses import dataclass

from cds_hooks.allowance import Allowance
from cds_hooks.network import InNetwork


@dataclass(frozen=True)
class Circle:
    """All of it; ``performer`` is the name a clinician knows them by, empty when no name is at hand."""

    network: InNetwork = InNetwork.UNSAID
    performer: str = ""
    performer_is_named: bool = False
    allowance: Allowance | None = None
