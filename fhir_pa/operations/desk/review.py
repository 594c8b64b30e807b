"""A reviewer's acts: open a case, decide items, ask for what is missing, reopen what was decided against the member, take more time."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import date, datetime, timedelta

from fhir_pa.auth.caller import Caller
from fhir_pa.auth.directory import Person
from fhir_pa.operations.desk.criteria_named import refuse_unnamed
from fhir_pa.operations.desk.form import Form
from fhir_pa.operations.desk.view import whole
from fhir_pa.operations.weighing.limit_used import used_before
from fhir_pa.operations.weighing.weighing import documentation_of, weigh_items
from fhir_pa.pas.codes import DECISION_REASONS, ROOT_CAUSES
from fhir_pa.um.case.authorization import Authorization
from fhir_pa.um.case.review import Decision, Reviewer, Verdict
from fhir_pa.um.clocks.time_limits import ExtensionReason
from fhir_pa.um.deciding.information_request import MEDICAL_RECORDS
from fhir_pa.um.deciding.plan_knows import PlanKnows
from fhir_pa.um.deciding.root_cause import RootCause
from fhir_pa.um.reviewing import adverse, after_denial, asking, contradiction, recouping
from fhir_pa.um.reviewing.delegate import delegate_of
from fhir_pa.um.reviewing.extension_of_time import extend as extend_time
from fhir_pa.wiring import Payer
from ig_profiles.json import parse
from ig_profiles.outcome import Conflict, NotFound
from ig_profiles.reading import Json
from questionnaires.policy import Edition


def read(number: str, caller: Caller, payer: Payer) -> Json:
    """One case, whole."""
    caller.must_be_staff()
    with payer.store.reading() as tx:
        case = tx.authorization(number)
    acts = delegate_of(case, payer.directory.delegates)
    return {**whole(case), **({"delegate": {"name": acts.name, "phone": acts.phone}} if acts else {})}


def decide(number: str, body: bytes, caller: Caller, payer: Payer) -> Json:
    """A signed decision on some items of a case; every subscriber concerned is told in the same transaction.

    A clinical decision against the member is only intended until the treating clinician had the chance to call.

    Raises Forbidden when this person may not say so, Unprocessable when the decision lacks what it must tell, Conflict
    when the case moved on meanwhile.
    """
    at = payer.clock()
    return keep(decided(number, body, caller, payer, at), "decided", payer, at)


def decided(number: str, body: bytes, caller: Caller, payer: Payer, at: datetime) -> Authorization:
    """The case as this decision would leave it; nothing is kept. Raises what ``decide`` raises."""
    reviewer = reviewer_of(caller.must_be_staff())
    form = Form(parse(body))
    decision = _read_decision(form, {**ROOT_CAUSES, **payer.directory.root_causes})
    with payer.store.reading() as tx:
        case = as_seen(tx.authorization(number), form)
    reviewer.signature(decision.verdict, at)  # who may not say so hears that, and nothing of what the decision lacks
    editions = _editions(case, decision.items, payer)
    refuse_unnamed(case, decision, editions)
    lines, fields = contradiction.looked_at(case, decision, reviewer, editions, at)
    changed = adverse.decide(case, decision, reviewer, at, timedelta(hours=payer.settings.peer_to_peer_hours), fields)
    return replace(changed, trail=(*changed.trail, *lines))


def _editions(case: Authorization, items: Iterable[int], payer: Payer) -> dict[int, Edition]:
    """The edition by which each of these items was weighed, as far as it is on the shelf."""
    found = {}
    for sequence in items:
        named = case.item(sequence).determination.edition
        with suppress(NotFound):
            if named is not None:
                found[sequence] = payer.shelf.edition(named.topic, named.version)
    return found


def as_seen(case: Authorization, form: Form) -> Authorization:
    """The case, if it stands at the ``revision`` the caller saw, where the form says which. Raises Conflict when it moved on."""
    seen = form.body.get("revision")
    if seen is not None and seen != case.revision:
        text = f"The case changed while you looked at it: you saw revision {str(seen)[:20]}, it stands at {case.revision}. Read what is new, then do it again."
        raise Conflict(text, expression="revision")
    return case


def ask(number: str, body: bytes, caller: Caller, payer: Payer) -> Json:
    """Ask the provider for what could settle pended items; every subscriber concerned hears what to send."""
    at, reviewer = payer.clock(), reviewer_of(caller.must_be_staff())
    form = Form(parse(body))
    sequences, words, document = form.items(), form.text("words"), form.text("document") or MEDICAL_RECORDS
    if not re.fullmatch(r"\d{1,7}-\d", document):
        form.wrong("document", f"'{document[:40]}' is no LOINC code. Write e.g. {MEDICAL_RECORDS}, or leave it out.")
    again = form.text("second_because")
    form.refuse_if_wrong()
    with payer.store.reading() as tx:
        case = as_seen(tx.authorization(number), form)
    return keep(asking.ask(case, sequences, words, reviewer, at, document, again), "information asked for", payer, at)


def let_stand(number: str, body: bytes, caller: Caller, payer: Payer) -> Json:
    """A physician looked at what came after a denial, and it does not change the decision; the provider hears nothing new."""
    at, reviewer = payer.clock(), reviewer_of(caller.must_be_staff())
    form = Form(parse(body))
    because = form.text("because")
    form.refuse_if_wrong()
    with payer.store.reading() as tx:
        case = as_seen(tx.authorization(number), form)
    changed = after_denial.let_stand(case, because, reviewer, at)
    with payer.store.transaction() as tx:
        tx.save(changed)
    return whole(changed)


def reopen(number: str, body: bytes, caller: Caller, payer: Payer) -> Json:
    """Items decided against the member go back to a physician, with the reason, weighed anew with all that is on file."""
    at, reviewer = payer.clock(), reviewer_of(caller.must_be_staff())
    form = Form(parse(body))
    sequences, because = form.items(), form.text("because")
    form.refuse_if_wrong()
    with payer.store.reading() as tx:
        case = as_seen(tx.authorization(number), form)
        documentation = documentation_of(case, tx)
    wanted = tuple(case.item(sequence).requested for sequence in sequences)
    plan = PlanKnows(used=used_before(case.request, payer, but=case.number))
    answers = weigh_items(wanted, case.request.line_of_business, documentation, payer.shelf, payer.facts, at, plan)
    return keep(case.reopen(sequences, reviewer, because, answers, at), "reopened", payer, at)


def extend(number: str, body: bytes, caller: Caller, payer: Payer) -> Json:
    """More time to decide a case, for a lawful reason: a physician takes it, a nurse's wish for it stands in the trail.

    Every subscriber concerned hears of the new due time. Raises Forbidden when this person may do neither, Unprocessable
    when the law gives no more time for this reason, Conflict when it gave it already or nothing waits for a decision.
    """
    at, reviewer = payer.clock(), reviewer_of(caller.must_be_staff())
    form = Form(parse(body))
    reason, because = form.one_of("reason", ExtensionReason, "Say why the law gives more time,"), form.text("because")
    form.refuse_if_wrong()
    with payer.store.reading() as tx:
        case = as_seen(tx.authorization(number), form)
    changed = extend_time(case, reason, because, reviewer, at)
    if changed.clock != case.clock:
        return keep(changed, "time extended", payer, at)
    with payer.store.transaction() as tx:
        tx.save(changed)
    return whole(changed)


def reviewer_of(person: Person) -> Reviewer:
    """A member of staff as the heart knows a reviewer."""
    licence = person.licence
    number = f"{licence.state} {licence.number}" if licence else None
    until = (licence.until or date.max) if licence else None
    return Reviewer(person.id, person.name, person.roles, person.npi or None, number, until, person.specialties, person.phone or None)


def keep(changed: Authorization, why: str, payer: Payer, at: datetime) -> Json:
    """The case as it stands now, kept, with everybody told who subscribed to it; a demand for money falls with the decision it rests on."""
    changed = recouping.settled(changed, "the plan", at)
    with payer.store.transaction() as tx:
        tx.save(changed)
        tx.notify(changed, why=why, at=at)
    return whole(changed)


def _read_decision(form: Form, causes: Mapping[str, RootCause]) -> Decision:
    codes = form.texts("reason_code")
    strange = [code for code in codes if code not in DECISION_REASONS]
    if strange:
        form.wrong("reason_code", f"'{strange[0]}' is no decision reason on file. Known: {', '.join(sorted(DECISION_REASONS))}.")
    decision = Decision(
        items=form.items(),
        verdict=form.one_of("decision", Verdict),
        because=form.text("because"),
        criteria=form.texts("criteria"),
        reason_codes=codes,
        phone=form.text("phone") or None,
        authorized=form.authorized(),
        root_cause=next((causes[code] for code in codes if code in causes), None),
        step_down=form.step_down(),
    )
    form.refuse_if_wrong()
    return decision
