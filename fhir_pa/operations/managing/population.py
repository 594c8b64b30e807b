"""Population: what claims show over many members, for the payer's people; without a feed of claims it says so (F53, F99)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from functools import partial

from fhir_pa.auth.caller import Caller
from fhir_pa.operations.delegates import must_be_of_the_plan
from fhir_pa.operations.reports.measures import period
from fhir_pa.um.measures.population import Counted, Use, report
from fhir_pa.um.measures.tracker import NO_CLAIMS
from fhir_pa.um.on_file.rendered import Rendered
from fhir_pa.wiring import Payer
from ig_profiles.reading import Json
from questionnaires.library import Shelf

YEAR = timedelta(days=365)


def population(asked: Mapping[str, str], caller: Caller, payer: Payer) -> Json:
    """Readmissions, long stays, over- and under-use, antibiotics; ``asked`` may name ``since`` and ``until``. Says so when no claims are told."""
    caller.must_be_staff()
    must_be_of_the_plan(caller, "read figures of everybody")
    now = payer.clock()
    first, last = period(asked.get("since") or (now - YEAR).isoformat(), asked.get("until"), now)
    with payer.store.reading() as tx:
        if not tx.claims_are_told():
            return {"since": first.isoformat(), "until": last.isoformat(), "because": NO_CLAIMS}
        lines = tx.rendered(first.date(), last.date())
    found = report(lines, first.date(), last.date(), partial(_goal, payer.shelf))
    return {
        "since": first.isoformat(),
        "until": last.isoformat(),
        "readmissions": [_counted(each) for each in found.readmissions],
        "long_stays": [{"service": each.service, "mean_days": each.mean_days, "goal_days": each.goal_days, **_counted(each.longer)} for each in found.stays],
        "over_use": [_use(each) for each in found.over],
        "under_use": [_use(each) for each in found.under],
        "antibiotics_for_viral_illness": [_counted(each) for each in found.antibiotics],
    }


def _goal(shelf: Shelf, line: Rendered) -> int | None:
    """How many days the policy of this stay expects, else certifies without another look; None where it does not say."""
    edition = shelf.in_force(line.service(), line.on)
    held, goal = edition.certifies, edition.benefits.ahead.goal_days
    if goal is not None:
        return goal
    return int(held.quantity) if edition.services and held and held.quantity is not None and held.unit == "days" else None


def _counted(counted: Counted) -> Json:
    return {
        "name": counted.name,
        "percent": counted.percent,
        "count": len(counted.are),
        "of": len(counted.of),
        "claims": list(counted.are),
        "says": counted.says,
    }


def _use(use: Use) -> Json:
    return {
        "service": use.service,
        "npi": use.npi,
        "per_100_members": use.rate,
        "lower": use.lower,
        "upper": use.upper,
        "members": use.members,
        "claims": list(use.claims),
    }
