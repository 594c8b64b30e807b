"""Searching a case: where words stand in everything that was received for it, and in which documents nobody could look."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from fhir_pa.auth.caller import Caller
from fhir_pa.documents.attached import attachments, words
from fhir_pa.documents.pdf import Patience
from fhir_pa.operations.desk.evidence import UNTITLED, with_earlier
from fhir_pa.operations.desk.looked import SEARCHED, keep_look
from fhir_pa.operations.desk.readable import readable, title
from fhir_pa.wiring import Payer
from ig_profiles.reading import Json, text

AROUND = 80  # characters shown on either side of what was searched for
LONGEST = 20.0  # seconds in which all PDFs of a case are read for one search
NO_WORDS = "It bears no words that can be searched. Open the document itself."


def search(number: str, wanted: str, caller: Caller, payer: Payer) -> Json:
    """Where these words stand in what was received for a case: in documents, by section or page, in notes, forms and data. Raises NotFound.

    All of the words must stand in one line, section or page; capitals do not matter. ``not_read`` names the documents, or
    the rest of them, in which nobody looked, and why.
    """
    caller.must_be_staff()
    sought, patience = wanted.casefold().split(), Patience(LONGEST)
    with payer.store.reading() as tx:
        received = {each.sha256: each for each in with_earlier(tx.authorization(number), tx)} if sought else {}
    found: list[Json] = []
    not_read: list[Json] = []
    for sha256, each in received.items():
        named = {"sha256": sha256, "title": title(each.resource)}
        for said in _spoken(each.resource, patience):
            if said.why_not:
                not_read.append({**named, "where": said.where, "why": said.why_not})
            elif all(word in said.text.casefold() for word in sought):
                found.append({**named, "where": said.where, "says": _around(said.text, sought[0]), "attachment": said.attachment, "page": said.page})
    if sought:
        keep_look(SEARCHED, number, caller, payer, len(found))
    return {"number": number, "sought": wanted, "found": found, "not_read": not_read}


@dataclass(frozen=True)
class _Said:
    """Words and where they stand; ``attachment`` counts the documents of the resource from 0. ``why_not``: what could not be read."""

    where: str
    text: str = ""
    attachment: int | None = None
    page: int | None = None
    why_not: str = ""


def _spoken(resource_: Json, patience: Patience) -> Iterator[_Said]:
    """Everything a person may read of it."""
    yield from (_Said(line["label"], line["value"]) for line in readable(resource_))
    for position, each in enumerate(attachments(resource_)):
        name, said = text(each, "title") or UNTITLED, words(each, patience)
        for part in said.parts if said else ():
            yield _Said(" › ".join(filter(None, (name, part.place))), part.text, position, part.page)
        if said is None or said.note:
            yield _Said(name, attachment=position, why_not=said.note if said else NO_WORDS)


def _around(said: str, word: str) -> str:
    at = said.casefold().find(word)
    return " ".join(said[max(0, at - AROUND) : at + len(word) + AROUND].split())
