"""Is anything there, how many, are all of them true (FHIRPath N1 §5.1)."""

from __future__ import annotations

from typing import Any

from ig_profiles.fhirpath.closures import Closure, from_many, from_truth
from ig_profiles.fhirpath.environment import Evaluation
from ig_profiles.fhirpath.equality import distinct, key
from ig_profiles.fhirpath.errors import EvaluationError
from ig_profiles.fhirpath.functions.filtering import kept_by
from ig_profiles.fhirpath.functions.registry import Site, asks_items, builds, on_items
from ig_profiles.fhirpath.logic import negation
from ig_profiles.fhirpath.nodes import plain


@builds("empty")
def empty(site: Site, source: Closure) -> Closure:
    """True where there is nothing."""
    many = source.many
    return from_truth(lambda scope, state: not many(scope, state))


@builds("exists", 0, 1, criteria=True)
def exists(site: Site, source: Closure, criteria: Closure | None = None) -> Closure:
    """True where there is something, or something that meets the criteria."""
    many = source.many if criteria is None else kept_by(site, source, criteria)
    return from_truth(lambda scope, state: bool(many(scope, state)))


@builds("not")
def not_(site: Site, source: Closure) -> Closure:
    """The opposite of the one condition."""
    return negation(source)


@builds("count")
def count(site: Site, source: Closure) -> Closure:
    """How many items there are."""
    many = source.many
    return from_many(lambda scope, state: [len(many(scope, state))])


@builds("all", 1, criteria=True)
def all_(site: Site, source: Closure, criteria: Closure) -> Closure:
    """True where every item meets the criteria, also where there is none."""

    def truth(scope: list[Any], state: Evaluation) -> bool | None:
        items = source.many(scope, state)
        if not site.counts[0]:
            state.spend(len(items))
            return all(criteria.truth([item], state) is True for item in items)
        return len(kept_by(site, source, criteria)(scope, state)) == len(items)

    return from_truth(truth)


def _booleans(items: list[Any], asker: str) -> list[bool]:
    values = [plain(item) for item in items]
    if not all(isinstance(value, bool) for value in values):
        raise EvaluationError(f"{asker}() takes booleans")
    return values


@asks_items("allTrue")
def all_true(items: list[Any]) -> bool:
    return all(_booleans(items, "allTrue"))


@asks_items("anyTrue")
def any_true(items: list[Any]) -> bool:
    return any(_booleans(items, "anyTrue"))


@asks_items("allFalse")
def all_false(items: list[Any]) -> bool:
    return not any(_booleans(items, "allFalse"))


@asks_items("anyFalse")
def any_false(items: list[Any]) -> bool:
    return not all(_booleans(items, "anyFalse"))


@asks_items("subsetOf", 1)
def subset_of(items: list[Any], others: list[Any]) -> bool:
    return {key(item) for item in items} <= {key(item) for item in others}


@asks_items("supersetOf", 1)
def superset_of(items: list[Any], others: list[Any]) -> bool:
    return {key(item) for item in items} >= {key(item) for item in others}


@asks_items("isDistinct")
def is_distinct(items: list[Any]) -> bool:
    return len(items) < 2 or len({key(item) for item in items}) == len(items)


@on_items("distinct")
def distinct_(items: list[Any]) -> list[Any]:
    return distinct(items)
