"""Packages -> one file of tables: what a guide's profiles reach, and nothing else; the same packages give the same bytes."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Protocol

from ig_profiles.compile import Check, profile_table
from ig_profiles.compile_codes import CodeCompiler, Known
from ig_profiles.json import dump
from ig_profiles.packages import Shelf

Json = dict[str, Any]
_EPOCH = (1980, 1, 1, 0, 0, 0)


@dataclass
class CompiledSet:
    """Tables by kind, in order of preference under one url, and the canonicals no package holds."""

    guide: str
    packages: tuple[str, ...]
    profiles: list[Json] = field(default_factory=list)
    value_sets: list[Json] = field(default_factory=list)
    code_systems: list[Json] = field(default_factory=list)
    missing: tuple[str, ...] = ()
    without_snapshot: tuple[str, ...] = ()

    def to_bytes(self) -> bytes:
        """The file: one compact JSON per table and ``index.json``, sorted, with fixed timestamps."""
        members: dict[str, bytes] = {}
        index: Json = {"guide": self.guide, "packages": list(self.packages), "missing": list(self.missing)}
        for kind in ("profiles", "value_sets", "code_systems"):
            places: dict[str, list[list[str]]] = {}
            for table in getattr(self, kind):
                name = _member(kind, table, members)
                members[name] = dump(table)
                places.setdefault(table["url"], []).append([table.get("version", ""), name])
            index[kind] = dict(sorted(places.items()))
        written = io.BytesIO()
        with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
            for name, body in [("index.json", dump(index)), *sorted(members.items())]:
                archive.writestr(_info(name), body)
        return written.getvalue()


class Before(Known, Protocol):
    """A set compiled before, that the new one is added to."""

    def profile(self, canonical: str) -> Json | None:
        """A profile table compiled before."""


def compile_set(guide: str, shelf: Shelf, roots: Callable[[Json], bool], check: Check | None = None, before: Before | None = None) -> CompiledSet:
    """Tables of every StructureDefinition that ``roots`` picks, of all they reach, and of the value sets bound there.

    What ``before`` has already need not be in the packages. Definitions published without a snapshot are left out, and
    named. Raises Unprocessable for a constraint that ``check`` cannot compile.
    """
    published = list(shelf.all("StructureDefinition"))
    chosen = [each for each in published if roots(each)]
    reached, missing = _reached(shelf, [each for each in chosen if "snapshot" in each], before)
    codes = CodeCompiler(shelf, before)
    compiled = CompiledSet(guide, tuple(package.label for package in shelf.packages))
    compiled.profiles = [profile_table(each, check) for each in published if id(each) in reached]
    compiled.without_snapshot = tuple(sorted(each["url"] for each in chosen if "snapshot" not in each))
    tables: dict[tuple[str, str], Json] = {}
    for canonical in sorted({canonical for table in compiled.profiles for canonical in _bound(table)}):
        value_set = codes.value_set(canonical)
        if value_set is None:
            missing.add(canonical)
        elif value_set.codes or value_set.open:
            tables[(value_set.url, value_set.version)] = codes.to_json(value_set)
    compiled.value_sets = [tables[key] for each in shelf.all("ValueSet") if (key := (each["url"], each.get("version", ""))) in tables]
    compiled.code_systems = codes.code_systems()
    compiled.missing = tuple(sorted(missing))
    return compiled


def _reached(shelf: Shelf, roots: list[Json], before: Before | None) -> tuple[set[int], set[str]]:
    """Identities of the definitions reached from the roots, and the canonicals found nowhere."""
    reached: set[int] = set()
    missing: set[str] = set()
    waiting = list(roots)
    while waiting:
        definition = waiting.pop()
        if id(definition) in reached or "snapshot" not in definition:
            continue
        reached.add(id(definition))
        for canonical in _named(definition):
            found = shelf.find("StructureDefinition", canonical)
            if found is not None:
                waiting.append(found)
            elif before is None or before.profile(canonical) is None:
                missing.add(canonical)
    return reached, missing


def _named(definition: Json) -> Iterator[str]:
    """Every canonical of a profile that this one needs: its base, the profiles of its types and of its targets."""
    if "baseDefinition" in definition:
        yield definition["baseDefinition"]
    for element in definition["snapshot"]["element"]:
        for each in element.get("type", []):
            yield from each.get("profile", [])
            yield from each.get("targetProfile", [])


def _bound(table: Json) -> Iterator[str]:
    """The value sets whose membership can matter: not those given as examples."""
    for row in table["elements"]:
        strength, *canonicals = row.get("binding", ["example"])
        if strength == "example":
            canonicals = canonicals[1:]
        yield from canonicals


def _member(kind: str, table: Json, taken: Iterable[str]) -> str:
    tail = re.sub(r"[^A-Za-z0-9.-]+", "-", re.split(r"[/:]", table["url"].rstrip("/"))[-1])
    stem = f"{kind}/{tail}-{table['version']}" if table.get("version") else f"{kind}/{tail}"
    name, number = f"{stem}.json", 1
    while name in taken:
        number += 1
        name = f"{stem}~{number}.json"
    return name


def _info(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, _EPOCH)
    info.compress_type = zipfile.ZIP_DEFLATED
    info.external_attr = 0o644 << 16
    info.create_system = 3
    return info
