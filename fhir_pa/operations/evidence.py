"""Evidence: the very resource a finding rests on, read anew from the received bytes and found by its fingerprint."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from fhir_pa.auth.caller import Caller
from fhir_pa.operations.practice import own_case
from fhir_pa.operations.readable import readable, title
from fhir_pa.operations.weighing import READERS
from fhir_pa.storage.store import Reading
from fhir_pa.um.authorization import Authorization
from fhir_pa.wiring import Payer
from ig_profiles.json import dump
from ig_profiles.outcome import NotFound
from ig_profiles.reading import Json, many, text
from ig_profiles.resource_text import read_resource
from questionnaires.facts import fingerprint

SHOWN = frozenset({"application/pdf", "image/jpeg", "image/png", "text/plain"})
MUCH = 200_000  # characters of a text shown in the page


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
    """Every resource that was received for the case as evidence, the newest message first."""
    for identity in reversed(case.received):
        received = tx.received(identity)
        documentation = READERS[received.kind](read_resource(received.body, received.guide), received.guide)
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
        "attachments": [_attachment(position, each) for position, each in enumerate(_attachments(found.resource))],
        "resource": found.resource,
        "as_sent": dump(found.resource, pretty=True).decode(),
    }


def attachment(number: str, sha256: str, position: int, caller: Caller, payer: Payer) -> tuple[str, bytes]:
    """An attached document with its media type; what a browser might run is handed over as bytes only. Raises NotFound."""
    return document(_found(number, sha256, caller, payer), position)


def document(brought_: Brought, position: int) -> tuple[str, bytes]:
    """The same of a resource that was found."""
    found = _attachments(brought_.resource)
    content = _content(found[position]) if position < len(found) else None
    if content is None:
        raise NotFound("No such document is attached to this resource. Open the resource to see what is.")
    kind = (text(found[position], "contentType") or "").split(";")[0].strip().lower()
    return (kind if kind in SHOWN else "application/octet-stream"), content


def _found(number: str, sha256: str, caller: Caller, payer: Payer) -> Brought:
    if caller.practice is None:
        caller.must_be_staff()
    with payer.store.reading() as tx:
        case = own_case(number, caller, tx, "read what was sent") if caller.practice else tx.authorization(number)
        found = next((each for each in brought(case, tx) if each.sha256 == sha256), None)
    if found is None:
        raise NotFound(f"Nothing with this fingerprint was received for {number}. Open it from the case.")
    return found


def _attachments(resource_: Json) -> list[Json]:
    """Attachments of documents and reports, and those answered in a form."""
    found = [*many(resource_, "content", "attachment"), *many(resource_, "presentedForm")]
    return [each for each in (*found, *_answered(resource_)) if isinstance(each, dict)]


def _answered(node: Json) -> Iterator[Json]:
    for item in many(node, "item"):
        yield from many(item, "answer", "valueAttachment")
        yield from _answered(item)


def _attachment(position: int, node: Json) -> Json:
    content, kind = _content(node), (text(node, "contentType") or "").lower()
    words = content.decode("utf-8", "replace")[:MUCH] if content is not None and kind.startswith("text/plain") else None
    return {
        "position": position,
        "title": text(node, "title") or "Attached document",
        "kind": kind or "unknown kind",
        "bytes": len(content) if content is not None else 0,
        "elsewhere": text(node, "url") if content is None else None,
        "text": words,
    }


def _content(node: Json) -> bytes | None:
    data = text(node, "data")
    try:
        return base64.b64decode(data, validate=True) if data else None
    except (binascii.Error, ValueError):
        return None
