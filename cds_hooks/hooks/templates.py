"""Prefetch templates shared by several hooks, word for word as the guides print them (crd.md §1.4).

2.0.1 keeps to root-level tokens: CDS Hooks 2.0 allows no others, and draft orders stand in the context anyway. 2.1
printed its own templates with broken tokens, so it gets those of 2.0.1, which every client can fill.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

PATIENT = "Patient/{{context.patientId}}"
COVERAGE = "Coverage?patient={{context.patientId}}&status=active"
ENCOUNTER = "Encounter/{{context.encounterId}}"
USER = "{{context.userId}}"

BASIC: Mapping[str, str] = {"patient": PATIENT, "coverage": COVERAGE}
WITH_USER: Mapping[str, str] = {"user": USER, **BASIC}
WITH_ENCOUNTER: Mapping[str, str] = {**WITH_USER, "encounter": ENCOUNTER}
STANDARD: Mapping[str, str] = {"patient": PATIENT, "encounter": ENCOUNTER, "coverage": COVERAGE}

ENCOUNTER_PEOPLE = "%encounter.participant.individual"


def by_id(kind: str, paths: Iterable[str]) -> str:
    """A search for the resources of this type that the paths lead to.

    >>> by_id("Device", ["%deviceRequests.entry.resource.code.resolve().id"])
    'Device?_id={{%deviceRequests.entry.resource.code.resolve().id}}'
    """
    return f"{kind}?_id={{{{{'|'.join(paths)}}}}}"


def typed(kind: str, holders: Iterable[str]) -> list[str]:
    """The FHIRPath from each holder of references to the ids of those that are of this type."""
    return [f"{holder}.resolve().ofType({kind}).id" for holder in holders]


def roles(holders: Iterable[str]) -> str:
    """The practitioner roles these holders point to."""
    return by_id("PractitionerRole", typed("PractitionerRole", holders))


def practitioners(holders: Iterable[str]) -> str:
    """The practitioners these holders point to, directly or through a role."""
    return by_id("Practitioner", ["%practitionerRoles.entry.resource.practitioner.resolve().id", *typed("Practitioner", holders)])


def organizations(*more: str) -> str:
    """The organizations of the roles and of the encounter, and at the end of these paths."""
    first = ["%practitionerRoles.entry.resource.organization.resolve().id", *typed("Organization", ["%encounter.serviceProvider"])]
    return by_id("Organization", [*first, *more])


def locations(*more: str) -> str:
    """The locations of the roles and of the encounter, and at the end of these paths."""
    return by_id("Location", ["%practitionerRoles.entry.resource.location.resolve().id", "%encounter.location.location.resolve().id", *more])
