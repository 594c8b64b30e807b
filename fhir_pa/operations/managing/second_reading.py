"""Second reading: draw decided items, show each to somebody who does not know the decision, and keep what that person would say (domain F18)."""

from __future__ import annotations

from collections.abc import Mapping

from fhir_pa.auth.caller import Caller
from fhir_pa.auth.directory import Person
from fhir_pa.operations.delegates import must_be_of_the_plan
from fhir_pa.operations.desk.case_screen import documents_of
from fhir_pa.operations.desk.evidence import Brought, with_earlier
from fhir_pa.operations.desk.form import Form
from fhir_pa.operations.desk.looked import READ_CASE, READ_DOCUMENT, keep_look
from fhir_pa.operations.desk.readable import readable
from fhir_pa.operations.desk.view import finding_shown
from fhir_pa.operations.reports.figures import LONGEST_CASE
from fhir_pa.operations.reports.measures import period
from fhir_pa.storage.store import Reading
from fhir_pa.um.case.authorization import Authorization
from fhir_pa.um.measures.agreement import Agreement, by_policy, by_reviewer, overall
from fhir_pa.um.measures.second_reading import MAY_SAY, SecondReading, Word, draw
from fhir_pa.wiring import Payer
from ig_profiles.json import parse
from ig_profiles.outcome import Conflict, Forbidden
from ig_profiles.reading import Json

DRAWS = frozenset({"auditor", "physician"})
READ_BLIND = "read a case blind"
MOST = 10  # decisions of one reviewer under one policy in one draw
LOOKS = 500


def drawn(body: bytes, caller: Caller, payer: Payer) -> Json:
    """Draw at most ``each`` decisions of every reviewer under every policy, made from ``since`` until ``until``."""
    at, person = payer.clock(), _of_the_plan(caller, "draw second readings")
    if not DRAWS & set(person.roles):
        raise Forbidden(f"{person.name} may not draw second readings: that takes one of: {', '.join(sorted(DRAWS))}.")
    form = Form(parse(body))
    each, since, until = form.whole_number("each"), form.text("since"), form.text("until")
    if not 1 <= each <= MOST:
        form.wrong("each", f"Draw from 1 to {MOST} decisions of each reviewer under each policy.")
    form.refuse_if_wrong()
    first, last = period(since or None, until or None, at)
    with payer.store.transaction() as tx:
        found = draw(tx.received_between(first - LONGEST_CASE, last), first, last, each, tx.drawn(first, last), person.id, at)
        tx.add_second_readings(found)
    return {"drawn": len(found), "since": first.isoformat(), "until": last.isoformat(), "ids": [one.id for one in found]}


def waiting(asked: Mapping[str, str], caller: Caller, payer: Payer) -> Json:
    """What waits for this person to read: nothing of what he or she decided, did or opened."""
    person = _of_the_plan(caller, "read a decision a second time")
    with payer.store.reading() as tx:
        mine = [each for each in tx.second_readings(waiting=True) if each.role_of(person.roles) and not _known(each, tx.authorization(each.number), person, tx)]
    shown = [{"id": each.id, "policy": each.topic, "edition": each.edition, "drawn_at": each.drawn_at.isoformat()} for each in mine]
    return {"second_readings": shown, "may_draw": bool(DRAWS & set(person.roles))}


def blind(identity: str, caller: Caller, payer: Payer) -> Json:
    """One decision as it lay before its reviewer: the service, the findings and what was sent by then; not who decided, nor what."""
    person = _of_the_plan(caller, "read a decision a second time")
    with payer.store.reading() as tx:
        reading = tx.second_reading(identity)
        case = tx.authorization(reading.number)
        _refuse_unblind(reading, case, person, tx)
        sent = [each for each in with_earlier(case, tx) if each.at <= reading.decided_at]
    keep_look(READ_BLIND, reading.number, caller, payer)
    item = case.item(reading.item)
    made = (*item.earlier, item.determination)[reading.position - 1]
    service, clinical = item.requested.service, {each["sha256"]: each["title"] for each in documents_of(sent) if each["clinical"]}
    role = reading.role_of(person.roles) or ""
    return {
        "id": reading.id,
        "policy": reading.topic,
        "edition": reading.edition,
        "codes": [code.code for code in service.codes],
        "diagnoses": [code.code for code in service.diagnoses or case.request.diagnoses],
        "from": service.on and service.on.isoformat(),
        "until": service.until and service.until.isoformat(),
        "quantity": None if service.quantity is None else str(service.quantity),
        "born": case.request.member.birth_date and case.request.member.birth_date.isoformat(),
        "findings": [finding_shown(each) for each in made.findings],
        "documents": [_document(each, clinical[each.sha256]) for each in _once(sent) if each.sha256 in clinical],
        "may_say": [str(word) for word in MAY_SAY[role]],
    }


