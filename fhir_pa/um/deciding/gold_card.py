"""Gold cards: whose record spares them the criteria of a policy, so that software certifies what they ask, within its limits.

A card spares showing that the criteria are met. What an edition certifies at most, in quantity and days, stays as it is:
who asks for more is looked at like everybody else. The hook and the request hear the same of one card.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from fhir_pa.um.deciding.determination import Authorized, Certify, EditionReference, authorized
from fhir_pa.um.deciding.exemption import Exemption
from fhir_pa.um.deciding.request import AuthorizationRequest, RequestedItem
from questionnaires.policy import Edition, RequestedService

Exempt = Callable[[Edition, RequestedItem], Exemption | None]


def nobody(edition: Edition, item: RequestedItem) -> Exemption | None:
    """For what is weighed whoever asks."""
    return None


def certified(edition: Edition, service: RequestedService, card: Exemption, today: date) -> Certify | None:
    """The certification this card brings; None when the edition needs none, excludes the service, or certifies less than is asked.

    Where an edition sets no limit, what is asked for is certified; with no last day asked for, as long as the card holds.
    """
    if not edition.covered or edition.authorization != "needed":
        return None
    limit = edition.most(service)
    if limit is not None and limit.beyond(service, today):
        return None
    starts_on = service.on or today
    last = service.until or card.until or starts_on
    held = authorized(limit, service, today) if limit else Authorized(starts_on, max(last, starts_on), service.quantity, service.unit)
    until = f" until {card.until}" if card.until else ""
    because = f"Exempt from prior authorization for {edition.title}{until}, so no criteria were weighed: {card.because.rstrip('.')} (provider {card.npi})."
    return Certify(because, (), EditionReference.of(edition), held, card)


def npis(request: AuthorizationRequest, item: RequestedItem) -> tuple[str, ...]:
    """Who asks for this item and who is to perform it, by NPI; a card of any of them counts."""
    everybody = (request.requestor, *item.providers, *request.providers)
    return tuple(dict.fromkeys(party.npi for party in everybody if party.npi))
