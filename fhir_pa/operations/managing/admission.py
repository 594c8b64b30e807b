"""Admission: a facility, or the payer's own people after a call, tell of an emergency admission; its case is open at once (F47-F50)."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from fhir_pa.auth.caller import Caller
from fhir_pa.numbers import new_number
from fhir_pa.operations.desk.form import Form
from fhir_pa.operations.weighing.insurer import organization
from fhir_pa.operations.weighing.membership import standing
from fhir_pa.operations.weighing.plan_knows import plan_knows
from fhir_pa.operations.weighing.weighing import ADMISSION, Documentation, weigh_items
from fhir_pa.pas import intake
from fhir_pa.pas.admission_claim import admission_claim
from fhir_pa.storage.received import Received
from fhir_pa.um.case.authorization import Authorization
from fhir_pa.um.case.retrospective import Shown
from fhir_pa.um.deciding.request import Identifier, MemberReference, Party
from fhir_pa.um.stays.admission import Admission, open_case
from fhir_pa.wiring import Payer
from ig_profiles.json import dump, parse
from ig_profiles.names import NPI, REVENUE
from ig_profiles.outcome import Forbidden, NotFound
from ig_profiles.reading import Coding, Json, without_empty

GUIDE = "2.2"  # the generation the notice is written in, in place of a request
BED = Coding(REVENUE, "0120")
ICD_10 = "http://hl7.org/fhir/sid/icd-10-cm"
RECORDS = frozenset({"clerk", "nurse", "physician"})


def notice(body: bytes, caller: Caller, payer: Payer) -> Json:
    """The case of this admission, and until when the facility sends the rest; told twice it is one case.

    Raises Forbidden for a facility the calling system does not speak for, NotFound for somebody who is no member,
    Unprocessable for what is missing, and for a late notice without a reason.
    """
    at, by = payer.clock(), _teller(caller)
    told = _read(Form(parse(body)), payer)
    if caller.client is not None and caller.client.organizations and told.facility.npi not in caller.client.organizations:
        raise Forbidden(f"Your system does not speak for {told.facility.npi}. Ask the payer to add the NPI to your registration.", expression="facility_npi")
    member = standing(payer.directory, told.member.identifiers, told.began_at.date(), told.member.birth_date)
    if not member.known or not member.covered:
        raise NotFound("No member with this number was covered on that day. Check the number on the card.", expression="member")
    with payer.store.reading() as tx:
        known = next((each for each in tx.of_member(told.member.identifiers) if _is_about(each, told)), None)
    if known is not None:
        return _told(known, at)
    trace = Identifier(f"{payer.public_url}/admission-notice", str(uuid.uuid4()))
    bundle = admission_claim(told, trace, organization(payer.directory.insurer), at)
    submission = intake.read(bundle, GUIDE)
    request = replace(submission.request, line_of_business=member.line_of_business, plan=member.plan)
    (item,) = request.items
    edition = payer.shelf.in_force(replace(item.service, line_of_business=request.line_of_business), told.began_at.date())
    received = Received(str(uuid.uuid4()), ADMISSION, by, GUIDE, at, dump(bundle))
    plan = plan_knows(request, payer, at)
    answers = weigh_items([item], request.line_of_business, Documentation.of(submission), payer.shelf, payer.facts, at, plan)
    number = new_number()
    case = open_case(f"PA{number}", f"PR{number}", told, request, answers[item.sequence], edition, received.id, by, at)
    with payer.store.transaction() as tx:
        tx.keep_received(received)
        tx.add(case)
        tx.notify(case, why="admission noticed", at=at)
    return _told(case, at)


def _teller(caller: Caller) -> str:
    """Who tells: a system that may submit requests, or one of the payer's people who took the call."""
    if caller.person is None:
        caller.must_be_allowed("submit")
    elif not RECORDS & set(caller.person.roles):
        raise Forbidden(f"{caller.name} may not record an admission: that takes a clerk, a nurse or a physician.")
    return caller.id


def _read(form: Form, payer: Payer) -> Admission:
    number, system = form.text("member"), form.text("member_system")
    npi, began_at = form.text("facility_npi"), form.moment("admitted_at")
    needed = {"member": "the member's number, as it stands on the card", "facility_npi": "the facility's NPI", "admitted_at": "the moment of admission"}
    for (name, words), said in zip(needed.items(), (number, npi, began_at), strict=True):
        if not said:
            form.wrong(name, f"Give {words}{', with its zone' if name == 'admitted_at' else ''} ({name}).")
    bed = form.part("service")
    code = bed.text("code")
    shown = tuple(_shown(form.parts("shown")))
    born = form.text("birth_date")
    known = payer.directory.member(number, system or None)
    identifier = Identifier(known.system, known.id) if known else Identifier(system, number)
    birth_date = form.day("birth_date") if born else None
    form.refuse_if_wrong()
    assert began_at is not None
    return Admission(
        member=MemberReference((identifier,), form.text("member_name") or (known.name if known else ""), birth_date),
        facility=Party(form.text("facility_name"), (Identifier(NPI, npi),)),
        began_at=began_at,
        bed=Coding(bed.text("system") or REVENUE, code) if code else BED,
        diagnoses=tuple(Coding(ICD_10, each) for each in form.texts("diagnoses")),
        shown=shown,
        late_because=form.text("late_because"),
        stabilized=form.yes("stabilized"),
    )


def _shown(parts: Iterable[Form]) -> Iterable[Shown]:
    for part in parts:
        what, at = part.text("what"), part.moment("at")
        if not what or at is None:
            part.wrong("what", 'Say what was seen and when, e.g. {"what": "lactate 4.2 mmol/L", "at": "2026-11-21T02:30:00-05:00"}.')
            continue
        yield Shown(what, at, part.moment("recorded_at") or at)


def _is_about(case: Authorization, told: Admission) -> bool:
    """Whether this admission was told before: the same member, facility and hour."""
    return case.retro is not None and case.retro.began_at == told.began_at and case.request.requestor.npi == told.facility.npi


def _told(case: Authorization, at: datetime) -> Json:
    """The case, until when the request is awaited, and until when the plan answers."""
    retro = case.retro
    assert retro is not None
    determination = case.items[0].determination
    answer: Json = without_empty(
        {
            "number": case.number,
            "reference": case.reference,
            "reason": retro.reason,
            "action": case.action,
            "says": determination.because,
            "send_request_by": retro.ask_by.isoformat(),
            "late": retro.is_late,
            "decision_due": case.clock.legal_due_at.isoformat(),
            "source": case.clock.source,
            "wanted": [word for ask in determination.asks for word in ask.words],
            "for_a_person_to_weigh": [each.what for each in retro.flagged],
            "phone": determination.phone,
        }
    )
    return answer
