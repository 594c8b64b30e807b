"""Contact: one of the payer's people records whom they told what of a case, and whether it arrived (domain F61, F62)."""

from __future__ import annotations

from fhir_pa.auth.caller import Caller
from fhir_pa.operations.desk.form import Form
from fhir_pa.operations.desk.view import whole
from fhir_pa.um.case.contact import Arrival, Channel, Told
from fhir_pa.um.telling.contacting import tell
from fhir_pa.wiring import Payer
from ig_profiles.json import parse
from ig_profiles.outcome import Forbidden
from ig_profiles.reading import Json

TELLS = frozenset({"physician", "nurse", "clerk"})


def record(number: str, body: bytes, caller: Caller, payer: Payer) -> Json:
    """Keep a contact; it changes no item, and no subscriber is told of it.

    Raises Forbidden when this person keeps no such records, Unprocessable when it lacks something or says too much.
    """
    at, person = payer.clock(), caller.must_be_staff()
    if not TELLS & set(person.roles):
        raise Forbidden(f"{person.name} may not keep the contact log: that takes a clerk, a nurse or a physician.")
    form = Form(parse(body))
    who, channel = form.one_of("who", Told, "Say who was told,"), form.one_of("channel", Channel, "Say how,")
    arrival = form.one_of("arrival", Arrival, "Say what became of it,")
    name, said, call_back = form.text("name"), form.text("said"), form.text("call_back")
    items = form.items() if "items" in form.body else ()
    form.refuse_if_wrong()
    with payer.store.reading() as tx:
        case = tx.authorization(number)
    changed = tell(case, who, name, channel, arrival, said, person.id, at, items, call_back)
    with payer.store.transaction() as tx:
        tx.save(changed)
    return whole(changed)
