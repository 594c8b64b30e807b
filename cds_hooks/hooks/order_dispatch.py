"""order-dispatch 1.0 and 1.1 (primary): orders are sent to a performer; the context only names them (crd.md §1.2).

The fields were renamed twice, and every naming is read: ``dispatchedOrders``, ``dispatched-orders``, and ``order``.
"""

from __future__ import annotations

from cds_hooks.dialect import Dialect
from cds_hooks.hook import ORDER_TYPES, Hook, Subject
from cds_hooks.hooks.templates import BASIC, ENCOUNTER_PEOPLE, STANDARD, by_id, locations, organizations, practitioners, roles, typed
from ig_profiles.reading import Entry, Index, Json, many, one, text

_NAMINGS = ("dispatchedOrders", "dispatched-orders", "order")


def dispatched(context: Json) -> list[str]:
    """The references to the dispatched orders, in whichever naming the client uses; each once.

    >>> dispatched({"order": "ServiceRequest/1", "dispatched-orders": ["ServiceRequest/1", "DeviceRequest/2"]})
    ['ServiceRequest/1', 'DeviceRequest/2']
    """
    named = (name for naming in reversed(_NAMINGS) for name in many(context, naming))
    return list(dict.fromkeys(name for name in named if isinstance(name, str) and name))


def _subjects(context: Json, index: Index, dialect: Dialect) -> tuple[Subject, ...]:
    """The dispatched orders, each for the time its fulfillment task asks for; a task among them stands for its order."""
    found = (_order(index.resolve(name), index) for name in dispatched(context))
    orders = {id(entry.resource): entry for entry in found if entry is not None and entry.resource.get("resourceType") in ORDER_TYPES}
    times = {id(about.resource): _time(task) for task in index.of_type("Task") if (about := index.resolve(one(task.resource, "focus"), task)) is not None}
    return tuple(Subject(entry, entry, *times.get(identity, (None, None))) for identity, entry in orders.items())


def _order(entry: Entry | None, index: Index) -> Entry | None:
    if entry is None or entry.resource.get("resourceType") != "Task":
        return entry
    return index.resolve(one(entry.resource, "focus"), entry)


def _time(task: Entry) -> tuple[str | None, str | None]:
    return text(task.resource, "restriction", "period", "start"), text(task.resource, "restriction", "period", "end")


def _wanted(context: Json, index: Index) -> tuple[str, ...]:
    return tuple(name for name in dispatched(context) if index.resolve(name) is None)


def _orders(kind: str, name: str) -> dict[str, str]:
    return {name: f"{kind}?_id={{{{context.dispatchedOrders.resolve().ofType({kind}).id}}}}"}


_PEOPLE = [
    ENCOUNTER_PEOPLE,
    "%communicationRequests.entry.resource.sender",
    "%communicationRequests.entry.resource.recipient",
    "%communicationRequests.entry.resource.requester",
    "%deviceRequests.entry.resource.performer",
    "%deviceRequests.entry.resource.requester",
    "%medicationRequests.entry.resource.performer",
    "%medicationRequests.entry.resource.requester",
    "%serviceRequests.entry.resource.performer",
    "%serviceRequests.entry.resource.requester",
    "%nutritionOrders.entry.resource.orderer",
    "%visionPrescriptions.entry.resource.prescriber",
]
_FIRST = {**BASIC, "performer": "{{context.performer}}", "order": "{{context.order}}"}

HOOK = Hook(
    name="order-dispatch",
    version="1.1",
    primary=True,
    title="Coverage of orders being sent to a performer",
    description="Says for every order sent to a performer whether it is covered there, and what the payer still needs.",
    fields={"patientId": "string"},
    prefetch={
        "2.0": _FIRST,
        "2.1": _FIRST,
        "2.2": {
            **STANDARD,
            **_orders("CommunicationRequest", "communicationRequests"),
            **_orders("DeviceRequest", "deviceRequests"),
            **_orders("MedicationRequest", "medicationRequests"),
            **_orders("NutritionOrder", "nutritionOrders"),
            **_orders("ServiceRequest", "serviceRequests"),
            **_orders("VisionPrescription", "visionPrescriptions"),
            "devices": by_id("Device", ["%deviceRequests.entry.resource.code.resolve().id"]),
            "medications": by_id("Medication", ["%medicationRequests.entry.resource.medication.resolve().id"]),
            "practitionerRoles": roles(_PEOPLE),
            "practitioners": practitioners(_PEOPLE),
            "organizations": organizations(
                *typed("Organization", ["%communicationRequests.entry.resource.recipient", "%communicationRequests.entry.resource.sender"]),
                "%medicationRequests.entry.resource.dispenseRequest.performer.resolve().id",
                *typed("Organization", ["%serviceRequests.entry.resource.performer"]),
            ),
            "locations": locations("%serviceRequests.entry.resource.locationReference.resolve().id"),
        },
    },
    subjects=_subjects,
    wanted=_wanted,
    one_of=_NAMINGS,
)
