"""Fold a collection into one value: aggregate, sum, min, max, avg (FHIRPath N1 §7)."""

from __future__ import annotations

from typing import Any

from ig_profiles.fhirpath.arithmetic import add, divide
from ig_profiles.fhirpath.closures import Closure, from_many
from ig_profiles.fhirpath.comparing import order_of
from ig_profiles.fhirpath.environment import Evaluation
from ig_profiles.fhirpath.functions.filtering import counted
from ig_profiles.fhirpath.functions.registry import Site, builds, on_items
from ig_profiles.fhirpath.nodes import EMPTY


@builds("aggregate", 1, 2, criteria=True)
def aggregate(site: Site, source: Closure, step: Closure, start: Closure | None = None) -> Closure:
    """The step on each item in turn, with ``$total`` what came of it so far."""

    def many(scope: list[Any], state: Evaluation) -> list[Any]:
        items = source.many(scope, state)
        state.spend(len(items))
        before, state.total = state.total, start.many(scope, state) if start else EMPTY
        try:
            for item in counted(items, state):
                state.total = step.many([item], state)
            return state.total
        finally:
            state.total = before

    return from_many(many)


@on_items("sum")
def sum_(items: list[Any]) -> list[Any]:
    """The sum of numbers or quantities; empty for none."""
    total = items[0] if items else None
    for item in items[1:]:
        total = add(total, item) if total is not None else None
    return EMPTY if total is None else [total]


@on_items("avg")
def average(items: list[Any]) -> list[Any]:
    """The mean of numbers or quantities; empty for none."""
    total = sum_(items)
    mean = divide(total[0], len(items)) if total else None
    return EMPTY if mean is None else [mean]


def _extreme(items: list[Any], asker: str, sign: int) -> list[Any]:
    found = items[:1]
    for item in items[1:]:
        order = order_of(item, found[0], asker)
        if order is None:
            return EMPTY
        if order * sign > 0:
            found = [item]
    return found


@on_items("min")
def least(items: list[Any]) -> list[Any]:
    return _extreme(items, "min()", -1)


@on_items("max")
def greatest(items: list[Any]) -> list[Any]:
    return _extreme(items, "max()", 1)
