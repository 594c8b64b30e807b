"""How much of an edition's limit a member had used when a request came: counted from what is certified on file, by case and by item."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from fhir_pa.operations.weighing.used import certified_under
from fhir_pa.um.deciding.request import AuthorizationRequest
from fhir_pa.um.deciding.utilization import Used, used
from fhir_pa.wiring import Payer
from questionnaires.policy import Edition


def used_before(request: AuthorizationRequest, payer: Payer, but: str = "") -> Used:
    """What the member of this request has used, this case (``but``, by its number) left out."""

    def counted(edition: Edition, on: date) -> Decimal | None:
        limit = edition.benefits.limit
        if limit is None or not request.member.identifiers:
            return None
        with payer.store.reading() as tx:
            cases = [each for each in tx.of_member(request.member.identifiers) if each.number != but and each.request.member.same_person_as(request.member)]
        return used(certified_under(edition, cases, payer.shelf), limit, on)

    return counted
