"""Choose, project, cut and combine items (FHIRPath N1 §5.2-5.4)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ig_profiles.fhirpath.closures import Closure, Many, Truth, from_many
from ig_profiles.fhirpath.environment import Evaluation
from ig_profiles.fhirpath.equality import distinct, key
from ig_profiles.fhirpath.errors import EvaluationError
from ig_profiles.fhirpath.functions.registry import Site, builds, on_items
from ig_profiles.fhirpath.nodes import EMPTY
from ig_profiles.fhirpath.values import number_of, one


def counted(items: list[Any], state: Evaluation) -> Iterator[Any]:
    """The items, each with its ``$index`` set while it is looked at."""
    before = state.index
    try:
        for place, item in enumerate(items):
            state.index = place
            yield item
    finally:
        state.index = before


def kept_by(site: Site, source: Closure, criteria: Closure) -> Many:
    """The items of the source that meet the criteria."""
    many, truth = source.many, criteria.truth
    if site.counts[0]:
        return _kept_counting(many, truth)

    def kept(scope: list[Any], state: Evaluation) -> list[Any]:
        items = many(scope, state)
        if not items:
            return EMPTY
        state.spend(len(items))
        return [item for item in items if truth([item], state) is True]

    return kept


def _kept_counting(many: Many, truth: Truth) -> Many:
    def kept(scope: list[Any], state: Evaluation) -> list[Any]:
        items = many(scope, state)
        state.spend(len(items))
        return [item for item in counted(items, state) if truth([item], state) is True]

    return kept


@builds("where", 1, criteria=True)
def where(site: Site, source: Closure, criteria: Closure) -> Closure:
    """The items that meet the criteria."""
    return from_many(kept_by(site, source, criteria))


@builds("select", 1, criteria=True)
def select(site: Site, source: Closure, projection: Closure) -> Closure:
    """What the projection yields on each item, in one collection."""
    many, project, counts = source.many, projection.many, site.counts[0]

    def selected(scope: list[Any], state: Evaluation) -> list[Any]:
        items = many(scope, state)
        state.spend(len(items))
        return [found for item in (counted(items, state) if counts else items) for found in project([item], state)]

    return from_many(selected)


@builds("repeat", 1, criteria=True)
def repeat(site: Site, source: Closure, projection: Closure) -> Closure:
    """What the projection yields on the items, on what it yielded, and so on; each once."""
    many, project = source.many, projection.many

    def repeated(scope: list[Any], state: Evaluation) -> list[Any]:
        found: dict[Any, Any] = {}
        waiting = list(many(scope, state))
        for item in waiting:
            below = project([item], state)
            state.spend(len(below) + 1)
            for new in below:
                name = key(new)
                if name not in found:
                    found[name] = new
                    waiting.append(new)
        return list(found.values())

    return from_many(repeated)


@on_items("single")
def single(items: list[Any]) -> list[Any]:
    """The one item. Raises EvaluationError where there are several."""
    one(items, "single()")
    return items


@on_items("first")
def first(items: list[Any]) -> list[Any]:
    return items[:1]


@on_items("last")
def last(items: list[Any]) -> list[Any]:
    return items[-1:]


@on_items("tail")
def tail(items: list[Any]) -> list[Any]:
    return items[1:]


def _whole(items: list[Any], asker: str) -> int:
    number = number_of(one(items, asker), asker)
    if number is None:
        raise EvaluationError(f"{asker} takes a number; here is none")
    return int(number)


@on_items("skip", 1)
def skip(items: list[Any], number: list[Any]) -> list[Any]:
    return items[max(_whole(number, "skip()"), 0) :]


@on_items("take", 1)
def take(items: list[Any], number: list[Any]) -> list[Any]:
    return items[: max(_whole(number, "take()"), 0)]


@on_items("intersect", 1)
def intersect(items: list[Any], others: list[Any]) -> list[Any]:
    """The items in both, each once."""
    known = {key(other) for other in others}
    return distinct([item for item in items if key(item) in known])


@on_items("exclude", 1)
def exclude(items: list[Any], others: list[Any]) -> list[Any]:
    """The items not among the others, order and repetition kept."""
    known = {key(other) for other in others}
    return [item for item in items if key(item) not in known]


@on_items("union", 1)
def union(items: list[Any], others: list[Any]) -> list[Any]:
    """All items of both, each once."""
    return distinct(items + others)


@on_items("combine", 1)
def combine(items: list[Any], others: list[Any]) -> list[Any]:
    """All items of both."""
    return items + others
