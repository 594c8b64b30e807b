"""Offers: what a policy proposes beside its decision, something else in the place of a service or something more beside it."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Literal, TypeVar, get_args

from ig_profiles.reading import Coding

OrderKind = Literal["CommunicationRequest", "DeviceRequest", "MedicationRequest", "NutritionOrder", "ServiceRequest", "VisionPrescription"]
ORDER_KINDS: tuple[OrderKind, ...] = get_args(OrderKind)


@dataclass(frozen=True)
class Offer:
    """One thing proposed; ``coding`` has a display in the payer's own words.

    ``services`` are the ordered codes it goes with, none for every service of the edition; ``unless`` names criteria,
    any of which takes the offer back when it is met.
    """

    coding: Coding
    because: str
    services: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()

    @property
    def words(self) -> str:
        """What a clinician calls it."""
        return self.coding.display or self.coding.code


@dataclass(frozen=True)
class Alternative(Offer):
    """Something else than what is ordered: ``required`` before it, or optional.

    Without ``order`` the order stays and only its code changes. With it, a new order of that kind takes its place, and
    dose, quantity and times are left to the clinician. ``saves`` says what is gained.
    """

    required: bool = False
    order: OrderKind | None = None
    saves: str = ""


@dataclass(frozen=True)
class Companion(Offer):
    """Something to order besides, as an order of this kind; not when done or ordered in the last ``within_days`` days."""

    order: OrderKind = "ServiceRequest"
    within_days: int | None = None


Some = TypeVar("Some", bound=Offer)


def due(offers: Iterable[Some], codes: Iterable[Coding], met: Collection[str]) -> tuple[Some, ...]:
    """The offers that go with these ordered codes, where these criteria are met.

    >>> plain = Alternative(Coding("http://www.ama-assn.org/go/cpt", "72148"), "It shows as much.", ("72158",), ("contrast",))
    >>> [len(due([plain], [Coding("http://www.ama-assn.org/go/cpt", code)], met)) for code, met in (("72158", ()), ("72148", ()), ("72158", ("contrast",)))]
    [1, 0, 0]
    """
    ordered = tuple(codes)
    return tuple(offer for offer in offers if _goes_with(offer, ordered) and not set(offer.unless) & set(met))


def _goes_with(offer: Offer, ordered: tuple[Coding, ...]) -> bool:
    if any(offer.coding.same_as(each) for each in ordered):
        return False
    return not offer.services or any(each.code in offer.services for each in ordered)
