"""An authorization as the payer's own people and tools read it: plain JSON in our words, snake_case, nothing of FHIR."""

from __future__ import annotations

from typing import Any

from fhir_pa.um.case.appeal import Appeal
from fhir_pa.um.case.authorization import Authorization
from fhir_pa.um.case.contact import Contact
from fhir_pa.um.case.item import Item
from fhir_pa.um.case.looking_back import reason_of
from fhir_pa.um.case.peer_to_peer import PeerToPeer
from fhir_pa.um.case.recoupment import Recoupment
from fhir_pa.um.clocks.clock import Clock
from fhir_pa.um.deciding.determination import Authorized, Determination
from fhir_pa.um.deciding.step_down import StepDown
from fhir_pa.um.reviewing.appealing import file_until
from fhir_pa.um.reviewing.information_life import Round, rounds
from fhir_pa.um.stays.checkpoint import checkpoints
from fhir_pa.um.telling.acknowledging import effect
from ig_profiles.reading import without_empty
from questionnaires.criteria import Finding, Truth


def summary(authorization: Authorization) -> dict[str, Any]:
    """In one line: what is asked, for whom by number, where it stands, and when it is due."""
    line: dict[str, Any] = without_empty(_summary(authorization))
    return line


def whole(authorization: Authorization) -> dict[str, Any]:
    """The case with its items, findings, evidence, earlier determinations and trail; what is empty is left out."""
    view: dict[str, Any] = without_empty(everything(authorization))
    return view


def _summary(authorization: Authorization) -> dict[str, Any]:
    request, clock = authorization.request, authorization.clock
    return {
        "number": authorization.number,
        "reference": authorization.reference,
        "action": authorization.action,
        "line_of_business": request.line_of_business,
        "plan": request.plan,
        "requestor": request.requestor.name,
        "urgent": clock.urgent,
        "received_at": clock.received_at.isoformat(),
        "internal_due_at": clock.internal_due_at.isoformat(),
        "legal_due_at": clock.legal_due_at.isoformat(),
        "pended_items": [item.sequence for item in authorization.pended],
        "services": [coding.code for item in authorization.items for coding in item.requested.service.codes[:1]],
    }


def everything(authorization: Authorization) -> dict[str, Any]:
    """The same with every field there is, for a page that must not miss one."""
    request = authorization.request
    return {
        **_summary(authorization),
        "guide": request.guide,
        "client": authorization.client,
        "revision": authorization.revision,
        "member": {"name": request.member.name, "identifiers": [f"{each.system}|{each.value}" for each in request.member.identifiers]},
        "diagnoses": [coding.code for coding in request.diagnoses],
        "trace_numbers": [f"{each.system}|{each.value}" for each in request.trace_numbers],
        "clock_source": authorization.clock.source,
        "clock_for": authorization.clock.asked,
        "extended": _extended(authorization.clock),
        "items": [_item(item) for item in authorization.items],
        "practice_owner": authorization.practice_owner,
        "checkpoints": checkpoints_shown(authorization),
        "acknowledgements": [
            {"item": each.item, "who": each.who, "name": each.name, "by": each.by, "at": each.at.isoformat()} for each in authorization.acknowledgements
        ],
        "contacts": [_contact(each) for each in authorization.contacts],
        "information_requests": [_round(each) for each in rounds(authorization)],
        "uses": [{"item": use.item, "quantity": str(use.quantity), "on": use.on.isoformat(), "claim": use.claim} for use in authorization.uses],
        "appeals": [appeal(each) for each in authorization.appeals],
        "retrospective": _retro(authorization),
        "recoupments": [recoupment(each) for each in authorization.recoupments],
        "appeal_until": [_until(authorization, item) for item in authorization.items],
        "peer_to_peers": [peer_to_peer(each) for each in authorization.peer_to_peers],
        "trail": [
            {"at": event.at.isoformat(), "what": event.what, "by": event.by, "items": list(event.items), "because": event.because}
            for event in authorization.trail
        ],
    }


