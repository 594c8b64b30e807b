"""Beside: what stands beside the reviews of a case and falls due by itself: the request after a notice of admission, a demand for money back.

Each is one line of a list at the desk, made from the case as it stands (domain F50, F51).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from fhir_pa.um.case.authorization import Authorization
from fhir_pa.um.stays.admission import NOTICE


class Kind(StrEnum):
    """What a line is about."""

    ADMISSION = "admission"
    DEMAND = "demand"


@dataclass(frozen=True)
class Line:
    """One line. ``part`` tells demands apart. ``due_at`` is until when the request is awaited, or the decision may be appealed.

    ``amount`` is in US dollars, as written on the demand.
    """

    kind: Kind
    part: int
    told_at: datetime
    due_at: datetime
    is_open: bool
    state: str
    says: str
    claim: str = ""
    amount: str = ""


def lines(case: Authorization) -> Iterator[Line]:
    """Every line of the case; most cases have none."""
    retro = case.retro
    if retro is not None and any(event.what == NOTICE for event in case.trail):
        came = retro.requested_at is not None
        state = "request came" if came else "decided without a request" if case.is_final else "request awaited"
        says = "; ".join(each.what for each in retro.shown)
        yield Line(Kind.ADMISSION, 1, retro.told_at, retro.ask_by, not came and not case.is_final, state, says)
    for each in case.recoupments:
        yield Line(Kind.DEMAND, each.number, each.noticed_at, each.appeal_until, each.is_open, each.stage, each.because, each.claim, str(each.amount))
