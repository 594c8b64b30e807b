"""What an order refers to and the payer may need to understand it: patient, who ordered and performs, where, and what is given.

Chapter: DTR 2.0.1 $questionnaire-package, parameter ``referenced``; 2.2 spec-126. Never what stands under supportingInfo: that is
for the clinician to hand over in the form.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from ig_profiles.reading import Json, many, text

PATHS = (
    *(("subject",), ("patient",), ("requester",), ("orderer",), ("prescriber",), ("performer",), ("sender",), ("recipient",), ("locationReference",)),
    *(("participant", "actor"), ("participant", "individual"), ("location", "location"), ("serviceProvider",)),
    *(("medicationReference",), ("codeReference",)),
)
OF_A_ROLE = (("practitioner",), ("organization",), ("location",))
KINDS = ("Patient", "Practitioner", "PractitionerRole", "Organization", "Location", "Medication", "Device")

Read = Callable[[str], Json | None]


def referenced(orders: Iterable[Json], read: Read) -> tuple[Json, ...]:
    """These resources, each once, and the person, organization and place behind a role; ``read`` takes ``Type/id``.

    What the EHR does not open is left out, and so is what the order contains: it travels in the order.

    >>> [each["id"] for each in referenced([{"subject": {"reference": "Patient/p"}, "requester": {"reference": "#me"}}], lambda name: {"id": name})]
    ['Patient/p']
    """
    found: dict[str, Json] = {}
    for name in (name for order in orders for name in _named(order, PATHS)):
        _take(name, read, found)
    for role in [each for each in found.values() if each.get("resourceType") == "PractitionerRole"]:
        for name in _named(role, OF_A_ROLE):
            _take(name, read, found)
    return tuple(found.values())


def _take(name: str, read: Read, found: dict[str, Json]) -> None:
    if name not in found and (resource := read(name)) is not None:
        found[name] = resource


def _named(resource: Json, paths: Iterable[tuple[str, ...]]) -> list[str]:
    names = (text(each, "reference") or "" for path in paths for each in many(resource, *path) if isinstance(each, dict))
    return [name for name in names if name.partition("/")[0] in KINDS]
