"""Fall due: look at the cases of which something runs out, say so, and record what passed; nothing is decided by it.

A deadline that passes, or a window nobody used, goes into the trail. Doing it twice does nothing the second time.
"""

from __future__ import annotations

import logging
from contextlib import suppress
from dataclasses import replace
from datetime import datetime

from fhir_pa.auth.caller import Caller
from fhir_pa.operations.delegates import sees, works_for
from fhir_pa.um.case.authorization import Authorization
from fhir_pa.um.reviewing import adverse
from fhir_pa.um.reviewing.deadlines import note_breach
from fhir_pa.um.reviewing.information_life import close_out
from fhir_pa.um.stays import ending
from fhir_pa.um.stays.falls_due import fallen_due
from fhir_pa.wiring import Payer
from ig_profiles.outcome import Conflict, Refusal
from ig_profiles.reading import Json

LOG = logging.getLogger("fhir_pa.work")
ATTEMPTS = 3
ENDS = "what is certified ends"


def look(payer: Payer) -> int:
    """Look at every case whose moment has come; returns at how many. One that cannot be looked at stops no other."""
    at, done = payer.clock(), 0
    with payer.store.reading() as tx:
        numbers = tx.to_look_at(at)
    for number in numbers:
        try:
            fall_due(number, payer)
            done += 1
        except Refusal as refusal:
            LOG.warning("authorization %s could not be looked at: %s", number, refusal)
    return done


def fall_due(number: str, payer: Payer) -> None:
    """Look at one case; what somebody else does to it meanwhile comes first."""
    for _ in range(ATTEMPTS - 1):
        with suppress(Conflict):
            return _fall_due(number, payer)
    return _fall_due(number, payer)


def _fall_due(number: str, payer: Payer) -> None:
    at = payer.clock()
    with payer.store.reading() as tx:
        case = tx.authorization(number)
    changed = _recorded(case, at)
    with payer.store.transaction() as tx:
        tx.ring(number, fallen_due(case, at))
        if changed is not case:
            tx.save(changed)
            if len(changed.contacts) > len(case.contacts):
                tx.notify(changed, why=ENDS, at=at)
        tx.watch(changed, at)
        tx.enlist(changed)
        tx.keep_judgements(changed)
        tx.keep_course(changed, anew=True)
        tx.show_practices(changed)
        tx.keep_points(changed, anew=True)
        tx.keep_beside(changed)


def _recorded(case: Authorization, at: datetime) -> Authorization:
    """The case with what passed in its trail, as one revision; itself when nothing did."""
    changed = note_breach(case, at) or case
    changed = adverse.lapse(changed, at) or changed
    changed = close_out(changed, at) or changed
    changed = ending.told(changed, at)
    return case if changed is case else replace(changed, revision=case.revision + 1)


def alerts(caller: Caller, payer: Payer) -> Json:
    """What runs out and nobody has seen yet, for the payer's people."""
    caller.must_be_staff()
    with payer.store.reading() as tx:
        rung = tx.alerts()
        found = rung if works_for(caller, payer) is None else [each for each in rung if sees(tx.authorization(each.number), caller, payer)]
    return {"alerts": [{"number": each.number, "matter": each.matter, "at": each.at.isoformat(), "says": each.says} for each in found]}


def seen(number: str, caller: Caller, payer: Payer) -> Json:
    """This person has taken note of what runs out of one authorization."""
    person = caller.must_be_staff()
    with payer.store.transaction() as tx:
        return {"number": number, "seen": tx.seen(number, person.id, payer.clock())}
