"""Heard: what happened to a case since somebody opened its page, told while the page is still open; a look at it is not kept, because nothing of it is read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fhir_pa.auth.caller import Caller
from fhir_pa.wiring import Payer
from ig_profiles.reading import Json

MOST = 5  # events that are told; of more, the latest


def heard(number: str, events: int, handovers: int, caller: Caller, payer: Payer) -> Json:
    """What came after so many events of the trail and so many handovers, in order of time: each ``at``, ``what`` and ``by`` whom.

    A handover of the caller's own is no news to him. Raises NotFound.
    """
    person = caller.must_be_staff()
    with payer.store.reading() as tx:
        trail, hands = tx.authorization(number).trail[events:], tx.handovers(number)[handovers:]
    names = {each.id: each.name for each in payer.directory.people}
    happened = [(each.at, each.what, each.by) for each in trail]
    happened += [(each["at"], _handed(each, names), each["by"]) for each in hands if each["by"] != person.id]
    told = [{"at": at.isoformat(), "what": what, "by": names.get(by, by)} for at, what, by in sorted(happened, key=lambda each: each[0])]
    return {"number": number, "events": told[-MOST:], "earlier": max(0, len(told) - MOST)}


def _handed(hand: Mapping[str, Any], names: Mapping[str, str]) -> str:
    if hand["owner"] == hand["by"]:
        return "taken"
    return f"handed over to {names.get(hand['owner'], hand['owner'])}" if hand["owner"] else "put back into the common pool"
