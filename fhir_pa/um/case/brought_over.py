"""Brought over: the evidence an extension takes with it from the case it extends, fixed at the moment it was opened (F32)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class BroughtOver:
    """The case that is extended, by its ``number``, and the ids of everything ``received`` for it and for what it extends, in order.

    What reaches the earlier case later does not come in, so that each decision replays with what was there.
    """

    number: str
    received: tuple[str, ...]
