"""What the practice called each service, in the words of its order: where one rule is for several, its title does not tell them apart."""

from __future__ import annotations

from collections.abc import Mapping

from fhir_pa.operations.desk.evidence import brought
from fhir_pa.storage.store import Reading
from fhir_pa.um.case.authorization import Authorization
from fhir_pa.um.case.item import Item
from ig_profiles.reading import Json, codings, one, text

_CODED = ("code", "codeCodeableConcept", "medicationCodeableConcept")


def called(case: Authorization, tx: Reading) -> Mapping[int, str]:
    """The practice's word for every service that bears one, by its sequence: on the claim itself, else in the order behind it."""
    orders = {str(each.resource.get("id")): words for each in brought(case, tx) if (words := _words(each.resource))}
    found = {item.sequence: _display(item) or orders.get((item.requested.order or "").rpartition("/")[2], "") for item in case.items}
    return {sequence: words for sequence, words in found.items() if words}


def _display(item: Item) -> str:
    return next((each.display for each in item.requested.service.codes if each.display), "")


def _words(order: Json) -> str:
    """What an order asks for, as a person reads it."""
    concept = next((found for name in _CODED if (found := one(order, name))), None)
    return text(concept, "text") or next((each.display for each in codings(concept) if each.display), "")
