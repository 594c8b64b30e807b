"""What the FHIRPath tests need of the published packages: definitions, constraints, examples, and where each constraint applies."""

from __future__ import annotations

import json
import tarfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import pytest

from ig_profiles.fhirpath import element_types
from ig_profiles.fhirpath.choices import CHOICE_OF
from ig_profiles.fhirpath.nodes import Node, paired
from ig_profiles.resource_types import RESOURCE_TYPES
from tests.packages import FOLDER

Json = dict[str, Any]


def _packages() -> list[str]:
    return sorted(path.name for path in FOLDER.glob("*.tgz") if "terminology" not in path.name)


@cache
def _files(package: str, folder: str) -> tuple[Json, ...]:
    with tarfile.open(FOLDER / package) as archive:
        names = [member for member in archive if member.isfile() and member.name.endswith(".json")]
        wanted = [member for member in names if ("/example" in member.name) == (folder == "example") and "openapi" not in member.name]
        found = []
        for member in wanted:
            body = archive.extractfile(member).read()  # type: ignore[union-attr]
            if folder == "example" or b'"StructureDefinition"' in body:
                found.append(json.loads(body))
    return tuple(item for item in found if folder == "example" or item.get("resourceType") == "StructureDefinition")


@cache
def definitions() -> tuple[Json, ...]:
    """Every StructureDefinition of every package; skips the test where there is none."""
    found = tuple(item for package in _packages() for item in _files(package, "definitions"))
    if not found:
        pytest.skip(f"no published package is in {FOLDER.name}; set FHIR_PA_PACKAGES to the folder that holds them")
    return found


@cache
def constraints() -> dict[str, tuple[str, str]]:
    """Every distinct constraint expression, with one key and path that carry it."""
    found: dict[str, tuple[str, str]] = {}
    for definition in definitions():
        for part in ("snapshot", "differential"):
            for element in definition.get(part, {}).get("element", []):
                for constraint in element.get("constraint", []):
                    if constraint.get("expression"):
                        found.setdefault(constraint["expression"], (constraint["key"], element["path"]))
    return found


def examples() -> Iterator[tuple[str, Json]]:
    """Every example resource of every package, named by package and id."""
    for package in _packages():
        for example in _files(package, "example"):
            if isinstance(example.get("resourceType"), str):
                yield f"{package}:{example['resourceType']}/{example.get('id')}", example


def conformance_resources() -> Iterator[tuple[str, Json]]:
    """Of each package and resource type, the two smallest files that are no examples: data for eld-*, sdf-*, vsd-*, opd-* and their like."""
    for package in _packages():
        with tarfile.open(FOLDER / package) as archive:
            files = sorted((member for member in archive if member.isfile() and "/example" not in member.name), key=lambda member: (member.size, member.name))
            taken: Counter[str] = Counter()
            for member in files:
                kind = member.name.rpartition("/")[2].partition("-")[0]
                if kind in RESOURCE_TYPES and member.name.endswith(".json") and taken[kind] < 2 and member.size < 60_000:
                    taken[kind] += 1
                    yield f"{package}:{member.name}", json.loads(archive.extractfile(member).read())  # type: ignore[union-attr]


@dataclass(frozen=True)
class Place:
    """An element of an example where constraints apply."""

    value: Any
    beside: Any
    of: str
    """Its type, or its path where it has no type of its own."""
    resource: Json
    root: Json
    expressions: tuple[str, ...]
    paths: tuple[str, ...]
    """The element paths under which definitions may speak of it."""


@cache
def _by_path() -> dict[str, tuple[str, ...]]:
    found: dict[str, dict[str, None]] = {}
    for definition in definitions():
        for part in ("snapshot", "differential"):
            for element in definition.get(part, {}).get("element", []):
                texts = [constraint["expression"] for constraint in element.get("constraint", []) if constraint.get("expression")]
                found.setdefault(element["path"], {}).update(dict.fromkeys(texts))
    return {path: tuple(texts) for path, texts in found.items()}


@cache
def _of_core_by_path() -> dict[str, tuple[str, ...]]:
    """The constraints of error severity that R4 itself declares, each where it is declared first."""
    found: dict[str, dict[str, None]] = {}
    for definition in definitions():
        own = definition["url"] == f"http://hl7.org/fhir/StructureDefinition/{definition['type']}"
        for element in definition.get("snapshot", {}).get("element", []) if own and definition.get("derivation") != "constraint" else []:
            texts = [
                constraint["expression"]
                for constraint in element.get("constraint", [])
                if constraint.get("expression") and constraint["severity"] == "error"
            ]
            found.setdefault(element["path"], {}).update(dict.fromkeys(texts))
    return {path: tuple(texts) for path, texts in found.items()}


@cache
def types() -> dict[str, str]:
    """The types of R4's own elements."""
    return element_types(definition for definition in definitions() if definition.get("derivation") != "constraint")


def declared_places(resource: Json) -> Iterator[Place]:
    """Every element where R4 itself declares a constraint of error severity, with those constraints."""
    for place in places(resource):
        texts = tuple(dict.fromkeys(text for path in place.paths for text in _of_core_by_path().get(path, ())))
        if texts:
            yield replace(place, expressions=texts)


def places(resource: Json, root: Json | None = None) -> Iterator[Place]:
    """Every element of a resource where some package declares a constraint, with those constraints."""
    kind = resource["resourceType"]
    parents = (kind, "DomainResource", "Resource") if f"{kind}.contained" in types() else (kind, "Resource")
    yield from _below(resource, None, kind, parents, resource, root or resource)


def _below(value: Any, beside: Any, of: str, paths: tuple[str, ...], resource: Json, root: Json) -> Iterator[Place]:
    expressions = dict.fromkeys(text for path in paths for text in _by_path().get(path, ()))
    if expressions:
        yield Place(value, beside, of, resource, root, tuple(expressions), paths)
    holder = value if isinstance(value, dict) else beside if isinstance(beside, dict) else {}
    for key in {name.removeprefix("_"): None for name in holder if name != "resourceType"}:
        declared = f"{of}.{key}" in types()
        name, kind = (key, types().get(f"{of}.{key}")) if declared or key not in CHOICE_OF else CHOICE_OF[key]
        below = tuple(f"{path}.{name if declared or key not in CHOICE_OF else name + '[x]'}" for path in paths)
        if kind and "." in kind:
            of_child, below = kind, (*below, kind)
        else:
            of_child = f"{of}.{key}" if kind in {None, "BackboneElement", "Element"} else kind
            below = (*below, of_child, "Element")
        for item in paired(holder.get(key), holder.get("_" + key)):
            inner, by = (item.value, item.beside) if isinstance(item, Node) else (item, None)
            if isinstance(inner, dict) and "resourceType" in inner:
                yield from places(inner, root if name == "contained" else None)
            else:
                yield from _below(inner, by, of_child, below, resource, root)
