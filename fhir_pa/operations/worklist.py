"""The worklist: what waits for a person, a page at a time; taking a case, handing it over, giving it back (domain §4.9 invariant 8)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from fhir_pa.auth.caller import Caller
from fhir_pa.auth.directory import LINES_OF_BUSINESS
from fhir_pa.operations.delegates import sees, works_for
from fhir_pa.operations.form import Form
from fhir_pa.storage.worklist import POOL, Wanted
from fhir_pa.um.delegate import Delegate
from fhir_pa.um.waiting import Waits
from fhir_pa.wiring import Payer
from ig_profiles.json import parse
from ig_profiles.outcome import Forbidden, Issue, NotFound, Unprocessable
from ig_profiles.reading import Json

PAGE, LONGEST = 50, 500
TAKES = ("physician", "nurse", "clerk")


def worklist(asked: Mapping[str, str], caller: Caller, payer: Payer) -> Json:
    """What waits for a person, the most urgent first: pended cases, conversations, open appeals, evidence after a denial.

    ``asked`` may hold ``waits_for``, ``line``, ``role``, ``owner`` (a person's id, or ``nobody``), ``urgent=true``,
    ``overdue=true``, ``q`` (a number, name or code), ``page`` (from 1) and ``per_page``. Raises Unprocessable naming what cannot be read.
    """
    person, at = caller.must_be_staff(), payer.clock()
    issues: list[Issue] = []
    wanted = Wanted(
        waits_for=_one_of("waits_for", [str(each) for each in Waits], asked, issues),
        line_of_business=_one_of("line", LINES_OF_BUSINESS, asked, issues),
        role=_one_of("role", ("nurse", "physician"), asked, issues),
        owner=asked.get("owner", ""),
        urgent=asked.get("urgent") == "true",
        overdue_at=at if asked.get("overdue") == "true" else None,
        sought=asked.get("q", "").strip()[:80],
        **_scope(works_for(caller, payer)),
    )
    page, per_page = _number("page", 1, 1_000_000, asked, issues), _number("per_page", PAGE, LONGEST, asked, issues)
    if issues:
        raise Unprocessable(*issues)
    with payer.store.reading() as tx:
        rows, total = tx.worklist(wanted, (page - 1) * per_page, per_page)
        rows = [row for row in rows if not wanted.scoped or sees(tx.authorization(row["number"]), caller, payer)]
        counts = tx.worklist_counts(person.id, at, wanted)
    pages = max(1, -(-total // per_page))
    names = {each.id: each.name for each in payer.directory.people}
    return {
        "at": at.isoformat(),
        "counts": vars(counts),
        "total": total,
        "page": page,
        "pages": pages,
        "authorizations": [_line(row, names) for row in rows],
    }


def _scope(mine: Delegate | None) -> dict[str, Any]:
    """What of the list a review organization's people see: what can lie in its scope; each line is looked at once more by its case."""
    if mine is None:
        return {}
    return {"topics": mine.topics, "lines": mine.lines_of_business, "begins": mine.begins, "until": mine.until, "scoped": True}


def take(number: str, body: bytes, caller: Caller, payer: Payer) -> Json:
    """Put a case that waits into somebody's hands (``owner``: a person's id), or back into the pool (``owner`` empty).

    ``before`` is who has it as far as the caller knows. Raises Conflict when somebody else took it meanwhile, Forbidden
    when this person keeps no cases, NotFound when nothing of it waits.
    """
    at, person = payer.clock(), caller.must_be_staff()
    if not set(TAKES) & set(person.roles):
        raise Forbidden(f"{person.name} may not take or hand over cases: that takes a physician, a nurse or a clerk.")
    form = Form(parse(body))
    owner, before = form.text("owner") or None, form.text("before") or None
    form.refuse_if_wrong()
    if owner and not able_to_own(owner, payer):
        raise Unprocessable(f"'{owner}' is none of the plan's reviewers. Name a physician, nurse or clerk by id.", expression="owner")
    with payer.store.transaction() as tx:
        tx.authorization(number)
        tx.owner(number)
        tx.hand_over(number, before, owner, person.id, at)
    return {"number": number, "owner": owner}


def able_to_own(person: str, payer: Payer) -> bool:
    """Whether this is one of the people who work on cases."""
    found = payer.directory.person(person)
    return found is not None and bool(set(TAKES) & set(found.roles))


def owner_of(number: str, payer: Payer) -> Json | None:
    """Who has it in hand, since when it was whose; None when it waits for nobody."""
    with payer.store.reading() as tx:
        try:
            owner = tx.owner(number)
        except NotFound:
            return None
        went = tx.handovers(number)
    names = {each.id: each.name for each in payer.directory.people}
    return {
        "id": owner,
        "name": names.get(owner or "", owner),
        "handovers": [{"at": each["at"].isoformat(), "by": names.get(each["by"], each["by"]), "to": names.get(each["owner"], each["owner"])} for each in went],
    }


def _line(row: Mapping[str, Any], names: Mapping[str, str]) -> Json:
    told = {str(name): value.isoformat() if isinstance(value, datetime) else value for name, value in row.items()}
    more = {
        "also": row["also"].split(",") if row["also"] else [],
        "services": row["services"].split(),
        "pended_items": [int(each) for each in row["pended_items"].split()],
        "owner_name": names.get(row["owner"] or "", row["owner"]),
    }
    return {**told, **more}


def _one_of(name: str, known: Any, asked: Mapping[str, str], issues: list[Issue]) -> str:
    value = asked.get(name, "")
    if value and value not in known:
        issues.append(Issue(f"'{value[:80]}' is none of: {', '.join(known)}.", "invalid", expression=name))
        return ""
    return value


def _number(name: str, otherwise: int, most: int, asked: Mapping[str, str], issues: list[Issue]) -> int:
    value = asked.get(name, "") or str(otherwise)
    if not value.isascii() or not value.isdigit() or not 1 <= int(value[:9]) <= most:
        issues.append(Issue(f"Give {name} as a number from 1 to {most}.", "invalid", expression=name))
        return otherwise
    return int(value)


__all__ = ["POOL", "able_to_own", "owner_of", "take", "worklist"]
