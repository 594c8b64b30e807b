"""Carrying over: whose evidence counts for an extension too, so that nothing is sent twice and nothing strange comes in (F32)."""

from __future__ import annotations

from fhir_pa.um.case.authorization import Authorization
from fhir_pa.um.case.brought_over import BroughtOver
from fhir_pa.um.case.transitions import State
from fhir_pa.um.deciding.request import AuthorizationRequest


def carried_over(before: Authorization, request: AuthorizationRequest, client: str) -> BroughtOver | None:
    """What an extension takes from the case it extends; None when nothing may come in.

    The case is about the same person under the same coverage, not withdrawn, and was either sent by the same system or is
    named by the extension: whoever neither sent it nor knows its number learns nothing from it.
    """
    named = {item.authorization_number for item in request.items if item.authorization_number}
    known = before.client == client or bool({before.number, before.reference} & named)
    withdrawn = all(item.state is State.CANCELLED for item in before.items)
    if withdrawn or not known or not before.request.member.same_person_as(request.member):
        return None
    earlier = before.brought_over.received if before.brought_over else ()
    return BroughtOver(before.number, (*earlier, *before.received))
