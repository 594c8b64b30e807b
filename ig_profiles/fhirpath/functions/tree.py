"""Walk the tree and ask for types: children, descendants, ofType, is, as, type, trace (FHIRPath N1 §5.8, §5.9, §6.3)."""

from __future__ import annotations

from typing import Any

from ig_profiles.fhirpath.closures import Closure, from_many, from_truth
from ig_profiles.fhirpath.environment import Evaluation
from ig_profiles.fhirpath.functions.registry import Site, builds
from ig_profiles.fhirpath.nodes import children, typed_children
from ig_profiles.fhirpath.syntax import Member, Node
from ig_profiles.fhirpath.type_names import has_type, known_type, type_info
from ig_profiles.fhirpath.values import one


@builds("children", stateful=True)
def children_(site: Site, source: Closure) -> Closure:
    """The items directly below."""

    def many(scope: list[Any], state: Evaluation) -> list[Any]:
        found = _below(source.many(scope, state), site.typed, state)
        state.spend(len(found))
        return found

    return from_many(many)


@builds("descendants", stateful=True)
def descendants(site: Site, source: Closure) -> Closure:
    """All items below, level by level."""

    def many(scope: list[Any], state: Evaluation) -> list[Any]:
        found: list[Any] = []
        level = source.many(scope, state)
        while level:
            level = _below(level, site.typed, state)
            state.spend(len(level))
            found += level
        return found

    return from_many(many)


def _below(items: list[Any], typed: bool, state: Evaluation) -> list[Any]:
    if typed:
        return [below for item in items for below in typed_children(item, state.types)]
    return [below for item in items for below in children(item)]


def written_type(tree: Node) -> str | None:
    """The type name an argument spells, ``FHIR.Patient`` or ``Quantity``; None where it is something else."""
    if not isinstance(tree, Member):
        return None
    if tree.source is None:
        return tree.name
    above = written_type(tree.source)
    return None if above is None else f"{above}.{tree.name}"


def _type_argument(site: Site) -> tuple[str, str]:
    tree = site.call.arguments[0]
    name = written_type(tree)
    wanted = known_type(name) if name else None
    if wanted is None:
        site.refuse(f"'{name}' is no type of FHIR R4 or of FHIRPath" if name else f"{site.call.name}() takes the name of a type", tree)
    return wanted


def of_type(source: Closure, wanted: tuple[str, str]) -> Closure:
    """The items of the type; also what ``as`` does, since R4 writes ``descendants().as(canonical)`` on many items (dom-3)."""
    return from_many(lambda scope, state: [item for item in source.many(scope, state) if has_type(item, wanted, state.types)])


def is_type(source: Closure, wanted: tuple[str, str]) -> Closure:
    """Whether the one item is of the type."""

    def truth(scope: list[Any], state: Evaluation) -> bool | None:
        item = one(source.many(scope, state), "is")
        return None if item is None else has_type(item, wanted, state.types)

    return from_truth(truth)


@builds("ofType", 1)
def of_type_(site: Site, source: Closure, argument: Closure) -> Closure:
    """The items of the type."""
    return of_type(source, _type_argument(site))


@builds("as", 1)
def as_(site: Site, source: Closure, argument: Closure) -> Closure:
    """The items of the type."""
    return of_type(source, _type_argument(site))


@builds("is", 1)
def is_(site: Site, source: Closure, argument: Closure) -> Closure:
    """Whether the one item is of the type."""
    return is_type(source, _type_argument(site))


@builds("type")
def type_(site: Site, source: Closure) -> Closure:
    """Namespace and name of each item's type."""
    return from_many(lambda scope, state: [type_info(item) for item in source.many(scope, state)])


@builds("trace", 1, 2, criteria=True)
def trace(site: Site, source: Closure, name: Closure, projection: Closure | None = None) -> Closure:
    """The source unchanged. Nothing is written anywhere: what it would show may be a patient's."""
    return source
