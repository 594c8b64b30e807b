"""The look-up at the provider desk: is a valid authorization of this practice on file for a member, a code and a day? (F11, F66)"""

from __future__ import annotations

from collections.abc import Mapping

from fhir_pa.auth.caller import Caller
from fhir_pa.operations.desk.looked import ASKED, keep_look
from fhir_pa.operations.practice.status import about, looked_up, told
from fhir_pa.um.measures.practice_lines import seen_by
from fhir_pa.wiring import Payer
from ig_profiles.reading import Json

FIELDS = ("member", "code", "on", "provider")


def look_up(asked: Mapping[str, str], caller: Caller, payer: Payer) -> Json:
    """The answer to ``member``, ``code``, ``on`` (today if left out) and ``provider`` (the NPI that performs); None before anything is asked.

    It says the same whether another practice has an authorization or nobody has. Raises Unprocessable for what cannot be read.
    """
    npis = set(caller.must_be_of_a_practice().practice.npis)
    wanted = {name: asked[name].strip()[:80] for name in FIELDS if asked.get(name, "").strip()}
    at = payer.clock()
    if not wanted:
        return {"at": at.isoformat(), "asked": {}, "found": None}
    found, on, _ = looked_up(wanted, lambda case: bool(npis & seen_by(case)), payer)
    keep_look(ASKED, about(found, wanted), caller, payer, 1 if found.number else 0)
    return {"at": at.isoformat(), "asked": {**wanted, "on": on.isoformat()}, "found": told(found, on)}
