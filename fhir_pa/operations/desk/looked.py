"""Looked: whoever reads a member's case, or a document of it, is on record, for auditors and for the member who asks (45 CFR 164.312(b))."""

from __future__ import annotations

import uuid

from fhir_pa.auth.caller import Caller
from fhir_pa.storage.looks import Look
from fhir_pa.wiring import Payer
from ig_profiles.reading import Json

READ_CASE, READ_DOCUMENT, SEARCHED = "read a case", "read a document of a case", "searched what was sent for a case"
READ_LETTER, GATHERED, LISTED, ASKED = "read the letter", "gathered an appeal packet", "listed requests", "asked whether one is on file"
LAST = 50  # looks told of on one page


def keep_look(what: str, number: str, caller: Caller, payer: Payer, found: int = 1) -> None:
    """Keep it, after what was read is found and before it is told; reading twice is two looks. Of the plan's people, of a practice's, of a system."""
    with payer.store.transaction("the process") as tx:
        tx.keep_look(Look(str(uuid.uuid4()), payer.clock(), caller.id, caller.how, what, number, found))


def looks_at(number: str, caller: Caller, payer: Payer) -> list[Json]:
    """Who read this case, the last first; for auditors, to others nothing."""
    if not caller.holds("auditor"):
        return []
    directory = payer.directory
    names = {each.id: each.name for each in directory.clients} | {each.id: each.name for each in directory.practice_people}
    names |= {each.id: each.name for each in directory.people}
    with payer.store.reading() as tx:
        looks = tx.looks(LAST, number)
    return [{"at": each.at.isoformat(), "person": names.get(each.person, each.person), "what": each.what} for each in looks]