def checkpoints_shown(authorization: Authorization) -> list[dict[str, Any]]:
    """What of the certified course comes up later, each with its day and what is asked for then."""
    return [{**vars(each), "on": each.on.isoformat()} for each in checkpoints(authorization)]


def _extended(clock: Clock) -> dict[str, Any] | None:
    """Why there is more time, since when the member knows, when it was due before, and until when the clock is held, if it is."""
    if clock.extended is None:
        return None
    waits = clock.tolling if clock.tolling and clock.tolling.answered_at is None else None
    return {
        "reason": clock.extended.reason,
        "because": clock.extended.because,
        "by": clock.extended.by,
        "noticed_at": clock.extended.noticed_at.isoformat(),
        "due_before": clock.extended.due_before.isoformat(),
        "source": clock.extended.source,
        "answer_by": waits and waits.answer_by.isoformat(),
    }


def _item(item: Item) -> dict[str, Any]:
    service = item.requested.service
    return {
        "sequence": item.sequence,
        "codes": [{"system": coding.system, "code": coding.code} for coding in service.codes],
        "certification_type": item.requested.certification_type,
        "from": _text(service.on),
        "until": _text(service.until),
        "quantity": _text(service.quantity),
        "unit": service.unit,
        "state": item.state,
        "payment_effect": effect(item),
        "determination": _determination(item.determination),
        "earlier": [_determination(each) for each in item.earlier],
    }


def _determination(determination: Determination) -> dict[str, Any]:
    authorized, signature = determination.authorized, determination.signed_by
    return {
        "action": determination.action,
        "because": determination.because,
        "decided_at": determination.decided_at.isoformat(),
        "policy": determination.edition and {"edition": determination.edition.name, "fingerprint": determination.edition.fingerprint},
        "findings": [finding_shown(each) for each in determination.findings],
        "criteria": list(determination.criteria),
        "reason_codes": list(determination.reason_codes),
        "phone": determination.phone,
        "authorized": authorized and _authorized(authorized),
        "step_down": determination.step_down and _step_down(determination.step_down),
        "signed_by": signature and vars(signature),
        "excluded_by": determination.excluded_by,
        "root_cause": determination.root_cause,
    }


def _authorized(held: Authorized) -> dict[str, Any]:
    amount = {"from": _text(held.starts_on), "until": _text(held.until), "quantity": _text(held.quantity), "unit": held.unit}
    return {**amount, "series": vars(held.recurs)} if held.recurs else amount


def _step_down(step: StepDown) -> dict[str, Any]:
    amount = {"quantity": _text(step.quantity), "unit": step.unit}
    return {"service": vars(step.service), "from": _text(step.starts_on), "until": _text(step.until), **amount}


def peer_to_peer(offer: PeerToPeer) -> dict[str, Any]:
    """One conversation: what it is about, until when it may be held, and what became of it."""
    return {
        "number": offer.number,
        "items": list(offer.items),
        "stage": offer.stage,
        "offered_at": offer.offered_at.isoformat(),
        "until": offer.until.isoformat(),
        "intended": {"decision": offer.intended.verdict, "because": offer.intended.because, "criteria": list(offer.intended.criteria)},
        "drafted_by": offer.drafted_by.name,
        "specialties": list(offer.specialties),
        "call_at": offer.call_at and offer.call_at.isoformat(),
        "clinician": offer.clinician and vars(offer.clinician),
        "reviewer": offer.reviewer and offer.reviewer.name,
        "outcome": offer.outcome,
        "closed_at": offer.closed_at and offer.closed_at.isoformat(),
        "note": offer.note,
    }


def _contact(contact: Contact) -> dict[str, Any]:
    return {**vars(contact), "at": contact.at.isoformat(), "items": list(contact.items)}


