"""Benefits: what an edition says beside its criteria: how a plan pays, in which network, how often, and what comes ahead."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

from ig_profiles.reading import Coding

CALENDAR_YEAR = "calendar-year"
Awaited = Literal["performer", "place", "time"]
DocumentedFor = Literal["authorization", "claim", "order", "chart", "other"]


@dataclass(frozen=True)
class Share:
    """What the member pays of the price, in percent, inside and outside the network; deductibles are not in it."""

    in_network: Decimal
    out_of_network: Decimal


@dataclass(frozen=True)
class Limit:
    """The most a member gets in a calendar year, or in so many days, before a person looks at more."""

    quantity: Decimal
    unit: str
    per: str | int = CALENDAR_YEAR

    def counts(self, unit: str | None) -> bool:
        """Whether an amount in this unit counts here: one says visit, visits, {visit}, or nothing at all.

        >>> visits = Limit(Decimal(20), "visits")
        >>> visits.counts("{visit}"), visits.counts(None), visits.counts("hours")
        (True, True, False)
        """
        return unit is None or unit.strip("{}").lower().rstrip("s") == self.unit.lower().rstrip("s")


@dataclass(frozen=True)
class Ahead:
    """What utilization management does later: reviews while the care goes on, and takes requests after the service.

    Both are in days, as are ``goal_days``: how long the guideline expects a stay to take, and ``response_evidence_every_days``:
    how often a course of treatment shows how it works. ``appropriate_use`` says that appropriate use must be shown when the
    service is done.
    """

    concurrent_review_every_days: int | None = None
    retro_window_days: int | None = None
    appropriate_use: bool = False
    goal_days: int | None = None
    response_evidence_every_days: int | None = None


@dataclass(frozen=True)
class BilledAs:
    """What holds when the service ordered is billed by one of these codes; None means: as the edition says."""

    services: tuple[Coding, ...]
    covered: bool = True
    authorization: Literal["needed", "not needed"] | None = None
    because: str = ""
    limit: Limit | None = None


@dataclass(frozen=True)
class Benefits:
    """All of it; what is left out is not said.

    ``outside_network_only``: authorization is needed only from a performer outside the network. ``asked_by`` says who
    sends the request. ``documented_for`` says what the documentation is for, where it is not what it usually is.
    ``awaits`` is what must be known before the plan can answer. ``depends_on`` names topics: an order under one of them,
    in the same call, is what this service follows.
    """

    share: Share | None = None
    limit: Limit | None = None
    ahead: Ahead = field(default_factory=Ahead)
    billed_as: tuple[BilledAs, ...] = ()
    outside_network_only: bool = False
    asked_by: Literal["orderer", "performer"] = "orderer"
    documented_for: DocumentedFor | None = None
    awaits: tuple[Awaited, ...] = ()
    depends_on: tuple[str, ...] = ()
