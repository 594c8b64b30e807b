"""Acknowledge: a practice takes note that less was certified than it asked for; or the plan's people record who did so by phone (domain F63)."""

from __future__ import annotations

from fhir_pa.auth.caller import Caller
from fhir_pa.operations.desk.contact import TELLS
from fhir_pa.operations.desk.form import Form
from fhir_pa.operations.desk.review import as_seen
from fhir_pa.operations.desk.view import whole
from fhir_pa.operations.own_case import own_case
from fhir_pa.um.case.authorization import Authorization
from fhir_pa.um.case.contact import Told
from fhir_pa.um.telling.acknowledging import acknowledge as take_note
from fhir_pa.wiring import Payer
from ig_profiles.json import parse
from ig_profiles.outcome import Forbidden
from ig_profiles.reading import Json


def acknowledge(number: str, body: bytes, caller: Caller, payer: Payer) -> Json:
    """A person of the practice takes note of the reduced ``items`` of its own request; it consents to nothing."""
    person, at = caller.must_act_for_a_practice("acknowledge a decision"), payer.clock()
    form = Form(parse(body))
    items = form.items()
    form.refuse_if_wrong()
    with payer.store.reading() as tx:
        case = as_seen(own_case(number, caller, tx, "acknowledge a decision"), form)
    return _kept(take_note(case, items, Told.PROVIDER, f"{person.name}, {person.practice.name}", person.id, at), payer)


def record(number: str, body: bytes, caller: Caller, payer: Payer) -> Json:
    """One of the plan's people writes down who took note, of which ``items``: ``who`` (provider, member, representative) and ``name``."""
    person, at = caller.must_be_staff(), payer.clock()
    if not TELLS & set(person.roles):
        raise Forbidden(f"{person.name} may not record who has taken note: that takes a clerk, a nurse or a physician.")
    form = Form(parse(body))
    items, who, name = form.items(), form.one_of("who", Told, "Say who has taken note,"), form.text("name")
    form.refuse_if_wrong()
    with payer.store.reading() as tx:
        case = tx.authorization(number)
    return _kept(take_note(case, items, who, name, person.id, at), payer)


def _kept(changed: Authorization, payer: Payer) -> Json:
    """Kept, and no subscriber is told: nothing was decided."""
    with payer.store.transaction() as tx:
        tx.save(changed)
    return whole(changed)
