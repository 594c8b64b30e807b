"""ValueSet and CodeSystem -> tables of codes: what can be listed is listed, the rest is named as open. Codes only, no displays."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

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
    "http://terminology.hl7.org/CodeSystem/v3-HealthcareProviderTaxonomyHIPAA",
)

_UNDER = {"is-a", "descendent-of", "is-not-a"}
_PARENT = {"subsumedBy", "parent"}


class CodeCompiler:
    """Works out value sets over a shelf of packages; remembers each, and what keeps one from being decided."""

    def __init__(self, shelf: Shelf) -> None:
        self.shelf = shelf
        self.used: set[str] = set()
        self._kept: dict[str, ValueSetTable | None] = {}
        self._open: set[str] = set()

    def value_set(self, canonical: str) -> ValueSetTable | None:
        """What is known of the value set; None when no package holds it."""
        definition = self.shelf.find("ValueSet", canonical)
        if definition is None:
            return None
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
        count = sum(1 for _ in concepts(definition))
        return definition if 0 < count <= LARGEST else None

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
        if part.get("concept"):
            return self._listed(system, {each["code"] for each in part["concept"]})
        definition = self.code_system(f"{system}|{part['version']}" if "version" in part else part["system"])
        chosen = _chosen(definition, part.get("filter", [])) if definition else None
        return ValueSetTable(open=frozenset({system})) if chosen is None else self._listed(system, chosen)

    def _listed(self, system: str, codes: set[str]) -> ValueSetTable:
        if system.startswith(LICENSED):
            return ValueSetTable(open=frozenset({system}))
        definition = self.code_system(system)
        if definition:
            self.used.add(system)
        if definition and definition.get("caseSensitive") is False:
            return ValueSetTable(codes={system: frozenset(map(str.casefold, codes))}, any_case=frozenset({system}))
        return ValueSetTable(codes={system: frozenset(codes)})


def concepts(definition: Json) -> Iterator[Json]:
    """Every concept of a code system, parents before children."""
    return _flat(definition.get("concept", []), "concept")


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


def value_set_json(table: ValueSetTable, compiler: CodeCompiler) -> Json:
    """The table as it is kept on file: a system whose every code is in stands under ``whole``, its list kept once."""
    whole, codes = [], {}
    for system, listed in sorted(table.codes.items()):
        if system in compiler.used and system not in table.any_case and listed == code_set(compiler, system):
            whole.append(system)
        else:
            codes[system] = sorted(listed)
    kept = {
        "url": table.url,
        "version": table.version,
        "whole": whole,
        "codes": codes,
        "open": sorted(table.open),
        "out": {system: sorted(listed) for system, listed in sorted(table.out.items())},
        "unknown": table.unknown,
        "any_case": sorted(table.any_case & {*table.codes, *table.open}),
    }
    return {key: value for key, value in kept.items() if value}


def code_set(compiler: CodeCompiler, system: str) -> frozenset[str]:
    """Every code of a system the compiler could list."""
    definition = compiler.code_system(system)
    return frozenset(each["code"] for each in concepts(definition)) if definition else frozenset()
