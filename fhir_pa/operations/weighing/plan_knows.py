"""What this payer knows of a request beside its evidence, looked up where the payer keeps it; a hook and a request are told the same."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from cds_hooks.network import InNetwork, Performer
from fhir_pa.auth.directory import Directory
from fhir_pa.operations.weighing.gold_cards import exempt
from fhir_pa.operations.weighing.limit_used import used_before
from fhir_pa.pas.codes import ASKING_ROLES
from fhir_pa.um.deciding.plan_knows import Inside, PlanKnows
from fhir_pa.um.deciding.request import AuthorizationRequest, Party, RequestedItem
from fhir_pa.wiring import Payer
from questionnaires.policy import Edition


def plan_knows(request: AuthorizationRequest, payer: Payer, at: datetime, but: str = "") -> PlanKnows:
    """All that counts for this request; the case with the number ``but`` is left out of what was used before."""
    directory = payer.directory
    return PlanKnows(exempt(request, directory, at), used_before(request, payer, but=but), inside(request, directory), directory.insurer.phone)


def inside(request: AuthorizationRequest, directory: Directory) -> Inside:
    """Asks of each item whether one of those who perform it is listed in the network, as the hook asks of an order."""

    def listed(edition: Edition, item: RequestedItem) -> str:
        for npi in dict.fromkeys(party.npi for party in performers(request, item) if party.npi):
            if directory.network.standing(Performer(True, npis=(npi,)), edition, item.service.codes) is InNetwork.YES:
                return npi
        return ""

    return listed


def performers(request: AuthorizationRequest, item: RequestedItem) -> Iterator[Party]:
    """Those named as giving the service. Who orders or refers performs nothing by that, and who asks is not taken for who performs."""
    yield from (party for party in (*item.providers, *request.providers) if party.role not in ASKING_ROLES)
