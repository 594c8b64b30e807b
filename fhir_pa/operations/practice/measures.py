"""A practice's own figures: the four measures, days nothing certifies, the six failures and the causes of denials, each with its rows."""

from __future__ import annotations

from collections.abc import Mapping

from fhir_pa.auth.caller import Caller
from fhir_pa.operations.practice.lists import a_day, practice_told
from fhir_pa.operations.practice.tracker import QUARTER, in_json, tracked
from fhir_pa.um.measures.tracker import NO_CLAIMS
from fhir_pa.wiring import Payer
from ig_profiles.reading import Json

NOT_CLAIMED = "The plan has no claims for this time, so it cannot tell. Look up each service before it is given."


def measures(asked: Mapping[str, str], caller: Caller, payer: Payer, most: int | None = None) -> Json:
    """The tracker of this practice, over all its NPIs; ``asked`` may hold ``since`` (ninety days before if left out).

    At most so many rows behind each number, or all. Raises Unprocessable for a day that cannot be read.
    """
    practice, now = caller.must_be_of_a_practice().practice, payer.clock()
    since = a_day("since", asked, (now - QUARTER).date())
    told = in_json(tracked(payer.store, practice.npis, now, payer.shelf, since, payer.lately.outlines, most), most)
    measured = [{**each, "because": NOT_CLAIMED if each["because"] == NO_CLAIMS else each["because"]} for each in told["measures"]]
    return {**told, "measures": measured, "practice": practice_told(caller)}
