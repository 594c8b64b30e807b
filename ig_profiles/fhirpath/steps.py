"""Closures that walk: a named element, the type at the head of a path, an item by its index."""

from __future__ import annotations

from typing import Any

from ig_profiles.fhirpath.closures import FOCUS, Closure, Many, from_many
from ig_profiles.fhirpath.environment import Evaluation
from ig_profiles.fhirpath.nodes import EMPTY, KEYS_OF, Node, child, object_of, typed_child
from ig_profiles.fhirpath.type_names import is_kind_of, known_type
from ig_profiles.fhirpath.values import number_of, one


def member(source: Closure, name: str, typed: bool) -> Closure:
    """``source.name``."""
    if typed:
        return from_many(_typed_member(source.many, name))
    if source is FOCUS:
        return from_many(_focus_member(name))
    return from_many(_member(source.many, name))


def _focus_member(name: str) -> Many:
    beside = "_" + name
    choice = name in KEYS_OF

    def many(scope: list[Any], state: Evaluation) -> list[Any]:
        if len(scope) == 1:
            item = scope[0]
            if type(item) is dict:
                if choice or beside in item:
                    return child(item, name)
                value = item.get(name)
                return EMPTY if value is None else value if type(value) is list else [value]
        return _all_children(scope, name)

    return many


def _member(source: Many, name: str) -> Many:
    beside = "_" + name
    choice = name in KEYS_OF

    def many(scope: list[Any], state: Evaluation) -> list[Any]:
        items = source(scope, state)
        if not items:
            return EMPTY
        if len(items) == 1:
            item = items[0]
            if type(item) is dict and not choice and beside not in item:
                value = item.get(name)
                return EMPTY if value is None else value if type(value) is list else [value]
        return _all_children(items, name)

    return many


def _all_children(items: list[Any], name: str) -> list[Any]:
    found: list[Any] = []
    for item in items:
        holder = item if type(item) is dict else object_of(item)
        if holder is not None:
            found += child(holder, name)
    return found


def _typed_member(source: Many, name: str) -> Many:
    def many(scope: list[Any], state: Evaluation) -> list[Any]:
        items = source(scope, state)
        if len(items) == 1:
            return typed_child(items[0], name, state.types)
        return [found for item in items for found in typed_child(item, name, state.types)]

    return many


def head(name: str, typed: bool) -> Closure:
    """A name that begins a path: a type name keeps the focus if it is of that type, any other name is an element of it."""
    step = member(FOCUS, name, typed)
    known = known_type(name) if name[:1].isupper() else None
    if known is None:
        return step
    wanted = known[1]

    def many(scope: list[Any], state: Evaluation) -> list[Any]:
        found: list[Any] = []
        for item in scope:
            own = item.type if type(item) is Node else item.get("resourceType") if type(item) is dict else None
            if is_kind_of(own, wanted) or (own is None and type(item) is dict and not is_kind_of(wanted, "Resource")):
                found.append(item)
            else:
                found += step.many([item], state)
        return found

    return from_many(many)


def item_at(source: Closure, index: Closure) -> Closure:
    """``source[index]``, counted from 0."""

    def many(scope: list[Any], state: Evaluation) -> list[Any]:
        items = source.many(scope, state)
        place = number_of(one(index.many(scope, state), "[ ]"), "[ ]")
        if place is None or not 0 <= place < len(items):
            return EMPTY
        return [items[int(place)]]

    return from_many(many)
