"""Evidence: the very resource a finding rests on, read anew from the received bytes and found by its fingerprint."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from fhir_pa.auth.caller import Caller
from fhir_pa.documents.attached import attachments, content, words
from fhir_pa.documents.pdf import Patience
from fhir_pa.operations.desk.looked import READ_DOCUMENT, keep_look
from fhir_pa.operations.desk.readable import readable, title
from fhir_pa.operations.own_case import own_case
from fhir_pa.operations.weighing.weighing import FROM_MEMBER, READERS, messages_of
from fhir_pa.storage.received import Received
from fhir_pa.storage.store import Reading
from fhir_pa.um.case.authorization import Authorization
from fhir_pa.wiring import Payer
from ig_profiles.json import dump
from ig_profiles.outcome import NotFound
from ig_profiles.reading import Json, text
from ig_profiles.resource_text import read_resource
from questionnaires.facts import fingerprint

SHOWN = frozenset({"application/pdf", "image/jpeg", "image/png", "text/plain"})
UNTITLED = "Attached document"


@dataclass(frozen=True)
class Brought:
    """One resource, and the message that brought it; ``over`` is the case it was brought over from, empty where it was sent for this one."""

    resource: Json
    message: str
    at: datetime
    guide: str
    over: str = ""

    @property
    def sha256(self) -> str:
        """The fingerprint by which findings name it."""
        return fingerprint(self.resource)


def brought(case: Authorization, tx: Reading) -> Iterator[Brought]:
    """Every resource that practices sent for the case as evidence, the newest message first; of a simulated case nothing was."""
    yield from _of(tuple(each for each in messages_of(case, tx) if each.kind != FROM_MEMBER), case)


def with_earlier(case: Authorization, tx: Reading) -> Iterator[Brought]:
    """The same with what the member sent, and after it what an extension brought over from the case it extends.

    For the plan's people and the member; no practice reads it.
    """
    yield from _of(messages_of(case, tx), case)
    if case.brought_over is not None:
        yield from _of(messages_of(case.brought_over, tx), case, case.brought_over.number)


def _of(messages: tuple[Received, ...], case: Authorization, over: str = "") -> Iterator[Brought]:
    for received in reversed(messages):
        documentation = READERS[received.kind](read_resource(received.body, received.guide), received.guide).about(case.request.member)
        for resource in (*documentation.responses, *documentation.resources):
            yield Brought(resource, received.id, received.at, received.guide, over)


def resource(number: str, sha256: str, caller: Caller, payer: Payer) -> Json:
    """One resource: what it is, in readable lines, its attached texts, and as it was sent. Raises NotFound.

    PDFs are read for the plan's own people; whoever sent them, or whom they are about, opens them.
    """
    return shown(_found(number, sha256, caller, payer), number, Patience() if caller.practice is None else Patience(0))


def shown(found: Brought, number: str, patience: Patience) -> Json:
    """The same of a resource that was found; its PDFs are read for so long."""
    return {
        "number": number,
        "sha256": found.sha256,
        "title": title(found.resource),
        "received_at": found.at.isoformat(),
        "message": found.message,
        "lines": readable(found.resource),
        "attachments": [_attachment(position, each, patience) for position, each in enumerate(attachments(found.resource))],
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
        sent = brought(case, tx) if caller.practice else with_earlier(case, tx)
        found = next((each for each in sent if each.sha256 == sha256), None)
    if found is None:
        raise NotFound(f"Nothing with this fingerprint was received for {number}. Open it from the case.")
    keep_look(READ_DOCUMENT, number, caller, payer)
    return found


def _attachment(position: int, node: Json, patience: Patience) -> Json:
    body, said = content(node), words(node, patience)
    pages = [{"number": part.page, "text": part.text} for part in said.parts if part.page is not None] if said else []
    return {
        "position": position,
        "title": text(node, "title") or UNTITLED,
        "kind": (text(node, "contentType") or "").lower() or "unknown kind",
        "bytes": len(body) if body is not None else 0,
        "elsewhere": text(node, "url") if body is None else None,
        "text": said.whole() if said and not pages and said.parts else None,
        "pages": pages,
        "note": said.note if said else "",
    }
