"""Where checks are made: an element of a profile beside the element of the base type that it constrains."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any, NamedTuple, Protocol

from ig_profiles.reading import Json
from ig_profiles.terminology import ValueSetTable
from ig_profiles.validation.primitives import SYSTEM, Check
from ig_profiles.validation.run import Path, Run
from ig_profiles.validation.tree import Element, Tree

Handler = Callable[[Any, Json, Path, Run], None]
TYPES = "http://hl7.org/fhir/StructureDefinition/"


class Definitions(Hashable, Protocol):
    """What the validator needs of a registry (``ig_profiles.registry.Registry`` is one)."""

    def profile(self, canonical: str) -> Json | None: ...
    def type(self, name: str) -> Json | None: ...
    def extension(self, url: str) -> Json | None: ...
    def value_set(self, canonical: str) -> ValueSetTable | None: ...


class Site(NamedTuple):
    """An element with its base, each in its tree.

    ``against`` is the element whose check runs on the same value anyway (the unsliced one, for a slice): only what
    differs from it needs compiling.
    """

    element: Element
    base: Element
    tree: Tree
    base_tree: Tree
    against: Element | None = None

    @property
    def repeats(self) -> bool:
        """Whether FHIR JSON writes it as a list: the base type decides, however few a profile allows."""
        return self.base.most is None or self.base.most > 1

    @property
    def profile(self) -> str:
        """The canonical of the profile that asks."""
        return self.element.profile

    def plain(self, code: str) -> str:
        """The FHIR type behind a type code: snapshots give FHIRPath types for ids and urls, and newer ones type every id alike."""
        path: str = self.base.row["path"]
        if self.base.name == "id":
            of_resource = path.count(".") == 1 and self.base_tree.table.get("kind") == "resource"
            return "id" if of_resource else "string"
        if not code.startswith(SYSTEM):
            return code
        return "uri" if path == "Extension.url" else "string"

    def followed(self) -> Site:
        """Where a contentReference leads: the element it names, in the profile itself or in the base type."""
        reference = self.base.row.get("ref")
        if reference is None:
            return self
        base = self.base_tree.find(reference) or self.base
        if self.element.children:
            return self._replace(base=base)
        named: str = self.element.row.get("ref") or reference
        inside = None if "/" in named.rpartition("#")[0] else self.tree.find(named)
        element, tree = (inside, self.tree) if inside is not None else (base, self.base_tree)
        return Site(element, base, tree, self.base_tree)


def sequence(parts: list[Check]) -> Check | None:
    """One check that makes all of them; None for none."""
    if len(parts) < 2:
        return parts[0] if parts else None
    if len(parts) == 2:
        first, second = parts

        def both(value: Any, path: Path, run: Run) -> None:
            first(value, path, run)
            second(value, path, run)

        return both
    every = tuple(parts)

    def all_of(value: Any, path: Path, run: Run) -> None:
        for part in every:
            part(value, path, run)

    return all_of
