"""The worklist: what waits for a person, a page at a time; taking cases, handing them over, giving them back (domain §4.9 invariant 8)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from fhir_pa.auth.caller import Caller
from fhir_pa.auth.directory import LINES_OF_BUSINESS, TAKES
from fhir_pa.operations.delegates import refuse_others, sees, works_for
from fhir_pa.operations.desk.form import Form
from fhir_pa.operations.pages import page_of
from fhir_pa.storage.worklist import POOL, Wanted
from fhir_pa.um.reviewing.delegate import Delegate
from fhir_pa.um.reviewing.waiting import Waits
from fhir_pa.wiring import Payer
from ig_profiles.json import dump, parse
from ig_profiles.outcome import Conflict, Forbidden, Issue, NotFound, Unprocessable
from ig_profiles.reading import Json

AT_ONCE = 100  # cases that change hands together


def worklist(asked: Mapping[str, str], caller: Caller, payer: Payer) -> Json:
    """What waits for a person, the most urgent first: pended cases, conversations, open appeals, evidence after a denial.

    ``asked`` may hold ``waits_for``, ``line``, ``role``, ``specialty`` (a taxonomy code), ``owner`` (a person's id, or
    ``nobody``), ``urgent=true``, ``overdue=true``, ``q`` (a number, name or code), ``page`` (from 1) and ``per_page``.
    Raises Unprocessable naming what cannot be read.
    """
    person, at = caller.must_be_staff(), payer.clock()
    issues: list[Issue] = []
    fields = specialties(payer)
    specialty = _one_of("specialty", list(fields), asked, issues)
    wanted = Wanted(
        waits_for=_one_of("waits_for", [str(each) for each in Waits], asked, issues),
        line_of_business=_one_of("line", LINES_OF_BUSINESS, asked, issues),
        role=_one_of("role", ("nurse", "physician"), asked, issues),
        owner=asked.get("owner", ""),
        urgent=asked.get("urgent") == "true",
        overdue_at=at if asked.get("overdue") == "true" else None,
        sought=asked.get("q", "").strip()[:80],
        known_to_field=fields[specialty].topics if specialty else None,
        **_scope(works_for(caller, payer)),
    )
    if issues:
        raise Unprocessable(*issues)
    page = page_of(asked)
    with payer.store.reading() as tx:
        rows, total = tx.worklist(wanted, page.first, page.size)
        rows = [row for row in rows if not wanted.scoped or sees(tx.authorization(row["number"]), caller, payer)]
        counts = tx.worklist_counts(person.id, at, wanted)
    names = {each.id: each.name for each in payer.directory.people}
    return {
        "at": at.isoformat(),
        "counts": vars(counts),
        "total": total,
        "page": page.number,
        "pages": page.pages(total),
        "specialties": [{"code": code, "name": each.name, "mine": code in person.specialties} for code, each in fields.items()],
        "authorizations": [_line(row, names) for row in rows],
    }


def _scope(mine: Delegate | None) -> dict[str, Any]:
    """What of the list a review organization's people see: what can lie in its scope; each line is looked at once more by its case."""
    if mine is None:
        return {}
    return {"topics": mine.topics, "lines": mine.lines_of_business, "begins": mine.begins, "until": mine.until, "scoped": True}


@dataclass(frozen=True)
class Specialty:
    """A field of medicine: the plan's name for it, and the policies whose cases its physicians know."""

    name: str
    topics: tuple[str, ...]


def specialties(payer: Payer) -> dict[str, Specialty]:
    """The fields that the policies on the shelf name, by taxonomy code, in order of their names."""
    found: dict[str, Specialty] = {}
    for edition in payer.shelf.editions():
        for coding in edition.specialties:
            before = found.get(coding.code, Specialty(coding.display or coding.code, ()))
            found[coding.code] = Specialty(before.name, tuple(dict.fromkeys((*before.topics, edition.topic))))
    return dict(sorted(found.items(), key=lambda each: each[1].name))


def take_several(body: bytes, caller: Caller, payer: Payer) -> Json:
    """The same for several ``cases`` (``number`` and ``before``): one that somebody else took meanwhile keeps none of the others.

    ``done`` are the numbers that changed hands, ``refused`` tells of the others why not. Raises what holds for all of them.
    """
    form = Form(parse(body))
    owner, listed = form.text("owner"), form.body.get("cases")
    cases = [each for each in listed if isinstance(each, dict)] if isinstance(listed, list) else []
    if not cases or len(cases) > AT_ONCE:
        raise Unprocessable(Issue(f"Choose from 1 to {AT_ONCE} cases.", "required", expression="cases"))
    done: list[str] = []
    refused: list[Json] = []
    for each in cases:
        number = str(each.get("number", ""))
        try:
            refuse_others(number, caller, payer)
            take(number, dump({"owner": owner, "before": str(each.get("before") or "")}), caller, payer)
            done.append(number)
        except (Conflict, NotFound) as refusal:
            refused.append({"number": number, "because": refusal.issues[0].text})
    return {"owner": owner or None, "done": done, "refused": refused}


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
        now = tx.owner(number)
        if now != before:
            raise Conflict(f"The case is in the hands of {_called(now, payer)} by now. Read it again and hand it over if that still holds.", expression="owner")
        tx.hand_over(number, before, owner, person.id, at)
    return {"number": number, "owner": owner}


def _called(person: str | None, payer: Payer) -> str:
    known = payer.directory.person(person) if person else None
    return known.name if known else person or "nobody"


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


__all__ = ["POOL", "able_to_own", "owner_of", "specialties", "take", "take_several", "worklist"]