def read(identity: str, body: bytes, caller: Caller, payer: Payer) -> Json:
    """Keep what this person would have decided (``word``, ``because``); the case stays as it is. Now both words are told."""
    at, person = payer.clock(), _of_the_plan(caller, "read a decision a second time")
    form = Form(parse(body))
    word, because = form.one_of("word", Word, "Say what you would decide,"), form.text("because")
    form.refuse_if_wrong()
    with payer.store.transaction() as tx:
        reading = tx.second_reading(identity)
        _refuse_unblind(reading, tx.authorization(reading.number), person, tx)
        said = reading.read(word, because, person.id, person.roles, at)
        tx.keep_second_reading(said)
    return _shown(said)


def agreement(asked: Mapping[str, str], caller: Caller, payer: Payer) -> Json:
    """Percent agreement and Cohen's kappa: of all, by policy and by reviewer, each with its readings; of one ``policy`` or ``reviewer`` where named."""
    _of_the_plan(caller, "read figures of everybody")
    first, last = period(asked.get("since"), asked.get("until"), payer.clock())
    policy, reviewer = asked.get("policy", ""), asked.get("reviewer", "")
    with payer.store.reading() as tx:
        found = tx.second_readings_of(first, last)
    chosen = [each for each in found if (not policy or each.topic == policy) and (not reviewer or each.first_by == reviewer)]
    return {
        "since": first.isoformat(),
        "until": last.isoformat(),
        "all": _group(overall(chosen)),
        "by_policy": [_group(each) for each in by_policy(chosen)],
        "by_reviewer": [_group(each) for each in by_reviewer(chosen)],
        "readings": [_shown(each) for each in overall(chosen).readings],
    }


def _of_the_plan(caller: Caller, what: str) -> Person:
    person = caller.must_be_staff()
    must_be_of_the_plan(caller, what)
    return person


def _known(reading: SecondReading, case: Authorization, person: Person, tx: Reading) -> bool:
    """Whether this person decided it, did anything in the case, or has opened it: then a reading would not be blind."""
    acted = any(event.by == person.id for event in case.trail)
    opened = (READ_CASE, READ_DOCUMENT)
    return reading.first_by == person.id or acted or any(look.person == person.id and look.what in opened for look in tx.looks(LOOKS, case.number))


def _refuse_unblind(reading: SecondReading, case: Authorization, person: Person, tx: Reading) -> None:
    if reading.role_of(person.roles) is None:
        raise Forbidden("A second reading is by somebody who might have decided it: a physician, or a nurse for what a nurse decided.")
    if _known(reading, case, person, tx):
        raise Conflict("You have opened or worked on this case, so a reading of yours would not be blind. Leave it to somebody else.", expression="id")


def _once(sent: list[Brought]) -> list[Brought]:
    return list({each.sha256: each for each in reversed(sent)}.values())


def _document(each: Brought, title: str) -> Json:
    return {"title": title, "received_at": each.at.isoformat(), "lines": readable(each.resource)}


def _group(found: Agreement) -> Json:
    return {"name": found.name, "of": len(found.readings), "agreed": len(found.agreed), "percent": found.percent, "kappa": found.kappa}


def _shown(each: SecondReading) -> Json:
    told = {name: str(value) if value is not None else None for name, value in vars(each).items() if name.endswith("_at")}
    return {**vars(each), **told, "agrees": each.first == each.second}
