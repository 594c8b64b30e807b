"""What may stand inside each FHIR object: its elements in the order of the specification, their types, whether they repeat.

Read from the profile tables of the base types (``Registry.type``), one type at a time, when it is first met. FHIR R4 §xml.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any

from ig_profiles.outcome import NotSupported

FHIR = "http://hl7.org/fhir"
XHTML = "http://www.w3.org/1999/xhtml"

Json = dict[str, Any]


class Kind(Enum):
    """How an element is written: the first four bear their value as an attribute, the others hold elements."""

    STRING = auto()
    BOOLEAN = auto()
    INTEGER = auto()
    DECIMAL = auto()
    OBJECT = auto()
    RESOURCE = auto()
    NARRATIVE = auto()


_SPECIAL = {
    "boolean": Kind.BOOLEAN,
    "integer": Kind.INTEGER,
    "positiveInt": Kind.INTEGER,
    "unsignedInt": Kind.INTEGER,
    "decimal": Kind.DECIMAL,
    "xhtml": Kind.NARRATIVE,
    "Resource": Kind.RESOURCE,
    "DomainResource": Kind.RESOURCE,
}


@dataclass(frozen=True, slots=True)
class Child:
    """One element an object may hold: its JSON key, its place among its siblings, and the shape of what is inside it."""

    name: str
    order: int
    many: bool
    kind: Kind
    shape: str
    is_attribute: bool = False
    is_primitive: bool = False


class Shape:
    """One object's elements, by JSON key (``children``) and by namespace and name as the XML parser gives them (``by_tag``).

    ``attributes`` are the elements that XML writes as attributes: ``id`` of all but resources, ``url`` of an Extension.
    """

    __slots__ = ("attributes", "by_tag", "children", "is_resource", "name")

    def __init__(self, name: str, children: Iterable[Child], is_resource: bool) -> None:
        found = list(children)
        self.name = name
        self.is_resource = is_resource
        self.attributes = tuple(child.name for child in found if child.is_attribute)
        self.children = {child.name: child for child in found if not child.is_attribute}
        self.by_tag = {f"{XHTML if child.kind is Kind.NARRATIVE else FHIR} {key}": child for key, child in self.children.items()}


class Shapes:
    """Every shape of one guide's types.

    ``type_of`` gives the profile table of a base type, or None (``Registry.type``).
    """

    def __init__(self, type_of: Callable[[str], Json | None]) -> None:
        self._type_of = type_of
        self._shapes: dict[str, Shape] = {}

    def resource(self, name: str) -> Shape | None:
        """The shape of the resource type of this name, or None when there is none."""
        if name not in self._shapes:
            table = self._type_of(name) if name.isascii() and name.isalpha() else None
            if table is None or table.get("kind") != "resource" or table.get("abstract"):
                return None
            self._add(name, table)
        shape = self._shapes[name]
        return shape if shape.is_resource else None

    def of(self, name: str) -> Shape:
        """The shape of a type, or of an element within one (``Claim.item``). Raises NotSupported where the guide has no such type."""
        found = self._shapes.get(name)
        if found is None:
            kind = name.split(".")[0]
            table = self._type_of(kind)
            if table is None:
                raise NotSupported(f"The definitions at hand hold no type {kind}. Compile the package that defines it.")
            self._add(kind, table)
            found = self._shapes[name]
        return found

    def _add(self, kind: str, table: Json) -> None:
        is_resource = table.get("kind") == "resource"
        rows: dict[str, list[Json]] = {kind: []}
        for row in table["elements"]:
            if "." in row["id"] and ":" not in row["id"]:
                rows.setdefault(row["id"].rsplit(".", 1)[0], []).append(row)
        for name, below in rows.items():
            self._shapes[name] = Shape(name, _children(below, rows), is_resource and name == kind)


def _children(rows: list[Json], inside: Container[str]) -> Iterator[Child]:
    for order, row in enumerate(rows):
        name, many = row["path"].rsplit(".", 1)[1], row["max"] not in ("0", "1")
        if "ref" in row:
            yield Child(name, order, many, Kind.OBJECT, row["ref"])
        for kind in row.get("types", ()):
            code = kind["code"]
            key = name if not name.endswith("[x]") else name[:-3] + code[0].upper() + code[1:]
            sort, shape = _kind(code), row["id"] if row["id"] in inside else code
            yield Child(key, order, many, sort, shape, row.get("attribute", False), sort not in (Kind.OBJECT, Kind.RESOURCE, Kind.NARRATIVE))


def _kind(code: str) -> Kind:
    """Names of primitive types begin with a small letter."""
    return _SPECIAL.get(code) or (Kind.STRING if code[0].islower() else Kind.OBJECT)
