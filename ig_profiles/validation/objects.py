"""An object: each key to its handler, unknown keys, what must be there, and one answer to each choice."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from ig_profiles.reading import Json
from ig_profiles.validation.extensions import extension_handler, missing_extensions
from ig_profiles.validation.lists import handler, nothing, primitive_rows
from ig_profiles.validation.primitives import Check, is_primitive
from ig_profiles.validation.run import Path, Run, shown
from ig_profiles.validation.site import Handler, Site
from ig_profiles.validation.slicing import least_of_slices, slicing
from ig_profiles.validation.tree import Element, choice_keys

if TYPE_CHECKING:
    from ig_profiles.validation.compiler import Compiler

Absent = Callable[[Json, Path, Run], None]


def children_same(one: Element, other: Element) -> bool:
    """Whether two elements ask the same of what stands beneath them."""
    return all(name in other.children and child.same_as(other.children[name]) for name, child in one.children.items())


def object_check(compiler: Compiler, site: Site, code: str, after: Iterable[Check] = (), hollow: bool = False) -> Check:
    """The check of an object of this type at this site, and ``after`` it more checks of the object itself.

    Handlers are compiled when their key is first met. Only where ``hollow`` may the object be empty.
    """
    parts = _parts(compiler, site, code)
    handlers = _Handlers(compiler, site, parts, code)
    needs = [need for part in parts.values() if (need := _need(compiler, part, site))]
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


def _difference(handlers: _Handlers, needs: list[tuple[str, Absent]], after: tuple[Check, ...], hollow: bool) -> Check:
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


def _parts(compiler: Compiler, site: Site, code: str) -> dict[str, Site]:
    """The children by name: the profile's where it has them, else the base type's."""
    base, base_tree = site.base, site.base_tree
    if not base.children:
        kind = compiler.type_tree(code)
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


class _Handlers(dict[str, Handler]):
    """Key of the JSON object -> its handler, built when first asked for."""

    def __init__(self, compiler: Compiler, site: Site, parts: dict[str, Site], code: str) -> None:
        super().__init__()
        self.compiler, self.site, self.code = compiler, site, code
        self.plan: dict[str, tuple[Site, str]] = {}
        self.choices: dict[str, frozenset[str]] = {}
        self.refused: set[str] = set()  # answers to a choice that the unsliced element takes, and the slice does not
        for name, part in parts.items():
            if name.endswith("[x]"):
                allowed = part.element.codes or part.base.codes
                keys = dict(choice_keys(name, allowed))
                self.plan |= {key: (part, kind) for key, kind in keys.items()}
                before = (part.against.codes or part.base.codes) if part.against is not None else []
                self.refused |= {key for key, _ in choice_keys(name, before) if key not in keys}
                self.choices |= dict.fromkeys(keys, frozenset(key for key, _ in choice_keys(name, part.base.codes)))
            else:
                followed = part.followed()
                codes = followed.element.codes or followed.base.codes
                self.plan[name] = (part, codes[0] if codes else "Element")
        if compiler.is_resource(code):
            self["resourceType"] = nothing

    def __missing__(self, key: str) -> Handler:
        plain = key[1:] if key.startswith("_") else key
        found = self.plan.get(plain)
        if found is None:
            return nothing if self.site.against is not None and plain not in self.refused else self._unknown(key)
        part, code = found
        if key != plain:
            if not is_primitive(part.plain(code)):
                return self._unknown(key)
            made = primitive_rows(self.compiler, part, plain, part.plain(code))
        elif key in ("extension", "modifierExtension"):
            made = extension_handler(self.compiler, part, self.site, self.code)
        else:
            made = handler(self.compiler, part, key, code)
            if key in self.choices and part.against is None:
                made = _one_choice(made, key, self.choices[key], part.element.name)
            if key == "id" and "resourceType" not in self and self.code != "ElementDefinition":  # whose ids stand in snapshot and differential alike
                made = _one_id(made)
        self[key] = made
        return made

    def asks(self, key: str) -> bool:
        """Whether anything is asked of this key beyond what the unsliced element asks."""
        plain = key[1:] if key.startswith("_") else key
        if plain in self.refused:
            return key == plain
        part, code = self.plan[plain]
        if part.against is not None and part.element.same_as(part.against):
            return False
        return key == plain or is_primitive(part.plain(code))

    def _unknown(self, key: str) -> Handler:
        near = get_close_matches(key.lstrip("_"), self.plan, 1)
        said = f"Did you mean '{near[0]}'?" if near else "Remove it, or carry it in an extension."
        owner = self.site.base.row["path"] if self.site.base.children else self.code

        def unknown(value: Any, holder: Json, path: Path, run: Run) -> None:
            run.say("element-unknown", (path, key, None), name=key, owner=owner, near=said)

        return unknown


def _one_id(made: Handler) -> Handler:
    """Besides its own check: no other element of the resource has this id."""

    def check(value: Any, holder: Json, path: Path, run: Run) -> None:
        made(value, holder, path, run)
        if type(value) is str and run.scope.ids.setdefault(value, id(holder)) != id(holder):
            run.say("id-twice", (path, "id", None), found=value[:80])

    return check


def _one_choice(made: Handler, key: str, keys: frozenset[str], name: str) -> Handler:
    """Besides its own check: no other answer to the same choice stands in the object."""
    others = keys - {key}

    def check(value: Any, holder: Json, path: Path, run: Run) -> None:
        if not others.isdisjoint(holder):
            told = sorted(keys.intersection(holder))
            if key == told[0]:
                run.say("choice-twice", (path, name[:-3], None), name=name, found=" and ".join(told))
        made(value, holder, path, run)

    return check


def _need(compiler: Compiler, part: Site, owner: Site) -> tuple[str, Absent] | None:
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
    missing = (missing_extensions(part) if name.endswith("xtension") else slicing(compiler, part, name)) if slices else None

    def absent(value: Json, path: Path, run: Run) -> None:
        if rows in value:
            return
        if least:
            run.say("required", (path, name, None), profile, owner=at, min=least, name=name)
        if missing is not None:
            missing([], (path, name, None), run)

    return name, absent
