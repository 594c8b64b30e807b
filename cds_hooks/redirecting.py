"""Redirecting: an order for another performer; all else in it as received (crd.md §5.2).

A card that proposes an alternate request updates the order and nothing else (crd-respar-1). So a provider the EHR does
not hold is named by its number (a logical reference, FHIR R4 §references), and is not created beside the order.
"""

from __future__ import annotations

from cds_hooks.attaching import without_ours
from cds_hooks.network import Provider
from cds_hooks.request import HookRequest
from ig_profiles.names import NPI
from ig_profiles.reading import Json, identifier_value, one, text

_TYPES = {"organization": "Organization", "practitioner": "Practitioner"}


def redirected(order: Json, provider: Provider, request: HookRequest, coverage: str, assertion: str) -> Json | None:
    """The order for this provider, without what was said of its coverage: that was about another performer.

    None for an order without id, and for a kind of order or of performer that has no place for it: in CRD 2.0.1 nothing
    but a dispense is performed by an organization.
    """
    if not text(order, "id") or (request.dialect == "2.0" and provider.kind == "organization" and order["resourceType"] != "MedicationRequest"):
        return None
    return _for(_performer(provider, request), _TYPES[provider.kind], without_ours(order, coverage, assertion))


def _for(performer: Json, kind: str, order: Json) -> Json | None:
    match order.get("resourceType"):
        case "ServiceRequest":
            return {**order, "performer": [performer]}
        case "DeviceRequest":
            return {**order, "performer": performer}
        case "MedicationRequest" if kind == "Organization":
            dispense = one(order, "dispenseRequest")
            return {**order, "dispenseRequest": {**(dispense if isinstance(dispense, dict) else {}), "performer": performer}}
    return None


def _performer(provider: Provider, request: HookRequest) -> Json:
    """The reference to the provider: to the EHR's own record where the call shows it, else by number."""
    kind = _TYPES[provider.kind]
    for entry in request.index.of_type(kind):
        if identifier_value(entry.resource, NPI) == provider.npi and text(entry.resource, "id"):
            return {"reference": f"{kind}/{entry.resource['id']}", "display": provider.name}
    return {"type": kind, "identifier": {"system": NPI, "value": provider.npi}, "display": provider.name}
