"""What the plan itself knows of a request, beside the evidence: gold cards, what was used of a benefit, its network, whom to call."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from fhir_pa.um.deciding.gold_card import Exempt, nobody
from fhir_pa.um.deciding.request import RequestedItem
from fhir_pa.um.deciding.utilization import Used, unlimited
from questionnaires.policy import Edition

Inside = Callable[[Edition, RequestedItem], str]


def nobody_inside(edition: Edition, item: RequestedItem) -> str:
    """For a plan without a network."""
    return ""


@dataclass(frozen=True)
class PlanKnows:
    """All of it. ``exempt`` finds a gold card, ``used`` how much of an edition's limit was used before, ``inside`` the NPI of a
    performer who is in the network; ``phone`` is called where an edition names no number of its own.
    """

    exempt: Exempt = nobody
    used: Used = unlimited
    inside: Inside = nobody_inside
    phone: str = ""
