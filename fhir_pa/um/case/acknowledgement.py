"""Acknowledgement: provider or member has taken note that less was certified than asked for, or another level of care (domain F63).

It is no consent: the decision, its appeal and its clocks stay as they are.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from fhir_pa.um.case.contact import Told


@dataclass(frozen=True)
class Acknowledgement:
    """One item's reduction, as decided at ``decided_at``, noted by ``name``; ``by`` is the account through which it was said."""

    item: int
    decided_at: datetime
    who: Told
    name: str
    by: str
    at: datetime
