"""Peer-to-peer: the brief both sides read before the call, the booking, and the record of what became of it (domain §4.6)."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from fhir_pa.auth.caller import Caller
from fhir_pa.operations.desk.form import Form
from fhir_pa.operations.desk.review import as_seen, keep, reviewer_of
from fhir_pa.operations.desk.view import peer_to_peer as seen
from fhir_pa.operations.desk.view import summary, unmet
from fhir_pa.um.case.peer_to_peer import Clinician, Outcome, PeerToPeer, Stage
from fhir_pa.um.case.review import Reviewer
from fhir_pa.um.reviewing import adverse
from fhir_pa.wiring import Payer
from ig_profiles.json import parse
from ig_profiles.outcome import Forbidden, Unprocessable
from ig_profiles.reading import Json

BOOKS = frozenset({"physician", "nurse", "clerk"})


class Became(StrEnum):
    """What may be recorded of a conversation."""

    SCHEDULED = "scheduled"
    HELD = "held"
    DECLINED = "declined"
    MISSED_BY_PROVIDER = "missed by the provider"
    MISSED_BY_PLAN = "missed by the plan"


def brief(number: str, conversation: int, caller: Caller, payer: Payer) -> Json:
    """What both clinicians should have read: the criteria not shown, the evidence seen, what would settle it (F73)."""
    caller.must_be_staff()
    with payer.store.reading() as tx:
        case = tx.authorization(number)
    offer = adverse.conversation(case, conversation)
    items = [unmet(case.item(sequence)) for sequence in offer.items]
    return {**summary(case), "conversation": seen(offer), "items": items}


def record(number: str, conversation: int, body: bytes, caller: Caller, payer: Payer) -> Json:
    """The conversation is booked, was held, or did not take place; the decision itself stays with the physician.

    Raises Forbidden when this person may not record it, Unprocessable when the record lacks something, Conflict when the
    conversation is over.
    """
    at, person = payer.clock(), caller.must_be_staff()
    if not BOOKS & set(person.roles):
        raise Forbidden(f"{person.name} may not keep records of conversations: that takes a physician, a nurse or a clerk.")
    form = Form(parse(body))
    became = form.one_of("stage", Became, "Say what became of the conversation,")
    holder = _holder(form, reviewer_of(person), payer)
    with payer.store.reading() as tx:
        case = as_seen(tx.authorization(number), form)
    changed = _recorded(adverse.conversation(case, conversation), became, form, holder, at)
    return keep(adverse.converse(case, changed, person.id, at), "peer-to-peer", payer, at)


def _recorded(offer: PeerToPeer, became: Became, form: Form, holder: Reviewer, at: datetime) -> PeerToPeer:
    if became not in (Became.SCHEDULED, Became.HELD):
        note = form.text("note")
        form.refuse_if_wrong()
        return offer.close(Stage(became), note, at)
    told = form.part("clinician")
    clinician = Clinician(told.text("name"), told.text("credentials"), told.text("npi") or None, told.text("phone") or None)
    if became is Became.HELD:
        outcome, note = form.one_of("outcome", Outcome, "Say how it ended,"), form.text("note")
        form.refuse_if_wrong()
        return offer.hold(outcome, clinician, holder, note, at)
    call_at = form.moment("call_at")
    if call_at is None:
        form.wrong("call_at", "Say when the call takes place, e.g. 2026-11-23T15:00:00-05:00.")
    form.refuse_if_wrong()
    assert call_at is not None
    return offer.schedule(call_at, clinician, holder, at)


def _holder(form: Form, caller: Reviewer, payer: Payer) -> Reviewer:
    """The plan's physician in the call: the one named, else whoever records it."""
    named = form.text("reviewer")
    person = payer.directory.person(named) if named else None
    if named and person is None:
        raise Unprocessable(f"Nobody here is called '{named}'. Name one of the plan's physicians by id.", expression="reviewer")
    return reviewer_of(person) if person else caller
