"""What the claims system told of the member of a case, for the reviewer's screen; the plan's own people alone read it (F33)."""

from __future__ import annotations

from fhir_pa.auth.caller import Caller
from fhir_pa.operations.delegates import works_for
from fhir_pa.storage.store import Reading
from fhir_pa.um.case.authorization import Authorization
from fhir_pa.um.on_file.given_before import Given, given_before
from fhir_pa.wiring import Payer
from ig_profiles.reading import Json

MOST = 20  # lines on one screen; how many there are is told


def given(case: Authorization, caller: Caller, payer: Payer, tx: Reading) -> Json | None:
    """``lines`` as far as one screen holds, and how many there are ``of``; None for people of a review organization."""
    if works_for(caller, payer) is not None:
        return None
    member = case.request.member
    asked = [coding for item in case.items for coding in item.requested.service.codes]
    lines, of = tx.rendered_to(member.identifiers, {each.code for each in asked}, MOST)
    cases = [each for each in tx.of_member(member.identifiers) if each.request.member.same_person_as(member)] if lines else ()
    return {"lines": [_line(each) for each in given_before(lines, cases, asked, payer.shelf.in_force)], "of": of}


def _line(told: Given) -> Json:
    line = told.rendered
    return {
        "claim": line.claim,
        "line": line.line,
        "code": line.code.code,
        "system": line.code.system,
        "from": line.on.isoformat(),
        "until": line.until.isoformat(),
        "quantity": f"{line.quantity.normalize():f}",
        "npi": line.npi,
        "paid": line.paid,
        "same_service": told.same_service,
        "standing": told.status.standing,
        "says": told.status.says,
        "number": told.number,
    }
