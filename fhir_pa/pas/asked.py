"""What the sender wrote of an item, quoted back with every digit: service, quantity, price."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from fhir_pa.pas import codes
from fhir_pa.pas import extensions as ext
from fhir_pa.pas.answering import Answering
from fhir_pa.um.item import Item
from fhir_pa.um.request import RequestedItem
from ig_profiles.names import AP_DRG, APR_DRG, DATA_ABSENT_REASON, ICD9CM, ICD10CM, MS_DRG, X12_UNIT, code_system
from ig_profiles.reading import Coding, Json

_BILLED = frozenset({ICD10CM, ICD9CM, MS_DRG, AP_DRG, APR_DRG})


def asked_for(item: Item, answering: Answering) -> Json:
    """The item as the sender wrote it, or rebuilt from what is on file when this Bundle does not carry it."""
    return answering.received.items().get(item.sequence) or _rebuilt(item.requested)


def service_concept(asked: Json, requested: RequestedItem) -> Json:
    """The service as the sender named it; a kind of service or an absent reason gives way to the code read."""
    named = asked.get("productOrService")
    listed = named.get("coding") if isinstance(named, dict) else None
    if isinstance(named, dict) and (not isinstance(listed, list) or all(_names_service(node) for node in listed)):
        return named
    return {"coding": [coding_of(coding) for coding in requested.service.codes]}


def _names_service(coding: Any) -> bool:
    return isinstance(coding, dict) and coding.get("system") != DATA_ABSENT_REASON


def spoken_diagnoses(requested: RequestedItem) -> tuple[Coding, ...]:
    """The diagnoses said in the words of billing; the wire takes no others (X12278DiagnosisCodes)."""
    return tuple(coding for coding in requested.service.diagnoses if code_system(coding.system) in _BILLED)


def coding_of(coding: Coding) -> Json:
    """A Coding of the wire."""
    return {"system": coding.system, "code": coding.code} | ({"display": coding.display} if coding.display else {})


def quantity(amount: Decimal | None, unit: str | None, asked: Json, answering: Answering) -> Json | None:
    """A Quantity; in the sender's own words for the unit where that is the unit meant.

    2.2 lets only codes of X12 673 pass, and asks for a unit (PASQuantity prof-2, prof-3).
    """
    if amount is None:
        return None
    given = asked.get("quantity")
    named = {key: given[key] for key in ("unit", "system", "code") if given.get(key)} if isinstance(given, dict) else {}
    if unit is not None and unit not in (named.get("unit"), named.get("code")):
        named = {"unit": unit}
    if answering.is_2_2 and named.get("system") != X12_UNIT:
        named = {"unit": named.get("unit") or named.get("code")}
    return {"value": amount} | named if named.get("unit") or named.get("code") else codes.units(amount)


def unit_price(asked: Json, requested: RequestedItem) -> Json | None:
    """The price asked for, as the sender wrote it."""
    given = asked.get("unitPrice")
    if isinstance(given, dict):
        return given
    return {"value": requested.unit_price, "currency": "USD"} if requested.unit_price is not None else None


def _rebuilt(requested: RequestedItem) -> Json:
    return {
        "sequence": requested.sequence,
        "productOrService": {"coding": [coding_of(coding) for coding in requested.service.codes]},
        "extension": [
            {"url": ext.ITEM_TRACE_NUMBER, "valueIdentifier": {key: value for key, value in (("system", trace.system), ("value", trace.value)) if value}}
            for trace in requested.trace_numbers
        ],
    }
