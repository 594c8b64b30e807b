"""Refer: a nurse or a clerk hands items on to a physician, with what was seen; the provider hears the same as before (§4.3 row 10)."""

from __future__ import annotations

from fhir_pa.auth.caller import Caller
from fhir_pa.operations.desk.form import Form
from fhir_pa.operations.desk.review import as_seen, reviewer_of
from fhir_pa.operations.desk.view import whole
from fhir_pa.um.reviewing import referring
from fhir_pa.wiring import Payer
from ig_profiles.json import parse
from ig_profiles.reading import Json


def refer(number: str, body: bytes, caller: Caller, payer: Payer) -> Json:
    """Items go on to a physician. Raises what ``um.reviewing.referring.refer`` raises."""
    at, reviewer = payer.clock(), reviewer_of(caller.must_be_staff())
    form = Form(parse(body))
    sequences, because = form.items(), form.text("because")
    form.refuse_if_wrong()
    with payer.store.reading() as tx:
        case = as_seen(tx.authorization(number), form)
    changed = referring.refer(case, sequences, because, reviewer, at)
    with payer.store.transaction() as tx:
        tx.save(changed)
    return whole(changed)
