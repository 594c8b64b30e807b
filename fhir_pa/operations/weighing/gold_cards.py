"""The payer's gold cards as the heart asks for them: who of a request need not show that the criteria are met."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from fhir_pa.auth.directory import Directory
from fhir_pa.um.deciding.exemption import Exemption
from fhir_pa.um.deciding.gold_card import Exempt, npis
from fhir_pa.um.deciding.request import AuthorizationRequest, RequestedItem
from questionnaires.policy import Edition


def card_of(directory: Directory, numbers: Iterable[str], topic: str, on: date) -> Exemption | None:
    """What the card of one of these says that holds on this day for this policy."""
    card = directory.gold_card(numbers, topic, on)
    return Exemption(card.npi, card.because, card.until) if card else None


def exempt(request: AuthorizationRequest, directory: Directory, at: datetime) -> Exempt:
    """Asks for each item of the request; the day of service counts, like everywhere."""

    def asked(edition: Edition, item: RequestedItem) -> Exemption | None:
        return card_of(directory, npis(request, item), edition.topic, item.service.on or at.date())

    return asked
