"""ClaimResponse, Claim, Bundle, Task, CommunicationRequest and Communication, read and searched: what is on file for the system that submitted it.

Chapter: FHIR R4 §RESTful API (read, search, paging). Access is that of an inquiry (pas.md §1.8 rule 75): a system sees what it
submitted; what another submitted it asks about with $inquire, where member and provider are named.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from urllib.parse import urlencode

from fhir_pa.auth.caller import Caller
from fhir_pa.operations.requests.inquire import request_of
from fhir_pa.operations.weighing.weighing import ATTACHMENT, HELD, messages_of
from fhir_pa.pas import attachment
from fhir_pa.pas.communication import Sent
from fhir_pa.pas.kept import case_named, kept
from fhir_pa.storage.cases import Known, submitted_by
from fhir_pa.storage.names import CLAIM, ITEM_TRACE, MEMBER, NUMBER, PATIENT, PROVIDER, TRACE
from fhir_pa.storage.store import Reading
from fhir_pa.um.case.authorization import Authorization
from fhir_pa.wiring import Payer
from ig_profiles.outcome import Issue, NotFound, Unprocessable
from ig_profiles.reading import Json
from ig_profiles.resource_text import read_resource

PAGE, LARGEST = 20, 100
IDENTIFIED: Mapping[str, tuple[str, ...]] = {
    "identifier": (TRACE, ITEM_TRACE, NUMBER),
    "patient:identifier": (MEMBER,),
    "requestor:identifier": (PROVIDER,),
    "provider:identifier": (PROVIDER,),
}
SEARCHED: Mapping[str, tuple[str, ...]] = {
    "ClaimResponse": ("_id", "identifier", "patient", "patient:identifier", "requestor:identifier", "request"),
    "Claim": ("_id", "identifier", "patient", "patient:identifier", "provider:identifier"),
    "Bundle": ("_id", "identifier"),
    "Task": ("_id", "identifier", "patient", "patient:identifier", "status"),
    "CommunicationRequest": ("_id", "identifier", "patient", "patient:identifier", "status"),
    "Communication": ("_id", "identifier", "patient", "patient:identifier"),
}
_PAGING = ("_count", "_offset", "_format", "_pretty")


def read(kind: str, identity: str, guide: str, caller: Caller, payer: Payer) -> Json:
    """One resource of a case this system submitted. Raises NotFound, the same for what is somebody else's."""
    with payer.store.reading() as tx, suppress(NotFound):
        case = tx.authorization(case_named(kind, identity))
        if case.client == caller.id:
            found = next((each for each in _resources(kind, case, guide, payer, tx) if each["id"] == identity), None)
            if found is not None:
                return found
    raise NotFound(f"No {kind} {identity} is on file for your system. Search {kind}, or ask with Claim/$inquire.", expression="id")


def search(kind: str, asked: Mapping[str, Sequence[str]], guide: str, caller: Caller, payer: Payer) -> Json:
    """A searchset of what this system submitted, the newest case first, paged by cases: ``_count`` of them, from ``_offset`` on.

    Raises Unprocessable for a parameter that is not offered, because leaving it out would answer more than was asked.
    """
    issues = [_not_offered(kind, name) for name in asked if name not in (*SEARCHED[kind], *_PAGING)]
    if issues:
        raise Unprocessable(*issues)
    count, offset = _number(asked, "_count", PAGE, LARGEST), _number(asked, "_offset", 0, 1_000_000)
    wanted = [[known for each in value.split(",") for known in _known(kind, name, each)] for name, values in asked.items() for value in values]
    narrowed = {element: {each for value in asked.get(name, ()) for each in value.split(",")} for name, element in (("_id", "id"), ("status", "status"))}
    with payer.store.reading() as tx:
        total, numbers = submitted_by(caller.id, [each for each in wanted if each], count, offset, tx)
        there = [each for number in numbers for each in _resources(kind, tx.authorization(number), guide, payer, tx)]
    found = [each for each in there if all(not meant or each[element] in meant for element, meant in narrowed.items())]
    return _searchset(kind, found, asked, (total, count, offset), payer.fhir_base(guide))


def _resources(kind: str, case: Authorization, guide: str, payer: Payer, tx: Reading) -> list[Json]:
    sent = _sent(case, tx) if kind == "Communication" else ()
    return kept(kind, case, request_of(case, tx), guide, at=payer.clock(), base_url=payer.fhir_base(guide), sent=sent)


def _sent(case: Authorization, tx: Reading) -> Iterator[Sent]:
    """The documents that came by $submit-attachment, before the request or after it."""
    for received in messages_of(case, tx):
        if received.kind in (ATTACHMENT, HELD):
            yield Sent(received.id, received.at, attachment.read(read_resource(received.body, received.guide), received.guide))


def _known(kind: str, name: str, value: str) -> Iterator[Known]:
    """What a search parameter looks for: a token (``system|value``, ``|value``, ``value``), a reference, or an id."""
    if name in IDENTIFIED:
        system, bar, number = value.rpartition("|")
        yield Known(IDENTIFIED[name], number, system if bar else None)
        if name == "identifier" and kind != "Bundle":
            yield Known((NUMBER,), case_named("Task", number))
    elif name == "request":
        yield Known((CLAIM,), value)
        yield Known((NUMBER,), value.rpartition("/")[2])
    elif name == "patient":
        yield Known((PATIENT,), value if "/" in value else f"Patient/{value}")
    elif name == "_id":
        yield Known((NUMBER,), case_named(kind, value))


def _searchset(kind: str, found: list[Json], asked: Mapping[str, Sequence[str]], page: tuple[int, int, int], base: str) -> Json:
    total, count, offset = page
    kept_on = [(name, value) for name, values in asked.items() if name not in ("_count", "_offset") for value in values]
    turns: list[tuple[str, int, Callable[[], bool]]] = [
        ("self", offset, lambda: True),
        ("next", offset + count, lambda: bool(count) and offset + count < total),
        ("previous", max(0, offset - count), lambda: bool(count) and offset > 0),
    ]
    links = [{"relation": name, "url": f"{base}/{kind}?{urlencode([*kept_on, ('_count', count), ('_offset', to)])}"} for name, to, holds in turns if holds()]
    entries = [{"fullUrl": f"{base}/{kind}/{each['id']}", "resource": each, "search": {"mode": "match"}} for each in found]
    whole = {"total": total} if kind in ("ClaimResponse", "Claim") else {}
    return {"resourceType": "Bundle", "type": "searchset", **whole, "link": links} | ({"entry": entries} if entries else {})


def _not_offered(kind: str, name: str) -> Issue:
    return Issue(f"{kind} is not searched by '{name[:60]}'. Use {', '.join(SEARCHED[kind])}, _count or _offset.", "not-supported", expression=name[:60])


def _number(asked: Mapping[str, Sequence[str]], name: str, default: int, largest: int) -> int:
    given = next(iter(asked.get(name, ())), None)
    if given is None:
        return default
    if not (given.isascii() and given.isdigit()):
        raise Unprocessable(Issue(f"{name}={given[:40]} is no whole number. Give one, or leave it out.", "value", expression=name))
    return min(int(given[:9]), largest)
