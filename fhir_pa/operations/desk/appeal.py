"""Appeal: a decision against the member is appealed, heard by somebody new, decided; its packet is what everybody hears it from.

Domain §4.7. The member's own words come in through the plan's people, who file them; what software does is count the days.
"""

from __future__ import annotations

from enum import StrEnum

from fhir_pa.auth.caller import Caller
from fhir_pa.operations.desk.form import Form
from fhir_pa.operations.desk.review import as_seen, keep, reviewer_of
from fhir_pa.operations.desk.view import appeal as seen
from fhir_pa.operations.desk.view import unmet, whole
from fhir_pa.um.case.appeal import Appellant, Filing, Outcome
from fhir_pa.um.reviewing import appealing
from fhir_pa.wiring import Payer
from ig_profiles.json import parse
from ig_profiles.outcome import Forbidden, Unprocessable
from ig_profiles.reading import Json

FILES = frozenset({"physician", "nurse", "clerk"})


class Act(StrEnum):
    """What may be done with an appeal on file."""

    ASSIGN = "assign"
    EXTEND = "extend"
    DECIDE = "decide"


def file(number: str, body: bytes, caller: Caller, payer: Payer) -> Json:
    """Put an appeal on file, as the member, the representative or the provider asked for it.

    Raises Unprocessable when the item cannot be appealed or the time is over without good cause, Forbidden when the
    appellant may not ask, Conflict when an appeal about it is open.
    """
    at, person = payer.clock(), caller.must_be_staff()
    if not FILES & set(person.roles):
        raise Forbidden(f"{person.name} may not file appeals: that takes a clerk, a nurse or a physician.")
    form = Form(parse(body))
    filing = Filing(
        items=form.items(),
        by=form.one_of("by", Appellant, "Say who appeals,"),
        name=form.text("name"),
        because=form.text("because"),
        expedited=form.yes("expedited"),
        consent=form.yes("consent"),
        good_cause=form.text("good_cause"),
        continue_benefits=form.yes("continue_benefits"),
    )
    form.refuse_if_wrong()
    with payer.store.reading() as tx:
        case = as_seen(tx.authorization(number), form)
    return keep(appealing.file(case, filing, at), "appeal filed", payer, at)


def act(number: str, appeal: int, body: bytes, caller: Caller, payer: Payer) -> Json:
    """Assign an appeal, take more time for it, or decide it; what is overturned is certified and told at once.

    An appeal decided elsewhere (an independent entity, a hearing officer) is recorded the same way.
    """
    at, reviewer = payer.clock(), reviewer_of(caller.must_be_staff())
    form = Form(parse(body))
    wanted = form.one_of("act", Act)
    with payer.store.reading() as tx:
        case = as_seen(tx.authorization(number), form)
    if wanted is Act.ASSIGN:
        named = form.text("reviewer")
        form.refuse_if_wrong()
        person = payer.directory.person(named)
        if person is None:
            raise Unprocessable(f"Nobody here is called '{named}'. Name a physician by id.", expression="reviewer")
        return keep(appealing.assign(case, appeal, reviewer_of(person), at), "appeal assigned", payer, at)
    because = form.text("because")
    if wanted is Act.EXTEND:
        form.refuse_if_wrong()
        return keep(appealing.extend(case, appeal, because, reviewer, at), "appeal extended", payer, at)
    outcome, authorized, new_evidence = form.one_of("outcome", Outcome), form.authorized(), form.yes("new_evidence")
    form.refuse_if_wrong()
    return keep(appealing.decide(case, appeal, outcome, because, reviewer, at, authorized, new_evidence), "appeal decided", payer, at)


def packet(number: str, appeal: int, caller: Caller, payer: Payer) -> Json:
    """Everything an appeal is heard from, in one document: the case whole, what was not shown, the appellant's words (F105)."""
    caller.must_be_staff()
    with payer.store.reading() as tx:
        case = tx.authorization(number)
    filed = appealing.appeal_of(case, appeal)
    return {"appeal": seen(filed), "turns_on": [unmet(case.item(sequence)) for sequence in filed.items], "authorization": whole(case)}
