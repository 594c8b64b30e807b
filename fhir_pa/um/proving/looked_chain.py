"""The chain of looks: each holds the fingerprint of the one before, so that none is changed or taken away unnoticed; and the first that does not hold."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from fhir_pa.um.proving.chain import Broken
from ig_profiles.fingerprint import fingerprint
from ig_profiles.reading import Json

CHAIN = "the record of looks"


@dataclass(frozen=True)
class KeptLook:
    """One look as its row says it now (``said``, as JSON), where it stands in the chain, and the fingerprint kept beside it."""

    place: int
    sha256: str
    said: Json


@dataclass(frozen=True)
class Walked:
    """A walk along the chain: how many looks, the fingerprint of the last, and where it is broken, if it is."""

    looks: int
    last: str
    broken: Broken | None


def link(said: Json, place: int, previous: str) -> str:
    """The fingerprint of a look that stands here, behind the one of this fingerprint (empty for the first).

    >>> link({"person": "vole"}, 1, "") == link({"person": "vole"}, 1, "") != link({"person": "reed"}, 1, "")
    True
    """
    return fingerprint({"place": place, "previous": previous, "look": said})


def walk(kept: Iterable[KeptLook]) -> Walked:
    """Along the chain in order, to its end or to the first look that does not hold."""
    previous, place = "", 0
    for each in kept:
        place += 1
        if each.place != place:
            return Walked(place - 1, previous, Broken(CHAIN, place, f"It was taken away: the next that is kept is look {each.place}."))
        if each.sha256 != link(each.said, place, previous):
            return Walked(place - 1, previous, Broken(CHAIN, place, "It was changed, or the one before it was changed together with its fingerprint."))
        previous = each.sha256
    return Walked(place, previous, None)
