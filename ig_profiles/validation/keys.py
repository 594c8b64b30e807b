"""The keys of an object: which handler answers for each, which are unknown, and one answer to each choice."""

from __future__ import annotations

from difflib import get_close_matches
from typing import Any

from ig_profiles.reading import Json
from ig_profiles.validation.checks import Checks
from ig_profiles.validation.extensions import extension_handler
from ig_profiles.validation.lists import handler, nothing, primitive_rows
from ig_profiles.validation.primitives import is_primitive
from ig_profiles.validation.run import Path, Run
from ig_profiles.validation.site import Handler, Site
from ig_profiles.validation.tree import choice_keys


class Handlers(dict[str, Handler]):
    """Key of the JSON object -> its handler, built when first asked for."""

    def __init__(self, checks: Checks, site: Site, parts: dict[str, Site], code: str) -> None:
        super().__init__()
        self.checks, self.site, self.code = checks, site, code
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
        if checks.is_resource(code):
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
            made = primitive_rows(self.checks, part, plain, part.plain(code))
        elif key in ("extension", "modifierExtension"):
            made = extension_handler(self.checks, part, self.site, self.code)
        else:
            made = handler(self.checks, part, key, code)
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
