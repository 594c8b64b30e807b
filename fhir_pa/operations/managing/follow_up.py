"""Follow-up: case managers and reviewers open work beside reviews, carry it, and close it; a case manager may ask for a review, and decides none."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from enum import StrEnum

from fhir_pa.auth.caller import Caller
from fhir_pa.auth.directory import CASE_MANAGER, Person
from fhir_pa.operations.delegates import must_be_of_the_plan
from fhir_pa.operations.desk.form import Form
from fhir_pa.operations.pages import page_of
from fhir_pa.um.case.item import Event
from fhir_pa.um.case.transitions import EventKind
from fhir_pa.um.measures.follow_up import ATTRIBUTES, OF_A_MEMBER, UTILIZATION_REVIEW, FollowUp, Stage, WorkType
from fhir_pa.wiring import Payer
from ig_profiles.json import parse
from ig_profiles.outcome import Forbidden, Issue, Unprocessable
from ig_profiles.reading import Json, without_empty

OPENS = (CASE_MANAGER, "physician", "nurse", "clerk")
LOOK = "case manager asks for a look"


class Act(StrEnum):
    """What may be done with one."""

    TAKE = "take"
    NOTE = "note"
    DONE = "done"
    DECLINE = "decline"


def open_one(body: bytes, caller: Caller, payer: Payer) -> Json:
    """Open a follow-up: ``work``, ``because``, and what it is about (``number`` of an authorization, or ``about`` a finding)."""
    at, (by, role) = payer.clock(), _acting(caller)
    form = Form(parse(body))
    work, because, number, about = form.one_of("work", WorkType, "Say what kind of work,"), form.text("because"), form.text("number"), form.text("about")
    form.refuse_if_wrong()
    with payer.store.transaction() as tx:
        number = tx.authorization(number).number if number else ""
        followed = FollowUp.open(uuid.uuid4().hex, work, because, by, role, at, number, about)
        tx.add_follow_up(followed)
    return shown(followed)


def act(identity: str, body: bytes, caller: Caller, payer: Payer) -> Json:
    """Take a follow-up, write a word on it, or close it with what came of it (``act``, ``says``)."""
    at, (by, role) = payer.clock(), _acting(caller)
    form = Form(parse(body))
    wanted, says = form.one_of("act", Act), form.text("says")
    form.refuse_if_wrong()
    with payer.store.transaction() as tx:
        followed, changes = tx.follow_up(identity)
        if followed.work in OF_A_MEMBER and wanted is not Act.NOTE and role != CASE_MANAGER:
            raise Forbidden(f"{caller.name} is no {CASE_MANAGER}: {followed.work} is carried and closed by one. Write a note instead.")
        changed = _changed(followed, wanted, says, by, role, at)
        tx.save_follow_up(changed, changes)
    return shown(changed)


def ask_for_review(number: str, body: bytes, caller: Caller, payer: Payer) -> Json:
    """A case manager asks that somebody look at a case again, with what came up; what was decided stays as it is."""
    at = payer.clock()
    person = caller.must_hold(CASE_MANAGER, "ask for a review from outside it")
    form = Form(parse(body))
    because = form.text("because")
    if not because:
        form.wrong("because", "Say in one sentence what came up.")
    form.refuse_if_wrong()
    with payer.store.transaction() as tx:
        case = tx.authorization(number)
        items = tuple(item.sequence for item in case.items)
        changed = case.with_items({}, Event(at, str(EventKind.EVIDENCE_RECEIVED), person.id, items, f"The {LOOK}: {because}"))
        tx.save(changed)
    return {"number": changed.number, "asked_at": at.isoformat(), "because": because}


def listed(asked: Mapping[str, str], caller: Caller, payer: Payer) -> Json:
    """What is to be followed up, the longest open first, a page at a time, and how much of it there is by work type.

    ``asked`` may hold ``work``, ``owner``, ``number``, ``closed=true``, ``page`` and ``per_page``.
    """
    person, page = _of_the_plan(caller), page_of(asked)
    work = asked.get("work", "")
    if work and work not in [str(each) for each in WorkType]:
        raise Unprocessable(Issue(f"'{work[:40]}' is none of: {', '.join(WorkType)}.", "invalid", expression="work"))
    with payer.store.reading() as tx:
        rows, total = tx.follow_ups(work, asked.get("owner", ""), asked.get("number", ""), asked.get("closed") == "true", page.first, page.size)
        counts = tx.open_follow_ups()
    told = page.told([], total)
    paged = {name: told[name] for name in ("total", "page", "pages")}
    by_work = {str(each): counts.get(str(each), 0) for each in WorkType}
    found = {"at": payer.clock().isoformat(), "follow_ups": [shown(each) for each in rows], **paged}
    return {**found, "open": by_work, "work_types": _types(), "may_open": bool(set(OPENS) & set(person.roles))}


def one(identity: str, caller: Caller, payer: Payer) -> Json:
    """One follow-up with its notes, and what this person may do with it. Raises NotFound."""
    person = _of_the_plan(caller)
    with payer.store.reading() as tx:
        followed, _ = tx.follow_up(identity)
    role = next((each for each in OPENS if each in person.roles), None)
    carries = role is not None and (followed.work not in OF_A_MEMBER or role == CASE_MANAGER)
    acts = [Act.NOTE, *([Act.TAKE] if carries and followed.owner != person.id else []), *([Act.DONE, Act.DECLINE] if carries else [])]
    may = [str(each) for each in acts] if role is not None and followed.is_open else []
    looks = role == CASE_MANAGER and bool(followed.number)
    told = {"purpose": asdict(ATTRIBUTES[followed.work]), "of_a_member": followed.work in OF_A_MEMBER}
    return {"follow_up": shown(followed), "may": may, "may_ask_for_review": looks, **told}


def shown(followed: FollowUp) -> Json:
    """One follow-up as plain JSON."""
    told = {**asdict(followed), "opened_at": followed.opened_at.isoformat(), "closed_at": followed.closed_at and followed.closed_at.isoformat()}
    view: Json = without_empty({**told, "notes": [{**asdict(each), "at": each.at.isoformat()} for each in followed.notes]})
    return view


def _changed(followed: FollowUp, wanted: Act, says: str, by: str, role: str, at: datetime) -> FollowUp:
    if wanted is Act.TAKE:
        return followed.taken(by, at, by, role)
    if wanted is Act.NOTE:
        return followed.noted(says, by, role, at)
    return followed.closed(Stage.DONE if wanted is Act.DONE else Stage.DECLINED, says, by, role, at)


def _acting(caller: Caller) -> tuple[str, str]:
    """Who acts and in which role: a case manager as one, whoever else by the first role that may."""
    person = _of_the_plan(caller)
    role = next((each for each in OPENS if each in person.roles), None)
    if role is None:
        raise Forbidden(f"{person.name} may not open or carry follow-ups: that takes a {', a '.join(OPENS)}.")
    return person.id, role


def _of_the_plan(caller: Caller) -> Person:
    """The person calling; follow-ups are about members of every case, so they are for the plan's own people. Raises Forbidden."""
    person = caller.must_be_staff()
    must_be_of_the_plan(caller, "read and carry follow-ups")
    return person


def _types() -> Json:
    return {"utilization review": asdict(UTILIZATION_REVIEW), **{str(work): asdict(told) for work, told in ATTRIBUTES.items()}}
