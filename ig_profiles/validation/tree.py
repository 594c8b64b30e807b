"""A profile table as a tree: each element with its children, its slices and the slices of those.

The tree follows the element ids (``Claim.item.extension:trace.value[x]``): a colon begins a slice, a slash a slice of a
slice (FHIR R4 §elementdefinition, id).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ig_profiles.reading import Json


class Element:
    """One row of a profile table and what stands beneath it; never changed once grown."""

    __slots__ = ("row", "name", "children", "slices", "profile", "rules", "slice")

    def __init__(self, row: Json, name: str, slice_name: str, table: Json) -> None:
        self.row = row
        self.name = name
        self.slice = slice_name
        self.children: dict[str, Element] = {}
        self.slices: list[Element] = []
        self.profile: str = table["url"]
        told = table.get("constraints", [])
        self.rules: tuple[tuple[str, str, str], ...] = tuple((*told[number],) for number in row.get("constraints", []))

    @property
    def least(self) -> int:
        """How often it must stand."""
        return int(self.row.get("min", 0))

    @property
    def most(self) -> int | None:
        """How often it may stand; None is without limit."""
        told = self.row.get("max", "*")
        return None if told == "*" else int(told)

    @property
    def types(self) -> list[Json]:
        """The types it may have, as rows of code, profile and targets."""
        return self.row.get("types", [])

    @property
    def codes(self) -> list[str]:
        """The codes of those types."""
        return [kind["code"] for kind in self.types]

    def same_as(self, other: Element) -> bool:
        """Whether both ask the same of a value and of everything in it."""
        if self is other:
            return True
        return (
            _facts(self.row) == _facts(other.row)
            and self.rules == other.rules
            and self.children.keys() == other.children.keys()
            and len(self.slices) == len(other.slices)
            and all(child.same_as(other.children[name]) for name, child in self.children.items())
            and all(one.slice == two.slice and one.same_as(two) for one, two in zip(self.slices, other.slices, strict=True))
        )


_NOT_COMPARED = {"id", "path", "slice", "constraints", "must"}


def _facts(row: Json) -> dict[str, Any]:
    return {key: value for key, value in row.items() if key not in _NOT_COMPARED}


class Tree:
    """A grown profile table: the root element, and every element by id."""

    __slots__ = ("table", "root", "by_id")

    def __init__(self, table: Json) -> None:
        self.table = table
        self.by_id: dict[str, Element] = {}
        rows = table["elements"]
        for row in rows:
            identity: str = row["id"]
            above, _, last = identity.rpartition(".")
            name, _, slice_name = last.partition(":")
            element = Element(row, name, slice_name, table)
            self.by_id[identity] = element
            if not above:
                continue
            parent = self.by_id.get(above)
            if parent is None:
                continue
            if not slice_name:
                parent.children[name] = element
            else:
                outer = f"{above}.{name}:{slice_name.rpartition('/')[0]}" if "/" in slice_name else f"{above}.{name}"
                sliced = self.by_id.get(outer) or self.by_id.get(f"{above}.{name}")
                if sliced is not None:
                    sliced.slices.append(element)
        self.root = self.by_id[rows[0]["id"]]

    def find(self, reference: str) -> Element | None:
        """The element a contentReference names, with or without what stands before its '#'."""
        return self.by_id.get(reference.rpartition("#")[2])


def stem(name: str) -> str | None:
    """The name of a choice without its ``[x]``; None for what is no choice.

    >>> stem("value[x]"), stem("value")
    ('value', None)
    """
    return name[:-3] if name.endswith("[x]") else None


def choice_keys(name: str, codes: list[str]) -> Iterator[tuple[str, str]]:
    """The JSON keys of a choice with the type each stands for."""
    base = name[:-3]
    for code in codes:
        yield base + code[0].upper() + code[1:], code
