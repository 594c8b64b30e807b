"""appointment-book 1.0 (primary): visits are about to be booked.

2.0.1 puts the answer on the Appointment. From 2.2 on an appointment made for an order has no place for it: there the
order carries the answer (crd.md §1.2, trap 17).
"""

from __future__ import annotations

from cds_hooks.dialect import Dialect
from cds_hooks.hook import Hook, Subject, based_on, based_on_references, entries_of
from cds_hooks.hooks.templates import ENCOUNTER_PEOPLE, STANDARD, WITH_USER, by_id, locations, organizations, practitioners, roles, typed
from ig_profiles.reading import Entry, Index, Json, text


def _subjects(context: Json, index: Index, dialect: Dialect) -> tuple[Subject, ...]:
    found = (_subject(entry, index, dialect) for entry in entries_of(context.get("appointments"), index, "Appointment"))
    once = {id(subject.carrier.resource): subject for subject in reversed(list(found))}
    return tuple(reversed(once.values()))


def _subject(appointment: Entry, index: Index, dialect: Dialect) -> Subject:
    order = based_on(appointment.resource, index)
    on = text(appointment.resource, "start") or text(appointment.resource, "requestedPeriod", "start")
    until = text(appointment.resource, "end") or text(appointment.resource, "requestedPeriod", "end")
    carrier = order if order is not None and dialect == "2.2" else appointment
    return Subject(carrier, order or appointment, on, until)


def _wanted(context: Json, index: Index) -> tuple[str, ...]:
    booked = (entry.resource for entry in entries_of(context.get("appointments"), index, "Appointment"))
    return tuple(name for one in booked for name in based_on_references(one) if index.resolve(name) is None)


_ALTERNATE = "context.appointments.entry.resource.basedOn.extension('http://hl7.org/fhir/StructureDefinition/alternate-reference').value"
_ACTORS = "context.appointments.entry.resource.participant.actor"
_PEOPLE = [
    ENCOUNTER_PEOPLE,
    _ACTORS,
    "%deviceRequests.entry.resource.performer",
    "%deviceRequests.entry.resource.requester",
    "%medicationRequests.entry.resource.performer",
    "%medicationRequests.entry.resource.requester",
    "%serviceRequests.entry.resource.performer",
    "%serviceRequests.entry.resource.requester",
]

HOOK = Hook(
    name="appointment-book",
    version="1.0",
    primary=True,
    title="Coverage of appointments being booked",
    description="Says for every appointment being booked whether it is covered and needs prior authorization.",
    fields={"patientId": "string", "appointments": "Bundle"},
    prefetch={
        "2.0": WITH_USER,
        "2.1": WITH_USER,
        "2.2": {
            **STANDARD,
            "deviceRequests": by_id("DeviceRequest", typed("DeviceRequest", [_ALTERNATE])),
            "serviceRequests": by_id("ServiceRequest", typed("ServiceRequest", ["context.appointments.entry.resource.basedOn"])),
            "medicationRequests": by_id("MedicationRequest", typed("MedicationRequest", [_ALTERNATE])),
            "devices": by_id("Device", ["%deviceRequests.entry.resource.code.resolve().id"]),
            "medications": by_id("Medication", ["%medicationRequests.entry.resource.medication.resolve().id"]),
            "practitionerRoles": roles(_PEOPLE),
            "practitioners": practitioners(_PEOPLE),
            "organizations": organizations(
                *typed("Organization", ["%medicationRequests.entry.resource.dispenseRequest.performer", "%serviceRequests.entry.resource.performer"])
            ),
            "locations": locations(*typed("Location", [_ACTORS, "%serviceRequests.entry.resource.locationReference"])),
        },
    },
    subjects=_subjects,
    wanted=_wanted,
)
