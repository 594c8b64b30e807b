"""From profile tables to checks: each compiled when first needed, then kept for the registry's life.

A check is a closure ``check(value, path, run)`` that says what is wrong with a value; a handler is the closure of one
key of an object, ``handler(value, holder, path, run)``. Neither returns anything, nor changes what it looks at.
"""

from __future__ import annotations

from typing import Any

from ig_profiles.reading import Json
from ig_profiles.validation.objects import object_check
from ig_profiles.validation.primitives import Check, primitive
from ig_profiles.validation.run import Path, Run
from ig_profiles.validation.site import TYPES, Definitions, Site, sequence
from ig_profiles.validation.tree import Element, Tree
from ig_profiles.validation.values import complex_value, one_value
from ig_profiles.validation.wholes import WHOLE


class Compiler:
    """The checks of one registry. Threads may share it: two may compile one check, and either is kept."""

    def __init__(self, registry: Definitions) -> None:
        self.registry = registry
        self._trees: dict[str, Tree] = {}
        self._checks: dict[str, Check] = {}
        self._resources: dict[str, bool] = {}
        self._ancestors: dict[str, tuple[str, ...]] = {}
        self._profiled: dict[str, str] = {}
        self._wholes: dict[str, Check] = {}

    def tree(self, table: Json) -> Tree:
        """The grown tree of a table."""
        name = _name(table)
        if name not in self._trees:
            self._trees[name] = Tree(table)
        return self._trees[name]

    def type_tree(self, code: str) -> Tree | None:
        """The tree of a base type, None for one unknown."""
        table = self.registry.type(code)
        return self.tree(table) if table else None

    def is_resource(self, code: str) -> bool:
        """Whether a type code names a resource."""
        known = self._resources.get(code)
        if known is None:
            table = self.registry.type(code)
            known = table is not None and table.get("kind") == "resource"
            if table is not None:
                self._resources[code] = known
        return known

    def profiled(self, canonical: str) -> str | None:
        """The type a profile is for; None for a profile unknown."""
        known = self._profiled.get(canonical)
        if known is None:
            table = self.registry.profile(canonical)
            known = str(table["type"]) if table else None
            if known and "|" not in canonical:
                self._profiled[canonical] = known
        return known

    def ancestors(self, code: str) -> tuple[str, ...]:
        """The type and all it derives from, nearest first."""
        known = self._ancestors.get(code)
        if known is None:
            table = self.registry.type(code)
            above = str(table.get("base") or "").removeprefix(TYPES) if table else ""
            known = (code, *(self.ancestors(above) if above else ()))
            if table:
                self._ancestors[code] = known
        return known

    def one_value(self, site: Site, code: str) -> Check | None:
        """The check of one value of this type at this site; None when nothing is asked of it."""
        return one_value(self, site, code)

    def rows_check(self, site: Site, code: str) -> Check:
        """The check of id and extensions of a primitive of this type, which stand under ``_key``."""
        return object_check(self, site, site.plain(code), hollow=True)

    def whole(self, kind: str) -> Check:
        """What holds for a resource of this type as a whole, whatever its profiles."""
        known = self._wholes.get(kind)
        if known is None:
            parts = [check for name, check in WHOLE.items() if name in self.ancestors(kind)]
            known = self._wholes[kind] = sequence(parts) or _anything
        return known

    def type_check(self, code: str) -> Check:
        """The check of one value of a data type, with nothing a profile would add."""
        return self.profile_check(TYPES + code) or primitive(code) or _anything

    def profile_check(self, canonical: str) -> Check | None:
        """The check of a profile on the value it is for, None for a profile unknown."""
        check = self._checks.get(canonical)
        if check is None:
            table = self.registry.profile(canonical)
            if table is None:
                return None
            name = _name(table)
            check = self._checks.get(name) or self._root_check(table)
            self._checks[name] = check
            if canonical == table["url"]:  # never under a version that a sender made up
                self._checks[canonical] = check
        return check

    def difference_check(self, canonical: str, beside: str) -> Check | None:
        """What a profile asks beyond another of the same type; None where they cannot be compared."""
        check = self._checks.get(f"{canonical} {beside}")
        if check is not None:
            return check
        table, other = self.registry.profile(canonical), self.registry.profile(beside)
        if table is None or other is None or table["type"] != other["type"]:
            return None
        name = f"{_name(table)} {_name(other)}"
        check = self._checks.get(name) or self._root_check(table, self.tree(other).root)
        self._checks[name] = check
        if canonical == table["url"] and beside == other["url"]:
            self._checks[f"{canonical} {beside}"] = check
        return check

    def _root_check(self, table: Json, against: Element | None = None) -> Check:
        tree = self.tree(table)
        base = self.type_tree(table["type"]) or tree
        return complex_value(self, Site(tree.root, base.root, tree, base, against), table["type"]) or _anything


def _name(table: Json) -> str:
    return f"{table['url']}|{table.get('version', '')}"


def _anything(value: Any, path: Path, run: Run) -> None:
    """Of a type nobody defines, nothing can be said."""
