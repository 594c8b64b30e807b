"""ValueSet and CodeSystem -> tables of codes: what can be listed is listed, the rest is named as open. Codes only, no displays."""

from __future__ import annotations

from collections.abc import Iterator, Set
from typing import Any, Protocol

from ig_profiles.packages import Shelf, split
from ig_profiles.terminology import ValueSetTable

Json = dict[str, Any]

LARGEST = 5000
NOTHING = ValueSetTable()
UNKNOWN = ValueSetTable(unknown=True)

# Lists that are licensed: never held, not even where a package quotes codes of them.
LICENSED = (
    "https://codesystem.x12.org/",
    "http://www.ama-assn.org/",
    "https://www.nubc.org/",
    "http://www.nubc.org/",
    "http://www.ada.org/",
    "http://nucc.org/",
    "http://terminology.hl7.org/CodeSystem/v3-HealthcareProviderTaxonomyHIPAA",
)

_UNDER = {"is-a", "descendent-of", "is-not-a"}
_PARENT = {"subsumedBy", "parent"}


class Known(Protocol):
    """What was compiled before, and may be built on: the registry of a set."""

    def value_set(self, canonical: str) -> ValueSetTable | None:
        """A value set compiled before."""

    def code_system(self, system: str) -> frozenset[str] | None:
        """Every code of a code system compiled before."""


class CodeCompiler:
    """Works out value sets over a shelf of packages, and over what is known already; remembers each."""

    def __init__(self, shelf: Shelf, known: Known | None = None) -> None:
        self.shelf = shelf
        self.known = known
        self.used: dict[str, Json] = {}
        self._kept: dict[str, ValueSetTable | None] = {}
        self._open: set[str] = set()

    def value_set(self, canonical: str) -> ValueSetTable | None:
        """What can be said of the value set; None when neither a package nor what is known holds it."""
        definition = self.shelf.find("ValueSet", canonical)
        if definition is None:
            return self.known.value_set(canonical) if self.known else None
        key = f"{definition['url']}|{definition.get('version', '')}"
        if key not in self._kept:
            if key in self._open:
                return UNKNOWN
            self._open.add(key)
            self._kept[key] = self._composed(definition)
            self._open.discard(key)
        return self._kept[key]

    def code_system(self, canonical: str) -> Json | None:
        """The code system with its whole list; None when it is licensed, partial, too large or in no package."""
        definition = None if split(canonical)[0].startswith(LICENSED) else self.shelf.find("CodeSystem", canonical)
        if definition is None or definition.get("content") != "complete" or definition.get("compositional"):
            return None
        return definition if 0 < len(all_codes(definition)) <= LARGEST else None

    def _composed(self, definition: Json) -> ValueSetTable:
        compose = definition.get("compose")
        if not compose:
            return self._expanded(definition)
        table = ValueSetTable(definition["url"], definition.get("version", ""))
        for part in compose.get("include", []):
            table = table.either(self._part(part))
        for part in compose.get("exclude", []):
            table = table.less(self._part(part))
        return table

    def _expanded(self, definition: Json) -> ValueSetTable:
        """A value set published only as its expansion; one without either says nothing we can use."""
        table = ValueSetTable(definition["url"], definition.get("version", ""))
        listed = definition.get("expansion", {}).get("contains")
        if not listed:
            return table.either(UNKNOWN)
        for each in _flat(listed, "contains"):
            if "code" in each and "system" in each:
                table = table.either(self._listed(each["system"], {each["code"]}))
        return table

    def _part(self, part: Json) -> ValueSetTable:
        """One include or exclude: a system's codes, narrowed to each value set named beside it."""
        tables = [self._of_system(part)] if "system" in part else []
        tables += [self.value_set(each) or UNKNOWN for each in part.get("valueSet", [])]
        if not tables:
            return UNKNOWN
        first, *others = tables
        for other in others:
            first = first.both(other)
        return first

    def _of_system(self, part: Json) -> ValueSetTable:
        system = split(part["system"])[0]
        canonical = f"{system}|{part['version']}" if "version" in part else part["system"]
        if part.get("concept"):
            return self._listed(canonical, {each["code"] for each in part["concept"]})
        definition = self.code_system(canonical)
        chosen: Set[str] | None = _chosen(definition, part.get("filter", [])) if definition else None
        if chosen is None and self.known and not part.get("filter"):
            chosen = self.known.code_system(canonical)
        return ValueSetTable(open=frozenset({system})) if chosen is None else self._listed(canonical, chosen)

    def _listed(self, canonical: str, codes: Set[str]) -> ValueSetTable:
        system = split(canonical)[0]
        if system.startswith(LICENSED):
            return ValueSetTable(open=frozenset({system}))
        definition = self.code_system(canonical)
        if definition:
            self.used.setdefault(system, definition)
        if definition and definition.get("caseSensitive") is False:
            return ValueSetTable(codes={system: frozenset(map(str.casefold, codes))}, any_case=frozenset({system}))
        return ValueSetTable(codes={system: frozenset(codes)})

    def to_json(self, table: ValueSetTable) -> Json:
        """The table as it is kept on file: a system whose every code is in stands under ``whole``, its list kept once."""
        whole = {system for system, listed in table.codes.items() if system in self.used and listed == all_codes(self.used[system])}
        kept = {
            "url": table.url,
            "version": table.version,
            "whole": [f"{system}|{self.used[system].get('version', '')}" for system in sorted(whole)],
            "codes": {system: sorted(listed) for system, listed in sorted(table.codes.items()) if system not in whole},
            "open": sorted(table.open),
            "out": {system: sorted(listed) for system, listed in sorted(table.out.items())},
            "unknown": table.unknown,
            "any_case": sorted(table.any_case & {*table.codes, *table.open}),
        }
        return {key: value for key, value in kept.items() if value}

    def code_systems(self) -> list[Json]:
        """The code systems that the value sets so far draw on, as they are kept on file."""
        return [{"url": url, "version": each.get("version", ""), "codes": sorted(all_codes(each))} for url, each in sorted(self.used.items())]


