"""One practice, or one of a practice's people, as a configuration file lists them; their NPIs are checked by the caller."""

from __future__ import annotations

from collections.abc import Iterable

from fhir_pa.auth.practice import PRACTICE_ROLES, Practice, PracticePerson
from fhir_pa.configuration import Table

NOWHERE = Practice("", "", ())


def practice(table: Table) -> Practice:
    """A ``[[practice]]`` table."""
    found = Practice(table.text("id", required=True), table.text("name", required=True), table.texts("npis"), table.text("phone"))
    if not found.npis:
        table.wrong("npis", "is empty, so its people would see nothing.", "List the NPIs of the practice and of its clinicians.")
    return found


def person(table: Table, practices: Iterable[Practice]) -> PracticePerson:
    """A ``[[practice_person]]`` table; its ``practice`` is the id of one that is listed."""
    named = table.text("practice", required=True)
    theirs = next((each for each in practices if each.id == named), NOWHERE)
    found = PracticePerson(
        id=table.text("id", required=True),
        name=table.text("name", required=True),
        practice=theirs,
        roles=table.some_of("roles", PRACTICE_ROLES),
        npi=table.text("npi"),
        phone=table.text("phone"),
        accounts=table.texts("accounts"),
    )
    if named and theirs is NOWHERE:
        table.wrong("practice", f"is {named!r}, which is no [[practice]] here.", "Write the id of one that is listed.")
    if not found.roles:
        table.wrong("roles", "is empty, so this person may do nothing.", f"Give one or more of: {', '.join(PRACTICE_ROLES)}.")
    return found
