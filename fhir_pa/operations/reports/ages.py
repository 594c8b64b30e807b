"""Ages: open cases by owner and age, for the payer's people (F90)."""

from __future__ import annotations

from collections.abc import Mapping

from fhir_pa.auth.caller import Caller
from fhir_pa.operations.delegates import must_be_of_the_plan
from fhir_pa.um.measures.ages import BUCKETS
from fhir_pa.um.measures.ages import ages as held_by
from fhir_pa.wiring import Payer
from ig_profiles.reading import Json


def ages(asked: Mapping[str, str], caller: Caller, payer: Payer) -> Json:
    """How many open cases each owner has, by age, and how many are overdue; the pool has its own line."""
    caller.must_be_staff()
    must_be_of_the_plan(caller, "read figures of everybody")
    at = payer.clock()
    with payer.store.reading() as tx:
        found = held_by(tx.waiting_since(), at)
    names = {each.id: each.name for each in payer.directory.people}
    rows = [
        {
            "owner": each.owner,
            "name": names.get(each.owner or "", each.owner or "nobody yet"),
            "cases": each.cases,
            "by_age": dict(zip(BUCKETS, each.counts, strict=True)),
            "overdue": each.overdue,
            "oldest_received_at": each.oldest.isoformat(),
        }
        for each in found
    ]
    return {"at": at.isoformat(), "owners": rows, "cases": sum(each.cases for each in found)}
