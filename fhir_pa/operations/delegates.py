"""Delegates: a review organization's people see the cases it acts for, and no others (domain F80, §4.8)."""

from __future__ import annotations

from fhir_pa.auth.caller import Caller
from fhir_pa.um.case.authorization import Authorization
from fhir_pa.um.reviewing.delegate import Delegate, delegate_of
from fhir_pa.wiring import Payer
from ig_profiles.outcome import Forbidden, NotFound


def works_for(caller: Caller, payer: Payer) -> Delegate | None:
    """The review organization this person works for; None for the plan's own. Raises Forbidden when it is not listed (any more)."""
    name = caller.person.delegate if caller.person else ""
    if not name:
        return None
    found = next((each for each in payer.directory.delegates if each.name == name), None)
    if found is None:
        raise Forbidden(f"{caller.name} works for {name}, which is no review organization of this plan. Ask the payer for a [[delegate]].")
    return found


def sees(case: Authorization, caller: Caller, payer: Payer) -> bool:
    """Whether this person may see the case: the plan's own people see all."""
    mine = works_for(caller, payer)
    return mine is None or delegate_of(case, payer.directory.delegates) == mine


def refuse_others(number: str, caller: Caller, payer: Payer) -> None:
    """Raises NotFound, as for a number nobody has, when the person works for a review organization that does not act for the case."""
    if works_for(caller, payer) is None:
        return
    with payer.store.reading() as tx:
        case = tx.authorization(number)
    if not sees(case, caller, payer):
        raise NotFound(f"No authorization {number} is on file. Check the number.", expression="number")


def must_be_of_the_plan(caller: Caller, doing: str) -> None:
    """Raises Forbidden for a review organization's person: figures of everybody, and claims, are the plan's own business."""
    if caller.person is not None and caller.person.delegate:
        raise Forbidden(f"{caller.name} works for {caller.person.delegate}; only the plan's own people may {doing}.")
