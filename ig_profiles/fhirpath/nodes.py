"""Steps into FHIR JSON: a named child, a choice element, all children; with types where an expression asks for them.

An item of a collection is a plain JSON value, a value of FHIRPath (Decimal, Moment, Quantity), or a ``Node`` where the
JSON value alone does not say enough: a primitive with an id or extensions beside it, or an element whose type matters.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ig_profiles.fhirpath.choices import CHOICE_OF, KEYS_OF

Types = Mapping[str, str]
"""Element path -> type, ``{"Patient.birthDate": "date", "Patient.contact": "BackboneElement"}``; see ``element_types``."""

EMPTY: list[Any] = []


class Node:
    """A JSON value with what stands beside it (``_birthDate``), its type, and the path its children are found under."""

    __slots__ = ("beside", "path", "type", "value")

    def __init__(self, value: Any, beside: dict[str, Any] | None = None, type_name: str | None = None, path: str | None = None) -> None:
        self.value = value
        self.beside = beside
        self.type = type_name
        self.path = path or type_name

    def __repr__(self) -> str:
        return f"Node({self.value!r}, {self.beside!r}, {self.type!r})"


def plain(item: Any) -> Any:
    """The JSON value of an item.

    >>> plain(Node("2026", None, "date"))
    '2026'
    """
    return item.value if type(item) is Node else item


def object_of(item: Any) -> dict[str, Any] | None:
    """The JSON object that holds the item's children; None for a primitive with nothing beside it."""
    if type(item) is Node:
        return item.value if type(item.value) is dict else item.beside
    return item if type(item) is dict else None


def paired(value: Any, beside: Any) -> list[Any]:
    """The items of a primitive element and of the ``_element`` beside it, one by one.

    >>> paired(["Orla", None], [None, {"id": "g2"}])
    ['Orla', Node(None, {'id': 'g2'}, None)]
    """
    values = value if type(value) is list else [] if value is None else [value]
    besides = beside if type(beside) is list else [beside]
    items: list[Any] = []
    for place in range(max(len(values), len(besides))):
        one = values[place] if place < len(values) else None
        other = besides[place] if place < len(besides) else None
        if isinstance(other, dict) and type(one) is not dict:
            items.append(Node(one, other))
        elif one is not None:
            items.append(one)
    return items


def child(holder: dict[str, Any], name: str) -> list[Any]:
    """The items of one element, choice elements found under any of their keys.

    >>> child({"url": "x", "valueCode": "yes"}, "value")
    ['yes']
    """
    value = holder.get(name)
    if value is None and name in KEYS_OF:
        found = _chosen(holder, KEYS_OF[name])
        if found is not None:
            name = found
            value = holder.get(name)
    beside = holder.get("_" + name)
    if beside is not None:
        return paired(value, beside)
    if value is None:
        return EMPTY
    return value if type(value) is list else [value]


def _chosen(holder: dict[str, Any], keys: Mapping[str, str]) -> str | None:
    for key in holder:
        if key in keys or (key[:1] == "_" and key[1:] in keys):
            return key.removeprefix("_")
    return None


def typed_child(item: Any, name: str, types: Types | None) -> list[Node]:
    """As ``child``, every item a Node with its type, as far as JSON or ``types`` tell."""
    holder = object_of(item)
    if holder is None:
        return EMPTY
    key = name
    if name not in holder and "_" + name not in holder and name in KEYS_OF:
        key = _chosen(holder, KEYS_OF[name]) or name
    type_name = KEYS_OF[name][key] if key != name else None
    return _typed(child(holder, key), item, name, type_name, types)


def _typed(items: list[Any], parent: Any, name: str, type_name: str | None, types: Types | None) -> list[Node]:
    path = None
    if type_name is None and types is not None:
        above = parent.path if type(parent) is Node else parent.get("resourceType")
        if above:
            path = f"{above}.{name}"
            type_name = types.get(path)
            if type_name is None and type(parent) is Node and parent.type and parent.type != above:
                path = f"{parent.type}.{name}"
                type_name = types.get(path)
            if type_name is not None and "." in type_name:  # a content reference: the children are found where it points
                path, type_name = type_name, types.get(type_name, "BackboneElement")
            elif type_name not in {"BackboneElement", "Element"}:
                path = None
    if type_name is None and name in {"extension", "modifierExtension"}:
        type_name = "Extension"
    found = []
    for item in items:
        value = plain(item)
        own = value.get("resourceType") if type(value) is dict else None
        found.append(Node(value, item.beside if type(item) is Node else None, own if isinstance(own, str) else type_name, None if own else path))
    return found


def children(item: Any) -> Iterator[Any]:
    """Every child item, in document order."""
    holder = object_of(item)
    if holder is not None:
        for name in _names(holder):
            yield from child(holder, name)


def typed_children(item: Any, types: Types | None) -> Iterator[Node]:
    """As ``children``, every item a Node with its type."""
    holder = object_of(item)
    if holder is not None:
        for key in _names(holder):
            name, type_name = CHOICE_OF[key] if key in CHOICE_OF and not _declared(item, key, types) else (key, None)
            yield from _typed(child(holder, key), item, name, type_name, types)


def _declared(item: Any, key: str, types: Types | None) -> bool:
    above = item.path if type(item) is Node else item.get("resourceType")
    return types is not None and f"{above}.{key}" in types


def _names(holder: dict[str, Any]) -> Iterator[str]:
    for key in holder:
        if key[:1] != "_":
            if key != "resourceType":
                yield key
        elif key[1:] not in holder:
            yield key[1:]
