"""What FHIR adds: extension, hasValue, resolve, memberOf, conformsTo, htmlChecks, ordinal (hl7.org/fhir/R4/fhirpath.html#functions)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ig_profiles.fhirpath.closures import Closure, from_many, from_truth
from ig_profiles.fhirpath.environment import Environment, Evaluation
from ig_profiles.fhirpath.errors import Undecidable
from ig_profiles.fhirpath.functions.registry import Site, asks_items, builds, on_items
from ig_profiles.fhirpath.narrative import is_safe_narrative
from ig_profiles.fhirpath.nodes import EMPTY, Node, child, object_of, plain, typed_child
from ig_profiles.fhirpath.values import one, text_of

_ORDINALS = frozenset(
    {
        "http://hl7.org/fhir/StructureDefinition/ordinalValue",
        "http://hl7.org/fhir/StructureDefinition/itemWeight",
        "http://hl7.org/fhir/StructureDefinition/codesystem-ordinalValue",
        "http://hl7.org/fhir/StructureDefinition/valueset-ordinalValue",
    }
)


@builds("extension", 1)
def extension(site: Site, source: Closure, url: Closure) -> Closure:
    """The extensions with this url."""
    step: Callable[[Any, Evaluation], list[Any]] = _typed_extensions if site.typed else _extensions

    def many(scope: list[Any], state: Evaluation) -> list[Any]:
        wanted = text_of(one(url.many(scope, state), "extension()"), "extension()")
        found = [inner for item in source.many(scope, state) for inner in step(item, state)]
        return [inner for inner in found if plain((object_of(inner) or {}).get("url")) == wanted] if wanted else EMPTY

    return from_many(many)


def _extensions(item: Any, state: Evaluation) -> list[Any]:
    holder = object_of(item)
    return EMPTY if holder is None else child(holder, "extension")


def _typed_extensions(item: Any, state: Evaluation) -> list[Any]:
    return list(typed_child(item, "extension", state.types))


@asks_items("hasValue")
def has_value(items: list[Any]) -> bool:
    """Whether there is one item and it is a primitive with a value."""
    if len(items) != 1:
        return False
    return plain(items[0]) is not None and not isinstance(plain(items[0]), (dict, list))


@on_items("getValue")
def get_value(items: list[Any]) -> list[Any]:
    return [plain(items[0])] if has_value(items) else EMPTY


@builds("resolve", stateful=True)
def resolve(site: Site, source: Closure) -> Closure:
    """The resources that the references name, as far as they are at hand."""

    def many(scope: list[Any], state: Evaluation) -> list[Any]:
        found = []
        for item in source.many(scope, state):
            value = plain(item)
            name = value.get("reference") if isinstance(value, dict) else value
            resource = _resolved(name, state) if isinstance(name, str) else None
            if isinstance(resource, dict):
                found.append(Node(resource, None, resource.get("resourceType")) if site.typed else resource)
        return found

    return from_many(many)


def _resolved(name: str, state: Evaluation) -> Any:
    root = state.root
    if name.startswith("#") and isinstance(root, dict):
        if name == "#":
            return root
        return next((inner for inner in child(root, "contained") if isinstance(inner, dict) and inner.get("id") == name[1:]), None)
    return state.outside.resolve(name, root) if state.outside.resolve else None


def _asks_outside(name: str, answerer: Callable[[Environment], Callable[[Any, str], bool | None] | None], every: bool) -> None:
    @builds(name, 1, stateful=True)
    def asks(site: Site, source: Closure, canonical: Closure) -> Closure:
        def truth(scope: list[Any], state: Evaluation) -> bool | None:
            items = source.many(scope, state)
            url = text_of(one(canonical.many(scope, state), f"{name}()"), f"{name}()")
            if not items or url is None:
                return None
            answer = answerer(state.outside)
            if answer is None:
                raise Undecidable(f"nobody was handed in to answer {name}('{url}'). Give Environment a function for it.")
            answers = [answer(plain(item), url) for item in (items if every else [one(items, f"{name}()")])]
            if True in answers:
                return True
            if None in answers:
                raise Undecidable(f"{name}('{url}') cannot be decided")
            return False

        return from_truth(truth)


# us-core-1 asks `category.memberOf(…)` of several categories: one member is enough.
_asks_outside("memberOf", lambda outside: outside.member_of, every=True)
_asks_outside("conformsTo", lambda outside: outside.conforms_to, every=False)


@builds("htmlChecks")
def html_checks(site: Site, source: Closure) -> Closure:
    """Whether the narrative holds only what FHIR allows (txt-1) and says something (txt-2)."""

    def truth(scope: list[Any], state: Evaluation) -> bool | None:
        text = text_of(one(source.many(scope, state), "htmlChecks()"), "htmlChecks()")
        return None if text is None else is_safe_narrative(text)

    return from_truth(truth)


@on_items("ordinal")
def ordinal(items: list[Any]) -> list[Any]:
    """The weight that an extension gives a code (SDC ``ordinal()``, ``weight()``)."""
    found = []
    for item in items:
        for inner in _held(item):
            if isinstance(inner, dict) and inner.get("url") in _ORDINALS:
                found += child(inner, "value")
    return found


def _held(item: Any) -> list[Any]:
    holder = object_of(item)
    return EMPTY if holder is None else child(holder, "extension")


@on_items("weight")
def weight(items: list[Any]) -> list[Any]:
    return ordinal(items)
