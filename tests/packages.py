"""The published FHIR packages, where they are at hand; tests that need them skip otherwise, saying so."""

from __future__ import annotations

import os
import tarfile
from functools import cache
from pathlib import Path

import pytest

FOLDER = Path(os.environ.get("FHIR_PA_PACKAGES") or Path(__file__).parent.parent.parent / "shared" / "packages")


@cache
def examples(package: str) -> dict[str, bytes]:
    """The example files of a package by name, e.g. ``hl7.fhir.us.davinci-pas-2.0.1``; empty where it is not at hand."""
    path = FOLDER / f"{package}.tgz"
    if not path.is_file():
        return {}
    with tarfile.open(path) as archive:
        files = [member for member in archive.getmembers() if member.name.startswith("package/example/") and member.isfile()]
        return {member.name.rsplit("/", 1)[1]: archive.extractfile(member).read() for member in files}  # type: ignore[union-attr]


def example(package: str, name: str) -> bytes:
    """One example file; skips the test where the package is not at hand."""
    found = examples(package)
    if not found:
        pytest.skip(f"{package}.tgz is not in {FOLDER.name}; set FHIR_PA_PACKAGES to the folder that holds it")
    return found[name]
