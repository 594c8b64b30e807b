"""JSON as nobody should send it: a tree with a few of its places dropped, doubled, or holding something odd."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from typing import Any

from hypothesis import strategies as some

from ig_profiles.reading import Json

ODD = some.one_of(
    some.none(),
    some.booleans(),
    some.integers(-3, 10**12),
    some.decimals(allow_nan=False, allow_infinity=False, places=2),
    some.sampled_from(["", " ", "x", "Patient/orla", "#", "#form", "urn:uuid:1", "2026-13-45", "2026-11-22", "\ud800", "http://[", "Claim", "Bundle"]),
    some.sampled_from([[], {}, [None], [[]], [{}], [[{}]], {"reference": []}, {"coding": {}}, {"coding": [{"code": {}}]}, {"value": {}}]),
    some.text(max_size=5),
)


def places(node: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place in the tree, as the steps that lead there."""
    for key, value in node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ():
        yield (*path, key)
        yield from places(value, (*path, key))


def mutated(whole: Json, draw: Any) -> Json:
    """A copy with one to four places dropped, doubled or replaced by something odd."""
    changed = deepcopy(whole)
    for _ in range(draw(some.integers(1, 4))):
        found = list(places(changed))
        if not found:
            return changed
        *steps, last = draw(some.sampled_from(found))
        holder: Any = changed
        for step in steps:
            holder = holder[step]
        how = draw(some.sampled_from(["drop", "odd", "odd", "twice"]))
        if how == "drop":
            del holder[last]
        elif how == "twice" and isinstance(holder, list):
            holder.append(deepcopy(holder[last]))
        else:
            holder[last] = deepcopy(draw(ODD))
    return changed
