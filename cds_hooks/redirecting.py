"""Redirecting: an order, and the task that dispatches it, sent to another performer; all else in them as received (crd.md §5.2)."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import NAMESPACE_URL, uuid5

from cds_hooks.attaching import without_ours
from cds_hooks.card import Action
from cds_hooks.hook import Subject
from cds_hooks.network import Provider
from cds_hooks.performer import tasks
from cds_hooks.request import HookRequest
from ig_profiles.names import NPI
from ig_profiles.reading import Json, identifier_value, one, text, without_empty

_TYPES = {"organization": "Organization", "practitioner": "Practitioner"}
_COUNTRY = "US"


def redirected(subject: Subject, provider: Provider, request: HookRequest, coverage: str, assertion: str) -> tuple[Action, ...]:
    """What sends the order to this provider; nothing where neither the order nor a task of it names its performer.

    What was said of the order's coverage goes out of it: it was about another performer. The provider is created where
    the EHR does not hold it, once by its NPI.
    """
    held = _held(provider, request)
    reference = {"reference": held or f"{_TYPES[provider.kind]}/{_id(provider)}", "display": provider.name}
    changed = list(_changed(subject, reference, request, coverage, assertion))
    if not changed:
        return ()
    return (*(() if held else (_created(provider),)), *changed)


def record_of(provider: Provider) -> Json:
    """The provider as a FHIR resource fit for CRD, HRex and US Core."""
    where = provider.address
    address = {"line": [where.line], "city": where.city, "state": where.state, "postalCode": where.postal_code, "country": _COUNTRY}
    given, _, family = provider.name.rpartition(" ")
    person = {"name": [{"text": provider.name, "family": family, "given": given.split()}]}
    organization = {"active": True, "name": provider.name}
    made: Json = without_empty(
        {
            "resourceType": _TYPES[provider.kind],
            "id": _id(provider),
            "identifier": [{"system": NPI, "value": provider.npi}],
            **(organization if provider.kind == "organization" else person),
            "telecom": [{"system": "phone", "value": provider.phone}] if provider.phone else [],
            "address": [address] if where.line or where.city or where.postal_code else [],
        }
    )
    return made


def _created(provider: Provider) -> Action:
    kind = _TYPES[provider.kind]
    return Action("create", f"Record {provider.name} unless it is on record", record_of(provider), if_none_exist=f"{kind}?identifier={NPI}|{provider.npi}")


def _changed(subject: Subject, performer: Json, request: HookRequest, coverage: str, assertion: str) -> Iterator[Action]:
    order = subject.carrier.resource
    name = performer["display"]
    elsewhere = _with_performer(without_ours(order, coverage, assertion), performer)
    if elsewhere is not None and order.get("id"):
        yield Action("update", f"Send the order to {name}", elsewhere)
    for task in tasks(subject, request):
        if task.resource.get("id"):
            yield Action("update", f"Ask {name} to fulfill it", {**task.resource, "owner": performer})


def _with_performer(order: Json, performer: Json) -> Json | None:
    """The order for this performer; None for a kind of order, or of performer, that has no place for it."""
    match order.get("resourceType"):
        case "ServiceRequest":
            return {**order, "performer": [performer]}
        case "DeviceRequest":
            return {**order, "performer": performer}
        case "MedicationRequest" if performer["reference"].startswith("Organization/"):
            return {**order, "dispenseRequest": {**(one(order, "dispenseRequest") or {}), "performer": performer}}
    return None


def _held(provider: Provider, request: HookRequest) -> str | None:
    """The reference to the provider where the call shows that the EHR has it."""
    for entry in request.index.of_type(_TYPES[provider.kind]):
        if identifier_value(entry.resource, NPI) == provider.npi and text(entry.resource, "id"):
            return f"{_TYPES[provider.kind]}/{entry.resource['id']}"
    return None


def _id(provider: Provider) -> str:
    return str(uuid5(NAMESPACE_URL, f"{NPI}|{provider.npi}"))