def concepts(definition: Json) -> Iterator[Json]:
    """Every concept of a code system, parents before children."""
    return _flat(definition.get("concept", []), "concept")


def all_codes(definition: Json) -> frozenset[str]:
    """Every code of a code system."""
    return frozenset(each["code"] for each in concepts(definition))


def _flat(listed: list[Json], below: str) -> Iterator[Json]:
    for each in listed:
        yield each
        yield from _flat(each.get(below, []), below)


def _chosen(definition: Json, filters: list[Json]) -> set[str] | None:
    """The codes that pass every filter; None when a filter needs more than the hierarchy of concepts."""
    chosen = {each["code"] for each in concepts(definition)}
    for each in filters:
        if each["property"] not in ("concept", "code") or each["op"] not in _UNDER:
            return None
        under = _under(definition, each["value"])
        if each["op"] == "is-not-a":
            chosen -= under | {each["value"]}
        else:
            chosen &= under | ({each["value"]} if each["op"] == "is-a" else set())
    return chosen


def _under(definition: Json, code: str) -> set[str]:
    """Every code beneath this one, by nesting and by the properties that name a parent."""
    children: dict[str, set[str]] = {}
    for each in concepts(definition):
        for child in each.get("concept", []):
            children.setdefault(each["code"], set()).add(child["code"])
        for fact in each.get("property", []):
            if fact.get("code") in _PARENT:
                parent = fact.get("valueCode") or fact.get("valueCoding", {}).get("code")
                children.setdefault(parent, set()).add(each["code"])
    found: set[str] = set()
    waiting = [code]
    while waiting:
        below = children.get(waiting.pop(), set()) - found
        found |= below
        waiting.extend(below)
    return found
