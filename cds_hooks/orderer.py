"""Orderer: the clinician who orders, the organization ordered for, and the numbers (NPI) both are known by."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from cds_hooks.hook import Subject
from cds_hooks.request import HookRequest
from ig_profiles.names import NPI
from ig_profiles.reading import Entry, Json, identifier_value, one, text

ELEMENTS = ("requester", "orderer", "prescriber")
_PEOPLE = frozenset({"Practitioner", "PractitionerRole"})
_BEHIND = ("practitioner", "organization")


def orderer(subject: Subject, request: HookRequest) -> Entry | None:
    """Who orders, when at hand: whom the order names, else the clinician in front of the screen."""
    described = subject.described_by
    named = next((described.resource[element] for element in ELEMENTS if described.resource.get(element)), None)
    if named is not None:
        return request.index.resolve(named, described)
    user = request.index.resolve(request.user) if request.user else None
    return user if user is not None and user.resource.get("resourceType") in _PEOPLE else None


def parties(subject: Subject, request: HookRequest) -> tuple[Entry, ...]:
    """The orderer, and for a role the practitioner and the organization behind it."""
    found = orderer(subject, request)
    return behind(found, request) if found is not None else ()


def behind(party: Entry, request: HookRequest) -> tuple[Entry, ...]:
    """The party itself, and for a role the practitioner and the organization behind it, when at hand."""
    others = (request.index.resolve(one(party.resource, element), party) for element in _BEHIND)
    return (party, *(entry for entry in others if entry is not None))


def npis(subject: Subject, request: HookRequest) -> tuple[str, ...]:
    """The NPIs of all these, the clinician's own first."""
    return numbers(parties(subject, request))


def numbers(entries: Iterable[Entry]) -> tuple[str, ...]:
    """The NPIs of these parties, clinicians first."""
    found = (identifier_value(entry.resource, NPI) for entry in sorted(entries, key=_place))
    return tuple(dict.fromkeys(number for number in found if number))


def wanted(subject: Subject, request: HookRequest) -> Iterator[str]:
    """References to read so that the orderer is known, as far as they are not at hand."""
    found = orderer(subject, request)
    if found is None:
        named = (text(subject.described_by.resource, element, "reference") for element in ELEMENTS)
        yield from (name for name in [*named, request.user] if name and not name.startswith("#"))
        return
    yield from unread_behind(found, request)


def unread_behind(party: Entry, request: HookRequest) -> Iterator[str]:
    """References from a role to the practitioner and the organization behind it that are not at hand."""
    for element in _BEHIND:
        name = text(party.resource, element, "reference")
        if name and not name.startswith("#") and request.index.resolve(one(party.resource, element), party) is None:
            yield name


def _place(entry: Entry) -> int:
    kind: Json = entry.resource
    return ("Practitioner", "PractitionerRole", "Organization").index(kind["resourceType"]) if kind.get("resourceType") in _PEOPLE | {"Organization"} else 3
