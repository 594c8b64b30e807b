"""Open published FHIR packages (a .tgz, a folder, or one of the ~/.fhir/packages cache); find a definition by canonical.

A package is read where it lies and never unpacked to disk; only StructureDefinitions, ValueSets and CodeSystems count
here (confluence.hl7.org/display/FHIR/NPM+Package+Specification).
"""

from __future__ import annotations

import re
import tarfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ig_profiles.json import parse
from ig_profiles.outcome import NotFound, TooLarge, Unreadable

Json = dict[str, Any]

KINDS = ("StructureDefinition", "ValueSet", "CodeSystem")
CACHE = Path("~/.fhir/packages")
MAX_FILE = 50 * 1024 * 1024
MAX_PACKAGE = 500 * 1024 * 1024
_KIND = re.compile(rb'"resourceType"\s*:\s*"(StructureDefinition|ValueSet|CodeSystem)"')


@dataclass(frozen=True)
class Package:
    """What one package publishes: its name, its version, its definitions in the order of their canonicals."""

    name: str
    version: str
    definitions: tuple[Json, ...] = field(repr=False)

    @property
    def label(self) -> str:
        """Name and version as FHIR tools write them, e.g. ``hl7.fhir.us.davinci-pas#2.0.1``."""
        return f"{self.name}#{self.version}"


class Shelf:
    """Packages in order of preference: a canonical without a version means the first package that publishes it."""

    def __init__(self, packages: Iterable[Package]) -> None:
        self.packages = tuple(packages)
        self._found: dict[tuple[str, str], list[Json]] = {}
        self._publishers: dict[int, Package] = {}
        for package in self.packages:
            for definition in package.definitions:
                self._publishers[id(definition)] = package
                self._found.setdefault((definition["resourceType"], definition["url"]), []).append(definition)

    def find(self, kind: str, canonical: str) -> Json | None:
        """The definition with this canonical: the version it names where at hand, else the preferred one."""
        url, version = split(canonical)
        found = self._found.get((kind, url), [])
        return next((each for each in found if each.get("version") == version), found[0] if found else None)

    def all(self, kind: str) -> Iterator[Json]:
        """Every definition of this kind, in order of preference."""
        return (each for package in self.packages for each in package.definitions if each["resourceType"] == kind)

    def publisher(self, definition: Json) -> Package:
        """The package that a definition of this shelf came from."""
        return self._publishers[id(definition)]


def split(canonical: str) -> tuple[str, str]:
    """A canonical's url and version ('' where it names none).

    >>> split("http://hl7.org/fhir/ValueSet/currencies|4.0.1")
    ('http://hl7.org/fhir/ValueSet/currencies', '4.0.1')
    """
    url, _, version = canonical.partition("|")
    return url, version


def open_package(where: str | Path, cache: Path = CACHE) -> Package:
    """The package at a path (.tgz or folder), or by its name in the cache (``name#version``).

    Raises NotFound when nothing lies there, Unreadable when it is no FHIR package, TooLarge for one that would not end.
    """
    path = Path(where).expanduser()
    if not path.exists():
        path = cache.expanduser() / str(where).replace("@", "#")
    if not path.exists():
        raise NotFound(f"No package is at {where}, nor in {cache} by that name. Give a .tgz, a folder, or name#version of the cache.")
    files = dict(_folder(path) if path.is_dir() else _archive(path))
    if "package.json" not in files:
        raise Unreadable(f"{path.name} holds no package/package.json, so it is not a FHIR package. Give the .tgz as published, or the folder it unpacks to.")
    manifest = parse(files.pop("package.json"))
    definitions = [_read(path.name, name, body) for name, body in files.items() if _KIND.search(body)]
    definitions = [each for each in definitions if each.get("resourceType") in KINDS and isinstance(each.get("url"), str)]
    definitions.sort(key=lambda each: (each["resourceType"], each["url"], each.get("version", "")))
    return Package(str(manifest.get("name", path.stem)), str(manifest.get("version", "")), tuple(definitions))


def _read(package: str, name: str, body: bytes) -> Json:
    try:
        return parse(body, MAX_FILE)
    except (Unreadable, TooLarge) as refusal:
        raise Unreadable(f"{package} cannot be read at {name}: {refusal} Fetch the package again.") from None


def _folder(path: Path) -> Iterator[tuple[str, bytes]]:
    inside = path / "package" if (path / "package").is_dir() else path
    for file in sorted(inside.glob("*.json")):
        yield file.name, file.read_bytes()


def _archive(path: Path) -> Iterator[tuple[str, bytes]]:
    total = 0
    try:
        with tarfile.open(path) as archive:
            for member in archive:
                folder, _, name = member.name.removeprefix("./").rpartition("/")
                if not member.isfile() or folder != "package" or not name.endswith(".json") or name.startswith("."):
                    continue
                total += member.size
                if member.size > MAX_FILE or total > MAX_PACKAGE:
                    raise TooLarge(f"{path.name} unpacks to more than {MAX_PACKAGE:,} bytes, or one file to more than {MAX_FILE:,}: {name}.")
                body = archive.extractfile(member)
                yield name, body.read() if body else b""
    except (tarfile.TarError, EOFError, OSError) as error:
        raise Unreadable(f"{path.name} is not a readable .tgz ({error}). Fetch the package again.") from None
