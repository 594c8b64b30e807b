"""One guide version, loaded lazily: profile, value set, code system by canonical.

A set is a zip of small JSON tables with an ``index.json``; only the index is read at the start, each table when first
asked for. The zip is held in memory, so threads and forked processes share nothing that moves.
"""

from __future__ import annotations

import io
import threading
import zipfile
from collections.abc import Callable, Iterable
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

import orjson

from ig_profiles.json import parse
from ig_profiles.outcome import NotFound, Unreadable
from ig_profiles.packages import split
from ig_profiles.terminology import ValueSetTable

Json = dict[str, Any]
T = TypeVar("T")
GUIDES = ("2.0.1", "2.2")
DEFINITIONS = Path(__file__).parent / "definitions"
TYPES = "http://hl7.org/fhir/StructureDefinition/"


class Archive:
    """One file of compiled tables and its index."""

    def __init__(self, name: str, body: bytes) -> None:
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(body))
            self.index: Json = orjson.loads(self._zip.read("index.json"))
        except (zipfile.BadZipFile, KeyError, ValueError) as error:
            raise Unreadable(f"{name} is not a file of compiled profiles ({error}). Compile it again with 'fhir-pa profiles add'.") from None
        self.name = name

    def find(self, kind: str, canonical: str) -> tuple[str, bool] | None:
        """The member that holds this definition, and whether it has the version asked for (no version asked: yes)."""
        url, version = split(canonical)
        found = self.index[kind].get(url)
        if not found:
            return None
        exact = next((place for published, place in found if published == version), None)
        return (exact, True) if exact else (found[0][1], not version)

    def counts(self) -> dict[str, int]:
        """How many tables of each kind are in it, every version counted."""
        return {kind: sum(map(len, self.index[kind].values())) for kind in ("profiles", "value_sets", "code_systems")}

    def read(self, member: str) -> Json:
        """One table; numbers keep their digits."""
        return parse(self._zip.read(member))


class Registry:
    """The definitions of one set and of the guides added to it. Tables are shared: read them, never change them."""

    def __init__(self, guide: str, archives: Iterable[Archive]) -> None:
        self.guide = guide
        self.archives = tuple(archives)
        self._kept: dict[tuple[str, str], Any] = {}
        self._lock = threading.RLock()

    def profile(self, canonical: str) -> Json | None:
        """The profile table of a StructureDefinition by ``url`` or ``url|version``; None when it is not in the set."""
        return self._once("profiles", canonical, lambda table: table)

    def type(self, name: str) -> Json | None:
        """The base definition of a FHIR type, e.g. ``Claim`` or ``HumanName``."""
        table = self.profile(TYPES + name)
        return table if table and table.get("derivation") != "constraint" else None

    def extension(self, url: str) -> Json | None:
        """The definition of an extension by its url."""
        table = self.profile(url)
        return table if table and table["type"] == "Extension" else None

    def value_set(self, canonical: str) -> ValueSetTable | None:
        """What is known of a value set; None when nothing is, so that membership cannot be decided."""
        return self._once("value_sets", canonical, self._value_set)

    def code_system(self, system: str) -> frozenset[str] | None:
        """Every code of a code system published whole; None for one that is open, licensed or not at hand."""
        return self._once("code_systems", system, lambda table: frozenset(table["codes"]))

    def names(self) -> tuple[str, ...]:
        """The canonicals of all profiles, types and extensions, sorted."""
        return tuple(sorted({url for archive in self.archives for url in archive.index["profiles"]}))

    def _value_set(self, table: Json) -> ValueSetTable:
        codes = {system: frozenset(values) for system, values in table.get("codes", {}).items()}
        for canonical in table.get("whole", []):
            codes[split(canonical)[0]] = self.code_system(canonical) or frozenset()
        out = {system: frozenset(values) for system, values in table.get("out", {}).items()}
        opened, any_case = frozenset(table.get("open", [])), frozenset(table.get("any_case", []))
        return ValueSetTable(table["url"], table.get("version", ""), codes, opened, out, table.get("unknown", False), any_case)

    def _once(self, kind: str, canonical: str, read: Callable[[Json], T]) -> T | None:
        places = [(found, archive) for archive in self.archives if (found := archive.find(kind, canonical))]
        if not places:
            return None
        (member, _), archive = min(places, key=lambda place: not place[0][1])
        key = (archive.name, member)
        if key not in self._kept:
            with self._lock:
                if key not in self._kept:
                    self._kept[key] = read(archive.read(member))
        return self._kept[key]


@lru_cache(maxsize=8)
def open_set(guide: str, *more: Path) -> Registry:
    """The set of a guide (``2.0.1`` or ``2.2``), with any files of compiled profiles, or folders of them, added.

    What the set itself publishes is preferred over what was added, unless a version is asked for. Raises NotFound for a
    guide that does not come with fhir-pa.
    """
    shipped = DEFINITIONS / f"{guide}.zip"
    if guide not in GUIDES or not shipped.is_file():
        raise NotFound(f"No set of profiles is called '{guide}'. The sets are {' and '.join(GUIDES)}; other guides come in with 'fhir-pa profiles add'.")
    added = [path for place in more for path in (sorted(place.glob("*.zip")) if place.is_dir() else [place])]
    return Registry(guide, [Archive(f"{guide}.zip", shipped.read_bytes()), *(Archive(path.name, path.read_bytes()) for path in added)])
