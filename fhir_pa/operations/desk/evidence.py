"""Evidence: the very resource a finding rests on, read anew from the received bytes and found by its fingerprint."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from fhir_pa.auth.caller import Caller
from fhir_pa.documents.attached import attachments, clinical, content, words
from fhir_pa.operations.desk.looked import READ_DOCUMENT, keep_look
from fhir_pa.operations.desk.readable import readable, title
from fhir_pa.operations.own_case import own_case
from fhir_pa.operations.weighing.weighing import READERS
from fhir_pa.storage.store import Reading
from fhir_pa.um.case.authorization import Authorization
from fhir_pa.wiring import Payer
from ig_profiles.json import dump
from ig_profiles.outcome import NotFound
from ig_profiles.reading import Json, text
from ig_profiles.resource_text import read_resource
from questionnaires.facts import fingerprint

SHOWN = frozenset({"application/pdf", "image/jpeg", "image/png", "text/plain"})
AROUND = 80  # characters shown on either side of what was searched for


@dataclass(frozen=True)
class Brought:
    """One resource, and the message that brought it."""

    resource: Json
    message: str
    at: datetime
    guide: str

    @property
    def sha256(self) -> str:
        """The fingerprint by which findings name it."""
        return fingerprint(self.resource)


def brought(case: Authorization, tx: Reading) -> Iterator[Brought]:
    """Every resource that was received for the case as evidence, the newest message first; of a simulated case nothing was."""
    for identity in reversed(case.received):
        try:
            received = tx.received(identity)
        except NotFound:
            continue
        documentation = READERS[received.kind](read_resource(received.body, received.guide), received.guide).about(case.request.member)
        for resource in (*documentation.responses, *documentation.resources):
            yield Brought(resource, identity, received.at, received.guide)


def resource(number: str, sha256: str, caller: Caller, payer: Payer) -> Json:
    """One resource: what it is, in readable lines, its attached texts, and as it was sent. Raises NotFound."""
    return shown(_found(number, sha256, caller, payer), number)


def shown(found: Brought, number: str) -> Json:
    """The same of a resource that was found."""
    return {
        "number": number,
        "sha256": found.sha256,
        "title": title(found.resource),
        "received_at": found.at.isoformat(),
        "message": found.message,
        "lines": readable(found.resource),
        "attachments": [_attachment(position, each) for position, each in enumerate(attachments(found.resource))],
        "resource": found.resource,
        "as_sent": dump(found.resource, pretty=True).decode(),
    }


def attachment(number: str, sha256: str, position: int, caller: Caller, payer: Payer) -> tuple[str, bytes]:
    """An attached document with its media type; what a browser might run is handed over as bytes only. Raises NotFound."""
    return document(_found(number, sha256, caller, payer), position)


def document(brought_: Brought, position: int) -> tuple[str, bytes]:
    """The same of a resource that was found."""
    found = attachments(brought_.resource)
    body = content(found[position]) if position < len(found) else None
    if body is None:
        raise NotFound("No such document is attached to this resource. Open the resource to see what is.")
    kind = (text(found[position], "contentType") or "").split(";")[0].strip().lower()
    return (kind if kind in SHOWN else "application/octet-stream"), body


def _found(number: str, sha256: str, caller: Caller, payer: Payer) -> Brought:
    if caller.practice is None:
        caller.must_be_staff()
    with payer.store.reading() as tx:
        case = own_case(number, caller, tx, "read what was sent") if caller.practice else tx.authorization(number)
        found = next((each for each in brought(case, tx) if each.sha256 == sha256), None)
    if found is None:
        raise NotFound(f"Nothing with this fingerprint was received for {number}. Open it from the case.")
    if caller.practice is None:  # a practice reads what it asked with, which is no look of the plan's
        keep_look(READ_DOCUMENT, number, caller, payer)
    return found


def search(number: str, wanted: str, caller: Caller, payer: Payer) -> Json:
    """Where these words stand in what was received for a case: in documents, by section, in notes, forms and data. Raises NotFound.

    All of the words must stand in one line or section; capitals do not matter.
    """
    caller.must_be_staff()
    sought = wanted.casefold().split()
    with payer.store.reading() as tx:
        found = list(brought(tx.authorization(number), tx))
    hits = [{"sha256": each.sha256, "title": title(each.resource), **hit} for each in found for hit in _hits(each.resource, sought)] if sought else []
    return {"number": number, "sought": wanted, "found": hits}


def _hits(resource_: Json, sought: list[str]) -> Iterator[Json]:
    for where, said in _spoken(resource_):
        lower = said.casefold()
        if all(word in lower for word in sought):
            at = lower.find(sought[0])
            yield {"where": where, "says": " ".join(said[max(0, at - AROUND) : at + len(sought[0]) + AROUND].split())}


def _spoken(resource_: Json) -> Iterator[tuple[str, str]]:
    """Everything a person may read of it, with the place where it stands."""
    for line in readable(resource_):
        yield line["label"], line["value"]
    for each in attachments(resource_):
        name, document_ = text(each, "title") or "Attached document", clinical(each)
        if document_ is None:
            yield name, words(each) or ""
            continue
        yield name, " ".join([document_.title, document_.custodian, *(author.name for author in document_.authors)])
        yield from ((f"{name} › {section.title or 'a section without a title'}", section.text) for section in document_.sections)


def _attachment(position: int, node: Json) -> Json:
    body = content(node)
    return {
        "position": position,
        "title": text(node, "title") or "Attached document",
        "kind": (text(node, "contentType") or "").lower() or "unknown kind",
        "bytes": len(body) if body is not None else 0,
        "elsewhere": text(node, "url") if body is None else None,
        "text": words(node),
    }
