"""Network: whom a payer lists as its own providers, for which services, and what that says of one performer.

A list that names nobody for a service says nothing about anybody: only where the payer lists some who give the service is
somebody else outside.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import Enum
from functools import cached_property
from typing import Literal

from ig_profiles.reading import Coding
from questionnaires.policy import Edition


class InNetwork(Enum):
    """What the payer's list says of who performs a service."""

    YES = "listed"
    NO = "not listed, though others who give the service are"
    UNKNOWN = "who performs it is not known, or has no number (NPI) at hand"
    UNSAID = "the payer lists nobody for this service"


@dataclass(frozen=True)
class Performer:
    """Who performs: whether anybody is named, by what name a clinician knows them, and every NPI at hand."""

    is_named: bool = False
    name: str = ""
    npis: tuple[str, ...] = ()


@dataclass(frozen=True)
class Address:
    """Where a provider works; ``latitude`` and ``longitude`` in degrees, when known."""

    line: str = ""
    city: str = ""
    state: str = ""
    postal_code: str = ""
    latitude: Decimal | None = None
    longitude: Decimal | None = None


@dataclass(frozen=True)
class Provider:
    """One provider of the network. Without ``topics`` (of policies) and ``codes`` it gives every service.

    ``tier`` 1 is what costs the member least. ``next_available`` is the first day with room, as far as the payer knows.
    """

    npi: str
    name: str
    kind: Literal["organization", "practitioner"] = "organization"
    address: Address = Address()
    phone: str = ""
    topics: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    tier: int | None = None
    next_available: date | None = None


@dataclass(frozen=True)
class Network:
    """Every listed provider."""

    providers: tuple[Provider, ...] = ()

    def standing(self, performer: Performer, edition: Edition, codes: Iterable[Coding]) -> InNetwork:
        """Whether this performer is in the network, for a service under this edition with these codes."""
        if any(npi in self._by_npi for npi in performer.npis):
            return InNetwork.YES
        if not self.giving(edition, codes):
            return InNetwork.UNSAID
        return InNetwork.NO if performer.npis else InNetwork.UNKNOWN

    def giving(self, edition: Edition, codes: Iterable[Coding]) -> tuple[Provider, ...]:
        """Those who give the service, in the order of the list."""
        keys = (f"topic {edition.topic}", *(f"code {coding.code}" for coding in codes), "")
        return tuple(dict.fromkeys(provider for key in keys for provider in self._by_service.get(key, ())))

    @cached_property
    def _by_npi(self) -> dict[str, Provider]:
        return {provider.npi: provider for provider in self.providers}

    @cached_property
    def _by_service(self) -> dict[str, list[Provider]]:
        found: defaultdict[str, list[Provider]] = defaultdict(list)
        for provider in self.providers:
            keys = [*(f"topic {topic}" for topic in provider.topics), *(f"code {code}" for code in provider.codes)]
            for key in keys or [""]:
                found[key].append(provider)
        return dict(found)
