"""What the FHIRPath tests need of the published packages: definitions, constraints, examples, and where each constraint applies."""

from __future__ import annotations

import json
import tarfile
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest

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
