"""What order-sign and order-select share: the prefetch templates over ``draftOrders`` (crd.md §1.4.1)."""

from __future__ import annotations

from collections.abc import Mapping

from cds_hooks.dialect import Dialect
from cds_hooks.hooks.templates import ENCOUNTER_PEOPLE, STANDARD, WITH_USER, by_id, locations, organizations, practitioners, roles, typed

_DRAFTS = "context.draftOrders.entry.resource"
_PEOPLE = [ENCOUNTER_PEOPLE, *(f"{_DRAFTS}.{role}" for role in ("sender", "recipient", "requester", "performer", "orderer", "prescriber"))]

PREFETCH: Mapping[Dialect, Mapping[str, str]] = {
    "2.0": WITH_USER,
    "2.1": WITH_USER,
    "2.2": {
        **STANDARD,
        "devices": by_id("Device", [f"{_DRAFTS}.ofType(DeviceRequest).code.resolve().id"]),
        "medications": by_id("Medication", [f"{_DRAFTS}.ofType(MedicationRequest).medication.resolve().id"]),
        "practitionerRoles": roles(_PEOPLE),
        "practitioners": practitioners(_PEOPLE),
        "organizations": organizations(
            f"{_DRAFTS}.dispenseRequest.performer.resolve().id",
            *typed("Organization", [f"{_DRAFTS}.{role}" for role in ("sender", "recipient", "performer")]),
        ),
        "locations": locations(f"{_DRAFTS}.locationReference.resolve().id"),
    },
}
