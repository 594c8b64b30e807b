"""The cases a visitor of the member page may see, and no others: what is somebody else's is answered as what does not exist."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import suppress

from fhir_pa.auth.caller import Caller
from fhir_pa.auth.visitor import Visitor, Whose
from fhir_pa.operations.desk.members_case import member_of
from fhir_pa.storage.cases import about_member
from fhir_pa.storage.looks import Look
from fhir_pa.storage.store import Reading
from fhir_pa.um.case.authorization import Authorization
from fhir_pa.wiring import Payer
from ig_profiles.outcome import NotFound

PAGE = 20


def cases_of(whose: Whose, page: int, payer: Payer, tx: Reading) -> tuple[int, list[Authorization]]:
    """How many pages there are of this member's cases, and one of them, the newest first."""
    total, numbers = about_member(whose.member.id, PAGE, (page - 1) * PAGE, tx)
    return max(1, -(-total // PAGE)), [case for case in map(tx.authorization, numbers) if _shown(case, whose, payer)]


def case_seen(number: str, visitor: Visitor, payer: Payer, tx: Reading) -> tuple[Authorization, Whose]:
    """The case, and whose it is. Raises NotFound, the same for one that is not there and one that is somebody else's."""
    with suppress(NotFound):
        case = tx.authorization(number)
        found = next(_whose(case, visitor, payer), None)
        if found is not None and case.number == number:
            return case, found
    raise NotFound("There is no such request of yours here. Open it from the list of your requests.", expression="number")


def keep_look(what: str, about: str, found: int, caller: Caller, payer: Payer) -> None:
    """Keep that this person looked, by number and not by name; kept before anything is told."""
    person = caller.must_be_a_visitor().number
    with payer.store.transaction("the process") as tx:
        tx.keep_look(Look(str(uuid.uuid4()), payer.clock(), person, caller.how, what, about, found))


def _whose(case: Authorization, visitor: Visitor, payer: Payer) -> Iterator[Whose]:
    return (each for each in visitor.whose if _shown(case, each, payer))


def _shown(case: Authorization, whose: Whose, payer: Payer) -> bool:
    """Whether it is this member's, and nothing in it is for the member alone."""
    if member_of(case.request.member, payer.directory) != whose.member:
        return False
    editions = (item.determination.edition for item in case.items)
    return whose.sensitive or not any(edition is not None and edition.sensitive for edition in editions)
