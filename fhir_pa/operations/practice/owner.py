"""Owner: a practice names who of its people answers for what the plan asks of a case later: reviews, evidence of the response, renewals (domain F46)."""

from __future__ import annotations

from dataclasses import replace

from fhir_pa.auth.caller import Caller
from fhir_pa.operations.desk.form import Form
from fhir_pa.operations.desk.review import as_seen
from fhir_pa.operations.desk.view import whole
from fhir_pa.operations.own_case import own_case
from fhir_pa.um.case.item import Event
from fhir_pa.wiring import Payer
from ig_profiles.json import parse
from ig_profiles.reading import Json

OWNED = "practice names who answers"


def own(number: str, body: bytes, caller: Caller, payer: Payer) -> Json:
    """Name one of the practice's acting people (``owner``, by id) for its own request; nobody else hears of it until the plan asks."""
    person, at = caller.must_act_for_a_practice("name who answers for a request"), payer.clock()
    form = Form(parse(body))
    named = next((each for each in able(caller, payer) if each["id"] == form.text("owner")), None)
    if named is None:
        people = ", ".join(each["id"] for each in able(caller, payer))
        form.wrong("owner", f"Name one of the people of your practice who may act: {people}.")
    form.refuse_if_wrong()
    assert named is not None
    with payer.store.transaction() as tx:
        case = as_seen(own_case(number, caller, tx, "name who answers for it"), form)
        owner = f"{named['name']}, {person.practice.name}"
        event = Event(at, OWNED, person.id, tuple(item.sequence for item in case.items), f"{owner} answers for what the plan asks.")
        changed = replace(case.with_items({}, event), practice_owner=owner)
        tx.save(changed)
    return whole(changed)


def able(caller: Caller, payer: Payer) -> list[Json]:
    """The people of this practice who may act, by id and name."""
    practice = caller.must_be_of_a_practice().practice
    people = (each for each in payer.directory.practice_people if each.practice.id == practice.id and each.acts)
    return [{"id": each.id, "name": each.name} for each in people]
