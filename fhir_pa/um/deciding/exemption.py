"""Exemption: what a gold card said on the day it was honoured, kept with the determination it brought."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Exemption:
    """Whose card (NPI), why they have it, and the last day it holds (None: no end)."""

    npi: str
    because: str
    until: date | None = None
