"""An object: each key to its handler, what must be there, and the rules on the whole; or only what a slice asks beyond."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from ig_profiles.reading import Json
from ig_profiles.validation.checks import Checks
from ig_profiles.validation.extensions import missing_extensions
from ig_profiles.validation.keys import Handlers
from ig_profiles.validation.primitives import Check, is_primitive
from ig_profiles.validation.run import Path, Run, shown
from ig_profiles.validation.site import Site
from ig_profiles.validation.slicing import least_of_slices, slicing
from ig_profiles.validation.tree import Element, choice_keys

Absent = Callable[[Json, Path, Run], None]


def children_same(one: Element, other: Element) -> bool:
    """Whether two elements ask the same of what stands beneath them."""
    return all(name in other.children and child.same_as(other.children[name]) for name, child in one.children.items())


def object_check(checks: Checks, site: Site, code: str, after: Iterable[Check] = (), hollow: bool = False) -> Check:
    """The check of an object of this type at this site, and ``after`` it more checks of the object itself.

    Handlers are compiled when their key is first met. Only where ``hollow`` may the object be empty.
    """
    parts = _parts(checks, site, code)
    handlers = Handlers(checks, site, parts, code)
    needs = [need for part in parts.values() if (need := _need(checks, part, site))]
    required = frozenset(key for key, _ in needs if not key.endswith("[x]"))
    choices = tuple(absent for key, absent in needs if key.endswith("[x]"))
    afterwards = tuple(after)
    if site.against is not None:
        return _difference(handlers, needs, afterwards, hollow)

    def check(value: Any, path: Path, run: Run) -> None:
        if type(value) is not dict or not (value or hollow):
            run.say("null" if value is None else "empty" if value == {} else "object-expected", path, found=shown(value), type=code)
            return
        for key, item in value.items():
            handlers[key](item, value, path, run)
        if not required <= value.keys():
            for key, absent in needs:
                if key in required and key not in value:
                    absent(value, path, run)
        for absent in choices:
            absent(value, path, run)
        for more in afterwards:
            more(value, path, run)

    return check


def _difference(handlers: Handlers, needs: list[tuple[str, Absent]], after: tuple[Check, ...], hollow: bool) -> Check:
    """What a slice asks of an object beyond the unsliced element, which says itself when the shape is wrong."""
    keys = tuple(key for plain in (*handlers.plan, *handlers.refused) for key in (plain, f"_{plain}") if handlers.asks(key))

    def check(value: Any, path: Path, run: Run) -> None:
        if type(value) is not dict or not (value or hollow):
            return
        for key in keys:
            if key in value:
                handlers[key](value[key], value, path, run)
        for key, absent in needs:
            if key not in value:
                absent(value, path, run)
        for more in after:
            more(value, path, run)

    return check


def _parts(checks: Checks, site: Site, code: str) -> dict[str, Site]:
    """The children by name: the profile's where it has them, else the base type's."""
    base, base_tree = site.base, site.base_tree
    if not base.children:
        kind = checks.type_tree(code)
        if kind is not None:
            base, base_tree = kind.root, kind
    own = site.element.children
    against = site.against.children if site.against is not None else {}
    parts: dict[str, Site] = {}
    for name, base_child in base.children.items():
        if name == "value" and is_primitive(code):
            continue
        child = own.get(name)
        if site.against is not None:
            if child is not None:
                parts[name] = Site(child, base_child, site.tree, base_tree, against.get(name))
        else:
            parts[name] = Site(child, base_child, site.tree, base_tree) if child is not None else Site(base_child, base_child, base_tree, base_tree)
    for name, child in own.items():
        if name not in base.children:
            parts[name] = Site(child, child, site.tree, site.tree, against.get(name))
    return parts


def _need(checks: Checks, part: Site, owner: Site) -> tuple[str, Absent] | None:
    """What to say when the key is absent; None where it may be."""
    element = part.element
    least = element.least if part.against is None or element.least > part.against.least else 0
    slices = least_of_slices(element) if part.against is None or not element.same_as(part.against) else 0
    if not least and not slices:
        return None
    name, profile, at = element.name, element.profile, owner.base.row["path"]
    if name.endswith("[x]"):
        keys = {key for key, _ in choice_keys(name, element.codes or part.base.codes)}
        keys |= {f"_{key}" for key in keys}

        def no_choice(value: Json, path: Path, run: Run) -> None:
            if keys.isdisjoint(value):
                run.say("required", (path, name[:-3], None), profile, name=name, owner=at, min=max(least, 1))

        return name, no_choice
    rows = f"_{name}"
    missing = (missing_extensions(part) if name.endswith("xtension") else slicing(checks, part, name)) if slices else None

    def absent(value: Json, path: Path, run: Run) -> None:
        if rows in value:
            return
        if least:
            run.say("required", (path, name, None), profile, owner=at, min=least, name=name)
        if missing is not None:
            missing([], (path, name, None), run)

    return name, absent
