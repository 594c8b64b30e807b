"""One request as the practice that asked for it reads it: what is decided and why, what is awaited, what it may do next.

Who only performs a service reads what was decided and how much is left; the chart behind it stays with who asked.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from fhir_pa.auth.caller import Caller
from fhir_pa.operations.desk.case_screen import documents_of, item_shown, member_shown
from fhir_pa.operations.desk.evidence import brought
from fhir_pa.operations.desk.letter import MEDIA, Form, as_sent, written_to
from fhir_pa.operations.desk.looked import READ_CASE, READ_LETTER, keep_look
from fhir_pa.operations.desk.plain_facts import leaves, worded, words_of
from fhir_pa.operations.desk.view import appeal as appeal_shown
from fhir_pa.operations.desk.view import checkpoints_shown
from fhir_pa.operations.own_case import case_of, is_own, own_case
from fhir_pa.operations.practice.course import course
from fhir_pa.operations.practice.owner import able
from fhir_pa.operations.weighing.weighing import FROM_MEMBER, messages_of
from fhir_pa.storage.store import Reading
from fhir_pa.um.case.authorization import Authorization
from fhir_pa.um.case.item import Item
from fhir_pa.um.case.peer_to_peer import PeerToPeer
from fhir_pa.um.case.transitions import CERTIFICATIONS, REOPENABLE
from fhir_pa.um.measures.practice_lines import Kind, lines
from fhir_pa.um.on_file.units import left
from fhir_pa.um.reviewing.appealing import file_until
from fhir_pa.um.reviewing.information_life import rounds
from fhir_pa.um.telling.acknowledging import effect, unacknowledged
from fhir_pa.um.telling.letter import Audience, lacks
from fhir_pa.wiring import Payer
from ig_profiles.json import dump
from ig_profiles.outcome import Issue, NotFound, Unprocessable
from ig_profiles.reading import Json


def screen(number: str, caller: Caller, payer: Payer) -> Json:
    """Everything this practice may read of one request. Raises NotFound."""
    at = payer.clock()
    with payer.store.reading() as tx:
        case = case_of(number, caller, tx)
        own = is_own(case, caller)
        received = list(brought(case, tx)) if own else []
        messages = _messages(case, tx) if own else []
    keep_look(READ_CASE, case.number, caller, payer)
    documents = documents_of(received)
    known = {each["sha256"] for each in documents}
    items = [_item(item, case, payer, known, own, at) for item in case.items]
    titles = {leaf["criterion"]: leaf["title"] for item in items for each in item["findings"] for leaf in leaves(each)}
    return {
        **_case(case),
        "at": at.isoformat(),
        "own": own,
        "member": member_shown(case),
        "items": items,
        "awaited": _awaited(case),
        "calls": [_call(each, titles, at) for each in case.peer_to_peers] if own else [],
        "appeals": [_appeal(appeal_shown(each)) for each in case.appeals] if own else [],
        "documents": [each for each in documents if each["clinical"]],
        "messages": messages,
        "course": course(case, caller, payer) if own else [],
        "may": may(case, caller, at),
        "checkpoints": [each for each in checkpoints_shown(case) if each["on"] >= at.date().isoformat()] if own else [],
        "owner": case.practice_owner if own else "",
        "people": able(caller, payer) if own else [],
        "phone": payer.directory.insurer.phone,
        "has_letter": own and not lacks(written_to(Audience.PROVIDER, case, payer)),
    }


def may(case: Authorization, caller: Caller, at: datetime) -> Json:
    """What this person may do with it: a page offers nothing else, and each act asks for itself again."""
    person = caller.must_be_of_a_practice()
    own = person.acts and is_own(case, caller)
    open_ = {sequence for each in case.appeals if each.is_open for sequence in each.items}
    appealable = [item.sequence for item in case.items if item.state in REOPENABLE and item.sequence not in open_ and file_until(case, item.sequence)]
    return {
        "attach": person.acts,
        "book": [each.number for each in case.peer_to_peers if own and each.is_open and not each.lapsed(at)],
        "appeal": appealable if own else [],
        "acknowledge": [item.sequence for item in unacknowledged(case)] if own else [],
        "packet": [item.sequence for item in case.items if item.state in REOPENABLE] if is_own(case, caller) else [],
    }


def letter(number: str, form: str, caller: Caller, payer: Payer) -> tuple[str, bytes]:
    """The notice of the decision as the practice gets it, to read, to keep, or as its parts. Raises NotFound, and Unprocessable while nothing is decided."""
    wanted = next((each for each in Form if each == form), None)
    if wanted is None:
        raise NotFound(f"There is no letter as '{form[:20]}'. Choose {' or '.join(Form)}.")
    with payer.store.reading() as tx:
        case = own_case(number, caller, tx, "read the notice")
    written = written_to(Audience.PROVIDER, case, payer)
    missing = lacks(written)
    if missing:
        raise Unprocessable(*(Issue(text, "required") for text in missing))
    keep_look(READ_LETTER, case.number, caller, payer)
    return MEDIA[wanted], dump(asdict(written), pretty=True) if wanted is Form.JSON else as_sent(written, case, payer, wanted)


def _case(case: Authorization) -> Json:
    request, clock = case.request, case.clock
    return {
        "number": case.number,
        "reference": case.reference,
        "revision": case.revision,
        "action": str(case.action),
        "requestor": request.requestor.name,
        "line_of_business": request.line_of_business,
        "plan_name": request.plan,
        "urgent": clock.urgent,
        "kind": str(clock.asked),
        "received_at": clock.received_at.isoformat(),
        "due": {"at": clock.legal_due_at.isoformat(), "source": clock.source} if case.pended else None,
        "extended": {"because": clock.extended.because, "before": clock.extended.due_before.isoformat()} if clock.extended else None,
        "trace_numbers": [each.value for each in request.trace_numbers],
    }


def _item(item: Item, case: Authorization, payer: Payer, received: set[str], own: bool, at: datetime) -> Json:
    shown, made, rest = item_shown(item, case, payer, received, at), item.determination, left(case, item)
    until, words = file_until(case, item.sequence), words_of(item, payer)
    told: dict[str, Any] = {name: shown[name] for name in ("sequence", "title", "codes", "modifiers", "policy", "asked")}
    return {
        **told,
        "action": str(made.action),
        "because": made.because,
        "root_cause": str(made.root_cause) if made.root_cause else "",
        "decided_at": made.decided_at.isoformat() if made.is_final else None,
        "decided_by": {"name": made.signed_by.name, "licence": made.signed_by.licence} if made.signed_by else made.excluded_by or None,
        "authorized": _authorized(made.authorized) if item.state in CERTIFICATIONS else None,
        "units": {"certified": _text(rest.certified), "used": _text(rest.used), "left": _text(rest.left), "unit": rest.unit} if rest.certified else None,
        "payment_effect": effect(item),
        "noted": [{"name": each.name, "at": each.at.isoformat()} for each in case.acknowledgements if each.item == item.sequence],
        "uses": [{"quantity": _text(use.quantity), "on": use.on.isoformat(), "claim": use.claim} for use in case.uses if use.item == item.sequence],
        "phone": made.phone,
        "findings": [worded(each, words) for each in shown["findings"]] if own else [],
        "asks": shown["asks"],
        "appeal_until": {"level": until[0].name, "at": until[1].isoformat(), "source": until[0].source} if until else None,
    }


def _awaited(case: Authorization) -> Json | None:
    line = next((each for each in lines(case) if each.kind is Kind.PENDED), None)
    if line is None:
        return None
    open_ = [each for each in rounds(case) if each.waits]
    still = [(sequence, ask) for each in open_ for sequence, asks in each.still.items() for ask in asks]
    return {
        "from": str(line.awaits),
        "says": line.says,
        "by": min(each.due_at for each in open_).isoformat() if open_ else None,
        "asked": [{"item": sequence, "words": list(ask.words), "document": ask.document, "form": ask.questionnaire or ""} for sequence, ask in still],
    }


def _call(talk: PeerToPeer, titles: Mapping[str, str], at: datetime) -> Json:
    return {
        "number": talk.number,
        "items": list(talk.items),
        "stage": "window closed" if talk.lapsed(at) else str(talk.stage),
        "open": talk.is_open and not talk.lapsed(at),
        "offered_at": talk.offered_at.isoformat(),
        "until": talk.until.isoformat(),
        "intended": str(talk.intended.verdict),
        "because": talk.intended.because,
        "criteria": [titles.get(each, each.replace("_", " ")) for each in talk.intended.criteria],
        "physician": talk.reviewer.name if talk.reviewer else talk.drafted_by.name,
        "phone": talk.intended.phone,
        "call_at": talk.call_at.isoformat() if talk.call_at else None,
        "clinician": talk.clinician.name if talk.clinician else "",
        "outcome": str(talk.outcome) if talk.outcome else "",
    }


def _appeal(shown: Json) -> Json:
    """An appeal without what only the plan needs to know: who may not hear it."""
    return {name: value for name, value in shown.items() if name != "may_not_hear_it"}


def _messages(case: Authorization, tx: Reading) -> list[Json]:
    """What came in and what was told, in order of time."""
    came = [{"at": each.at.isoformat(), "way": "received", "what": each.kind} for each in messages_of(case, tx) if each.kind != FROM_MEMBER]
    told = [{"at": each.at.isoformat(), "way": "told", "what": each.why} for each in tx.notices(number=case.number)]
    return sorted([*came, *{each["at"] + each["what"]: each for each in told}.values()], key=lambda each: each["at"])


def _authorized(held: Any) -> Json | None:
    return held and {"from": held.starts_on.isoformat(), "until": held.until.isoformat(), "quantity": _text(held.quantity), "unit": held.unit or ""}


def _text(value: Any) -> str:
    return "" if value is None else f"{value.normalize():f}"
