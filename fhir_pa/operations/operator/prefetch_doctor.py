"""Prefetch doctor: which EHR leaves which prefetch template unanswered, how often, what that cost, and what to tell its people.

Chapter: CRD, Additional Prefetch Capabilities; CDS Hooks 2.0, prefetch. A template that does not come is asked for by
queries while the clinician waits; whoever mends the EHR's configuration gives that time back.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from cds_hooks import services
from fhir_pa.operations.hooks.gaps import FAILED, LEFT_OUT, OF_ANOTHER
from fhir_pa.storage.store import Reading
from ig_profiles.reading import Json

LATELY = timedelta(days=30)
ADVICE = {
    LEFT_OUT: "The EHR does not send it. Have it fill this template in when it calls, null where it finds nothing.",
    FAILED: "The EHR tried and could not run the query. Have it run the template as published, and look into its error.",
    OF_ANOTHER: "The EHR ran the template for another patient. Have it put the patient of the call into it; until then nothing of it is used.",
}


def dearest(tx: Reading, at: datetime) -> Json:
    """The last thirty days, by client, hook, template and state, what cost the most time first."""
    since = at - LATELY
    calls = tx.hook_calls_counted(since)
    rows = [{**each, "of_calls": calls.get((each["client"], each["hook"]), 0), **_meant(each)} for each in tx.gaps_counted(since)]
    return {
        "since": since.isoformat(),
        "calls": sum(calls.values()),
        "fetches": sum(each["fetches"] for each in rows),
        "milliseconds": sum(each["milliseconds"] for each in rows),
        "rows": rows,
    }


def _meant(row: Any) -> Json:
    """The template as it is published, and what would mend it."""
    hook = next((each for each in services.HOOKS if each.name == row["hook"]), None)
    published = [dict(each)[row["template"]] for each in (hook.prefetch.values() if hook else ()) if row["template"] in each]
    return {"query": published[-1] if published else "", "advice": ADVICE[row["state"]]}
