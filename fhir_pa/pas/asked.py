"""What the sender wrote of an item, quoted back with every digit: service, quantity, price."""

from __future__ import annotations

from decimal import Decimal

from fhir_pa.pas import codes
from fhir_pa.pas import extensions as ext
from fhir_pa.pas.answering import Answering
from fhir_pa.um.case.item import Item
from fhir_pa.um.deciding.request import RequestedItem
from ig_profiles.names import (
    AP_DRG,
    APR_DRG,
    CPT,
    DATA_ABSENT_REASON,
    HCPCS,
    ICD9CM,
    ICD10CM,
    ICD10PCS,
    MS_DRG,
    NDC,
    X12_SERVICE_TYPE,
    X12_UNIT,
    code_system,
)
from ig_profiles.reading import Coding, Json, codings, text

_SERVICES = frozenset(code_system(each) for each in (X12_SERVICE_TYPE, CPT, HCPCS, ICD9CM, ICD10PCS, NDC))
_BILLED = frozenset({ICD10CM, ICD9CM, MS_DRG, AP_DRG, APR_DRG})


def asked_for(item: Item, answering: Answering) -> Json:
    """The item as the sender wrote it, or rebuilt from what is on file when this Bundle does not carry it."""
    return answering.received.items().get(item.sequence) or _rebuilt(item.requested)


def service_concept(asked: Json, requested: RequestedItem) -> Json:
    """The service as the sender named it; where that is no code it may be billed by (X12278RequestedServiceType), by such a code, or in words."""
    named = asked.get("productOrService")
    said = [coding for coding in codings(named) if coding.system != DATA_ABSENT_REASON]
    if isinstance(named, dict) and any(map(_bills, said)) and len(said) == len(codings(named)):
        return named
    billed = [coding_of(coding) for coding in requested.service.codes if _bills(coding)]
    if billed:
        return {"coding": billed}
    known = [text(named, "text"), *(coding.display or coding.code for coding in (*said, *requested.service.codes))]
    words = next(filter(None, known), None)
    return {"coding": [{"system": DATA_ABSENT_REASON, "code": "not-applicable"}]} | ({"text": words} if words else {})


def _bills(coding: Coding) -> bool:
    return code_system(coding.system) in _SERVICES


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
