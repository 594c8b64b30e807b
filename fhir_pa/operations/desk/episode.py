"""Episode: all reviews of one course of care on one page, whichever case they are in (domain F07)."""

from __future__ import annotations

from fhir_pa.auth.caller import Caller
from fhir_pa.operations.delegates import sees
from fhir_pa.operations.desk.looked import READ_CASE, keep_look
from fhir_pa.operations.desk.view import summary
from fhir_pa.um.stays.episode import episode as of_case
from fhir_pa.um.stays.episode import steps
from fhir_pa.wiring import Payer
from ig_profiles.reading import Json


def episode(number: str, caller: Caller, payer: Payer) -> Json:
    """The cases that belong together with this one, and every step of them in order. Raises NotFound."""
    caller.must_be_staff()
    with payer.store.reading() as tx:
        case = tx.authorization(number)
        member = case.request.member
        theirs = [each for each in tx.of_member(member.identifiers) if each.request.member.same_person_as(member)] if member.identifiers else []
    cases = [each for each in of_case(case, theirs) if sees(each, caller, payer)]
    for each in cases:
        keep_look(READ_CASE, each.number, caller, payer)
    return {
        "number": case.number,
        "member": member.name,
        "cases": [summary(each) for each in cases],
        "steps": [{**vars(step), "at": step.at.isoformat(), "items": list(step.items)} for step in steps(cases)],
    }