def _retro(authorization: Authorization) -> dict[str, Any] | None:
    """Why the case looks back, and what is known of it; None when it does not."""
    reason, retro = reason_of(authorization), authorization.retro
    if reason is None or retro is None:
        return {"reason": reason} if reason else None
    return {
        "reason": reason,
        "began_at": retro.began_at.isoformat(),
        "told_at": retro.told_at.isoformat(),
        "told_by": retro.told_by,
        "send_request_by": retro.ask_by.isoformat(),
        "request_came_at": retro.requested_at and retro.requested_at.isoformat(),
        "late_because": retro.late_because,
        "claim": retro.claim,
        "shown": [{"what": each.what, "at": each.at.isoformat(), "recorded_at": each.recorded_at.isoformat()} for each in retro.shown],
        "written_later": [each.what for each in retro.flagged],
    }


def recoupment(demand: Recoupment) -> dict[str, Any]:
    """One demand for money back: on whose decision it rests, until when that may be appealed, and what became of it."""
    return {
        **vars(demand),
        "items": list(demand.items),
        "amount": str(demand.amount),
        "rests_on": vars(demand.rests_on),
        "noticed_at": demand.noticed_at.isoformat(),
        "appeal_until": demand.appeal_until.isoformat(),
        "closed_at": demand.closed_at and demand.closed_at.isoformat(),
    }


def _round(asked: Round) -> dict[str, Any]:
    """One request for information: since when, until when, where it stands, and what is still awaited."""
    return {
        "number": asked.number,
        "opened_at": asked.opened_at.isoformat(),
        "due_at": asked.due_at.isoformat(),
        "stage": asked.stage,
        "items": list(asked.items),
        "still_awaited": [word for asks in asked.still.values() for ask in asks for word in ask.words],
    }


def appeal(filed: Appeal) -> dict[str, Any]:
    """One appeal: who asked and why, at which level, until when it is due, and what came of it."""
    return {
        "number": filed.number,
        "level": filed.level,
        "name": filed.name,
        "source": filed.source,
        "stage": filed.stage,
        "filing": {**vars(filed.filing), "items": list(filed.filing.items)},
        "filed_at": filed.filed_at.isoformat(),
        "due_at": filed.due_at.isoformat(),
        "decided_by_the_plan": filed.ours,
        "may_not_hear_it": list(filed.deciders),
        "reviewer": filed.reviewer and filed.reviewer.name,
        "extended_because": filed.extended_because,
        "outcome": filed.outcome,
        "because": filed.because,
        "decided_at": filed.decided_at and filed.decided_at.isoformat(),
        "carry_out_by": filed.carry_out_by and filed.carry_out_by.isoformat(),
    }


def _until(authorization: Authorization, item: Item) -> dict[str, Any] | None:
    """Until when an item may be appealed, and to whom; None when there is nothing to appeal."""
    found = file_until(authorization, item.sequence)
    return found and {"item": item.sequence, "level": found[0].name, "until": found[1].isoformat(), "source": found[0].source}


def unmet(item: Item) -> dict[str, Any]:
    """What a conversation about this item turns on: every criterion with what it says here, the open ones first."""
    findings = sorted(item.determination.findings, key=lambda finding: finding.truth is Truth.MET)
    codes = [coding.code for coding in item.requested.service.codes]
    return {"sequence": item.sequence, "codes": codes, "findings": [finding_shown(each) for each in findings]}


def finding_shown(finding: Finding) -> dict[str, Any]:
    """One criterion with what it says and the evidence it rests on, those beneath it too."""
    return {
        "criterion": finding.criterion,
        "truth": finding.truth,
        "because": finding.because,
        "axis": finding.axis,
        "missing": list(finding.missing),
        "evidence": [vars(each) for each in finding.evidence],
        "below": [finding_shown(inner) for inner in finding.below],
    }


def _text(value: object) -> str | None:
    return None if value is None else str(value)
