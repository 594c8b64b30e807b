"""A practice's own cases: those it asked for or performs, and no others; somebody else's is answered as one that is not on file."""

from __future__ import annotations

from contextlib import suppress

from fhir_pa.auth.caller import Caller
from fhir_pa.storage.store import Reading
from fhir_pa.um.case.authorization import Authorization
from fhir_pa.um.measures.practice_lines import seen_by
from fhir_pa.um.on_file.inquiry import npis_of
from ig_profiles.outcome import Forbidden, NotFound


def case_of(number: str, caller: Caller, tx: Reading) -> Authorization:
    """A case this practice may see. Raises NotFound, the same for one that is not on file and for somebody else's."""
    npis = set(caller.must_be_of_a_practice().practice.npis)
    with suppress(NotFound):
        case = tx.authorization(number)
        if npis & seen_by(case):
            return case
    raise NotFound(f"No request {number[:40]} of your practice is on file. Check the number, or look up the member.", expression="number")


def is_own(case: Authorization, caller: Caller) -> bool:
    """Whether this practice asked for it, and does not only perform it."""
    npis = caller.must_be_of_a_practice().practice.npis
    return bool(npis_of((case.request.requestor,)) & set(npis))


def own_case(number: str, caller: Caller, tx: Reading, doing: str) -> Authorization:
    """A case this practice asked for. Raises Forbidden when it only performs it, NotFound when it may not see it."""
    case = case_of(number, caller, tx)
    if not is_own(case, caller):
        raise Forbidden(f"Your practice performs {case.number} and did not ask for it; to {doing} is for {case.request.requestor.name or 'who asked'}.")
    return case
