"""Small safe steps into FHIR JSON: a path that may be absent, an extension, a code, a reference inside a Bundle.

None of these raises on odd input; what is not there, or not of the expected shape, is ``None`` or empty.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from ig_profiles.names import code_system

Json = dict[str, Any]


def many(node: Any, *path: str) -> list[Any]:
    """Every value at the path, lists flattened on the way.

    >>> many({"name": [{"given": ["Orla", "M"]}, {"given": ["O"]}]}, "name", "given")
    ['Orla', 'M', 'O']
    >>> many({"name": "not a list"}, "name", "given")
    []
    """
    found = node if isinstance(node, list) else [node]
    for step in path:
        following: list[Any] = []
        for value in found:
            below = value.get(step) if isinstance(value, dict) else None
            if isinstance(below, list):
                following += below
            elif below is not None:
                following.append(below)
        found = following
    return [value for value in found if value is not None]


def one(node: Any, *path: str) -> Any:
    """The first value at the path, or None.

    >>> one({"name": [{"family": "Penhallow"}]}, "name", "family")
    'Penhallow'
    """
    found = many(node, *path)
    return found[0] if found else None


def text(node: Any, *path: str) -> str | None:
    """The first non-empty string at the path, or None."""
    reached = node
    for step in path:
        if not isinstance(reached, dict):
            return _first_text(many(node, *path)) if isinstance(reached, list) else None
        reached = reached.get(step)
    return _first_text(reached if isinstance(reached, list) else [reached])


def _first_text(values: list[Any]) -> str | None:
    for value in values:
        if isinstance(value, str) and value:
            return value
    return None


def extensions(node: Any, url: str) -> list[Json]:
    """Every extension, modifiers included, with this url directly on the node."""
    found = many(node, "extension") + many(node, "modifierExtension")
    return [item for item in found if isinstance(item, dict) and item.get("url") == url]


def extension_value(node: Any, *urls: str) -> Any:
    """The value[x] of the extension reached by following the urls inwards, or None.

    >>> extension_value({"extension": [{"url": "a", "extension": [{"url": "b", "valueCode": "yes"}]}]}, "a", "b")
    'yes'
    """
    for url in urls[:-1]:
        node = next(iter(extensions(node, url)), None)
    for item in extensions(node, urls[-1]):
        for key, value in item.items():
            if key.startswith("value"):
                return value
    return None


@dataclass(frozen=True)
class Coding:
    """One code in one system, as the sender wrote it."""

    system: str
    code: str
    display: str | None = None

    def same_as(self, other: Coding) -> bool:
        """Whether both name the same concept, whatever alias of the code system each uses."""
        return self.code == other.code and code_system(self.system) == code_system(other.system)


def codings(concept: Any) -> tuple[Coding, ...]:
    """Every coding with a code in a CodeableConcept, in a list of them, or in a Coding itself."""
    found: list[Coding] = []
    for node in many(concept):
        if not isinstance(node, dict):
            continue
        for item in many(node, "coding") or ([node] if "code" in node else []):
            if isinstance(item, dict) and isinstance(item.get("code"), str) and item["code"]:
                found.append(Coding(str(item.get("system") or ""), item["code"], text(item, "display")))
    return tuple(found)


def code_in(concept: Any, system: str) -> str | None:
    """The first code the concept carries from this system (or an alias of it), or None."""
    wanted = code_system(system)
    return next((coding.code for coding in codings(concept) if code_system(coding.system) == wanted), None)


def identifier_value(resource: Any, system: str) -> str | None:
    """The value of the resource's first identifier in this system, or None."""
    return next((text(item, "value") for item in many(resource, "identifier") if isinstance(item, dict) and item.get("system") == system), None)


@dataclass(frozen=True)
class Entry:
    """A resource with the name others may use for it, and where it stands (for the expression of an issue)."""

    full_url: str
    resource: Json
    expression: str


@dataclass
class Index:
    """Resources at hand, found by any kind of reference: absolute, relative to the asker, urn:uuid, #contained.

    Resolution follows FHIR R4 §bundle references: the fullUrl decides, and a relative reference is made absolute with
    the base of the resource that holds it. Only when that finds nothing is a unique ``Type/id`` accepted, because the
    guides' own examples rely on it (pas.md traps 10-11).
    """

    entries: list[Entry] = field(default_factory=list)
    _by_url: dict[str, Entry] = field(default_factory=dict)
    _by_tail: dict[str, list[Entry]] = field(default_factory=dict)

    @classmethod
    def of_bundle(cls, bundle: Any, expression: str = "Bundle") -> Index:
        """Index of a Bundle's entries; entries without a resource are passed over."""
        index = cls()
        for position, entry in enumerate(many(bundle, "entry")):
            resource = one(entry, "resource")
            if isinstance(resource, dict):
                index.add(resource, text(entry, "fullUrl") or "", f"{expression}.entry[{position}].resource")
        return index

    def add(self, resource: Json, full_url: str = "", expression: str = "") -> None:
        """Take one more resource in; the first one under a name wins."""
        entry = Entry(full_url, resource, expression)
        self.entries.append(entry)
        if full_url:
            self._by_url.setdefault(full_url, entry)
        kind, identity = resource.get("resourceType"), resource.get("id")
        if isinstance(kind, str) and isinstance(identity, str):
            self._by_tail.setdefault(f"{kind}/{identity}", []).append(entry)

    def resolve(self, reference: Any, holder: Entry | Json | None = None) -> Entry | None:
        """The entry a Reference (or its string) points to, or None when it is not at hand."""
        name = reference if isinstance(reference, str) else text(reference, "reference")
        if not name:
            return None
        holding = holder.resource if isinstance(holder, Entry) else holder
        if name.startswith("#"):
            inside = (item for item in many(holding, "contained") if isinstance(item, dict) and item.get("id") == name[1:])
            return next((Entry(name, item, "contained") for item in inside), None)
        name = name.split("/_history/")[0]
        if name in self._by_url:
            return self._by_url[name]
        if isinstance(holder, Entry) and "://" not in name and holder.full_url.startswith("http"):
            base = holder.full_url.rsplit("/", 2)[0]
            if f"{base}/{name}" in self._by_url:
                return self._by_url[f"{base}/{name}"]
        alike = self._by_tail.get("/".join(name.split("/")[-2:]), [])
        return alike[0] if len(alike) == 1 else None

    def of_type(self, *kinds: str) -> Iterator[Entry]:
        """Entries whose resource is of one of these types, in order."""
        return (entry for entry in self.entries if entry.resource.get("resourceType") in kinds)


def without_empty(node: Any) -> Any:
    """A copy with no null, empty list, empty object or empty string in it: FHIR JSON allows none of them.

    >>> without_empty({"a": None, "b": [], "c": {"d": ""}, "e": 0, "f": [False]})
    {'e': 0, 'f': [False]}
    """
    if isinstance(node, dict):
        return {key: kept for key, value in node.items() if (kept := _whole(value)) is not None}
    if isinstance(node, (list, tuple)):
        return [kept for value in node if (kept := _whole(value)) is not None]
    return node


def _whole(value: Any) -> Any:
    """The value without what is empty in it; None when nothing is left."""
    if isinstance(value, (dict, list, tuple)):
        return without_empty(value) or None
    return None if value == "" else value


def references(node: Any) -> Iterable[str]:
    """Every literal reference below the node, in document order."""
    if isinstance(node, dict):
        name = node.get("reference")
        if isinstance(name, str):
            yield name
        for value in node.values():
            yield from references(value)
    elif isinstance(node, list):
        for value in node:
            yield from references(value)
