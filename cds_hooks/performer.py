"""Performer: who is to do what is ordered, as far as order, task or dispatch say, and the numbers (NPI) they are known by."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from cds_hooks.hook import Subject
from cds_hooks.network import Performer
from cds_hooks.orderer import behind, numbers, unread_behind
from cds_hooks.request import HookRequest
from ig_profiles.names import NPI
from ig_profiles.reading import Entry, many, one, text

_BESIDES_PEOPLE = ("Patient", "Location", "Device", "RelatedPerson")  # may take part, but sends no bill


def performer(subject: Subject, request: HookRequest) -> Performer:
    """Who performs what this subject asks about; nobody where nothing says so."""
    named = _references(subject, request)
    entries = [entry for reference in named if (entry := request.index.resolve(reference, subject.described_by)) is not None]
    everybody = [party for entry in entries for party in behind(entry, request)]
    names = [found for party in everybody if (found := name_of(party))] + [shown for each in named if (shown := text(each, "display"))]
    given = [value for each in named if text(each, "identifier", "system") == NPI and (value := text(each, "identifier", "value"))]
    return Performer(bool(named), names[0] if names else "", tuple(dict.fromkeys((*numbers(everybody), *given))))


def wanted(subject: Subject, request: HookRequest) -> Iterator[str]:
    """References to read so that the performer's number is known, as far as they are not at hand."""
    for reference in _references(subject, request):
        entry = request.index.resolve(reference, subject.described_by)
        name = reference if isinstance(reference, str) else text(reference, "reference")
        if entry is not None:
            yield from unread_behind(entry, request)
        elif name and not name.startswith("#"):
            yield name


def tasks(subject: Subject, request: HookRequest) -> list[Entry]:
    """The tasks of the call that ask somebody to fulfill this order."""
    order = subject.carrier.resource
    about = ((task, request.index.resolve(one(task.resource, "focus"), task)) for task in request.index.of_type("Task"))
    return [task for task, focus in about if focus is not None and focus.resource is order]


def name_of(party: Entry) -> str:
    """What an organization or a person is called."""
    name = one(party.resource, "name")
    if isinstance(name, str):
        return name
    return text(name, "text") or " ".join(str(part) for part in [*many(name, "given"), *many(name, "family")])


def _references(subject: Subject, request: HookRequest) -> list[Any]:
    """Who is named: by the dispatch, else by its task, else by the order or the appointment itself."""
    dispatched = text(request.context, "performer")
    if dispatched:
        return [dispatched]
    owners = [owner for task in tasks(subject, request) for owner in many(task.resource, "owner")]
    described = subject.described_by.resource
    own = many(described, "performer") + many(described, "dispenseRequest", "performer") + many(described, "participant", "actor")
    return owners or [each for each in own if (text(each, "reference") or "").split("/")[-2:-1] not in [[kind] for kind in _BESIDES_PEOPLE]]
