"""Beside reviews: the lists at the desk of notices of admission and of demands for money back, by due time, and one case's part of each."""

from __future__ import annotations

from collections.abc import Mapping

from fhir_pa.auth.caller import Caller
from fhir_pa.auth.directory import Person
from fhir_pa.operations.delegates import must_be_of_the_plan
from fhir_pa.operations.desk.looked import READ_CASE, keep_look
from fhir_pa.operations.desk.view import whole
from fhir_pa.operations.managing.admission import RECORDS
from fhir_pa.operations.managing.recoupment import DEMANDS
from fhir_pa.operations.pages import page_of
from fhir_pa.um.case.authorization import Authorization
from fhir_pa.um.case.looking_back import reason_of
from fhir_pa.um.case.transitions import REOPENABLE
from fhir_pa.um.stays.beside import Kind
from fhir_pa.wiring import Payer
from ig_profiles.outcome import NotFound
from ig_profiles.reading import Json

PER_PAGE = 25


def admissions(asked: Mapping[str, str], caller: Caller, payer: Payer) -> Json:
    """Notices of admission, the one whose request is due first coming first; ``asked`` may hold ``closed=true``, ``q``, ``page``, ``per_page``.

    Raises Forbidden for whoever may not see cases, or works for a review organization.
    """
    person = _of_the_plan(caller, "read notices of admission")
    return {**_listed(Kind.ADMISSION, asked, payer), "may_record": bool(RECORDS & set(person.roles))}


def demands(asked: Mapping[str, str], caller: Caller, payer: Payer) -> Json:
    """Demands for money back, the one whose appeal ends first coming first; ``asked`` as for admissions. Raises what they raise."""
    _of_the_plan(caller, "read demands for money back")
    return _listed(Kind.DEMAND, asked, payer)


def admission(number: str, caller: Caller, payer: Payer) -> Json:
    """The notice of admission of one case. Raises NotFound where none was told."""
    case = _case(number, caller, payer, "read notices of admission")
    told = whole(case)
    if "told_at" not in told.get("retrospective", {}):
        raise NotFound(f"No notice of admission opened {case.number}. The list has those that did.", expression="number")
    wanted = dict.fromkeys(word for item in case.items for ask in item.determination.asks for word in ask.words)
    return {**_about(case, payer), "notice": told["retrospective"], "wanted": list(wanted), "legal_due_at": told["legal_due_at"], "final": case.is_final}


def demanded(number: str, caller: Caller, payer: Payer) -> Json:
    """The demands of one case, and the items about which this person may write another, looking back on a physician's decision."""
    case = _case(number, caller, payer, "read demands for money back")
    person = caller.must_be_staff()
    writes = bool(DEMANDS & set(person.roles))
    appealed = {sequence for each in case.appeals if each.is_open for sequence in each.items}
    busy = appealed | {sequence for each in case.recoupments if each.is_open for sequence in each.items}
    signed = [item for item in case.items if item.state in REOPENABLE and item.determination.signed_by and item.determination.signed_by.role == "physician"]
    free = [item.sequence for item in signed if item.sequence not in busy] if reason_of(case) is not None else []
    return {**_about(case, payer), "demands": whole(case).get("recoupments", []), "may_record": writes, "may_demand": free if writes else []}


def _listed(kind: Kind, asked: Mapping[str, str], payer: Payer) -> Json:
    page, at, closed = page_of(asked, PER_PAGE), payer.clock(), asked.get("closed") == "true"
    sought = asked.get("q", "").strip()[:80]
    with payer.store.reading() as tx:
        rows, total = tx.beside(kind, closed, sought, page.first, page.size)
        counts = tx.open_beside()
    shown = [{**row, "told_at": row["told_at"].isoformat(), "due_at": row["due_at"].isoformat()} for row in rows]
    return {"at": at.isoformat(), "open": counts[kind], "closed": closed, "q": sought, **page.told(shown, total)}


def _case(number: str, caller: Caller, payer: Payer, doing: str) -> Authorization:
    _of_the_plan(caller, doing)
    with payer.store.reading() as tx:
        case = tx.authorization(number)
    keep_look(READ_CASE, case.number, caller, payer)
    return case


def _about(case: Authorization, payer: Payer) -> Json:
    request = case.request
    items = [{"sequence": each.sequence, "codes": [code.code for code in each.requested.service.codes], "state": str(each.state)} for each in case.items]
    head = {"number": case.number, "revision": case.revision, "member": request.member.name, "requestor": request.requestor.name}
    return {"at": payer.clock().isoformat(), **head, "line_of_business": request.line_of_business, "action": str(case.action), "services": items}


def _of_the_plan(caller: Caller, doing: str) -> Person:
    person = caller.must_be_staff()
    must_be_of_the_plan(caller, doing)
    return person
