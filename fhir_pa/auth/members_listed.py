"""One member, or one representative of a member, as a configuration file lists them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from fhir_pa.auth.directory import LINES_OF_BUSINESS, Member
from fhir_pa.auth.representative import Representative
from fhir_pa.configuration import Table
from fhir_pa.words.languages import LANGUAGES


def member(table: Table) -> Member:
    """A ``[[member]]`` table."""
    found = Member(
        id=table.text("id", required=True),
        system=table.text("system"),
        name=table.text("name"),
        birth_date=table.day("birth_date"),
        line_of_business=table.one_of("line_of_business", LINES_OF_BUSINESS, required=True),
        plan=table.text("plan"),
        covered_from=table.day("covered_from"),
        covered_until=table.day("covered_until"),
        language=table.one_of("language", LANGUAGES),
        accounts=table.texts("accounts"),
    )
    if found.covered_from and found.covered_until and found.covered_until < found.covered_from:
        table.wrong("covered_until", "is before covered_from.", "Correct one of the two dates.")
    return found


def representative(table: Table, members: Iterable[Member]) -> Representative:
    """A ``[[representative]]`` table; its ``member`` is the number of one that is listed, told apart by birthday where a family shares it."""
    found = Representative(
        id=table.text("id", required=True),
        name=table.text("name", required=True),
        birth_date=table.day("birth_date", required=True) or date.min,
        member=table.text("member", required=True),
        because=table.text("because", required=True),
        member_birth_date=table.day("member_birth_date"),
        until=table.day("until"),
        sensitive=table.flag("sensitive", False),
        language=table.one_of("language", LANGUAGES),
        accounts=table.texts("accounts"),
    )
    numbered = [each for each in members if each.id == found.member]
    meant = [each for each in numbered if found.member_birth_date in (None, each.birth_date)]
    if found.member and not meant:
        table.wrong("member", f"is {found.member!r}, which names no [[member]] here.", "Write the number, and the birthday, of one that is listed.")
    elif len(meant) > 1:
        table.wrong("member", f"is {found.member!r}, which {len(meant)} members share.", "Say whose birthday: member_birth_date = 2014-05-01.")
    return found
