"""Small packages of our own making, and the published ones where they are at hand."""

from __future__ import annotations

import io
import json
import tarfile
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from ig_profiles.packages import Package, open_package
from tests.packages import FOLDER

BASE = "http://larkfield.example/fhir"


@cache
def all_packages() -> tuple[Package, ...]:
    """Every published package; skips the test where they are not at hand."""
    found = sorted(FOLDER.glob("*.tgz"))
    if not found:
        pytest.skip(f"no published package is in {FOLDER.name}; set FHIR_PA_PACKAGES to the folder that holds them")
    return tuple(open_package(path) for path in found)


def package(*definitions: Any, name: str = "example.larkfield", version: str = "1.0.0") -> Package:
    """A package with these definitions in it."""
    return Package(name, version, definitions)


def write_package(path: Path, *resources: Any, name: str = "example.larkfield", version: str = "1.0.0") -> Path:
    """A .tgz as a publisher would write it."""
    files = {"package.json": {"name": name, "version": version}}
    files |= {f"{each['resourceType']}-{number}.json": each for number, each in enumerate(resources)}
    with tarfile.open(path, "w:gz") as archive:
        for file, content in files.items():
            body = content if isinstance(content, bytes) else json.dumps(content).encode()
            member = tarfile.TarInfo(f"package/{file}")
            member.size = len(body)
            archive.addfile(member, io.BytesIO(body))
    return path


def value_set(name: str, *include: Any, exclude: tuple[Any, ...] = (), **more: Any) -> dict[str, Any]:
    """A ValueSet composed of these parts."""
    compose = {"include": list(include), "exclude": list(exclude)}
    return {"resourceType": "ValueSet", "url": f"{BASE}/ValueSet/{name}", "version": "1.0.0", "compose": compose, **more}


def code_system(name: str, *concepts: Any, content: str = "complete", **more: Any) -> dict[str, Any]:
    """A CodeSystem; a concept is a code, or a concept in full."""
    listed = [{"code": each} if isinstance(each, str) else each for each in concepts]
    return {"resourceType": "CodeSystem", "url": f"{BASE}/CodeSystem/{name}", "version": "1.0.0", "content": content, "concept": listed, **more}


def profile(name: str, *elements: Any, kind: str = "resource", of: str = "Basic", **more: Any) -> dict[str, Any]:
    """A StructureDefinition whose snapshot is the root and these elements."""
    snapshot = {"element": [{"id": of, "path": of, "min": 0, "max": "*"}, *elements]}
    facts = {"kind": kind, "type": of, "abstract": False, "derivation": "constraint"}
    return {"resourceType": "StructureDefinition", "url": f"{BASE}/StructureDefinition/{name}", "version": "1.0.0", **facts, "snapshot": snapshot, **more}
