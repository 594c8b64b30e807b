"""Where the published guides' packages lie, when they are at hand."""

from __future__ import annotations

import base64
import os
import tarfile
from pathlib import Path

import pytest

from ig_profiles.json import parse
from ig_profiles.reading import Json

PACKAGES = Path(os.environ.get("FHIR_PA_PACKAGES", Path(__file__).parents[3] / "shared" / "packages"))


def resources(package: str, folder: str = "package") -> dict[str, Json]:
    """The JSON files of one folder of a package, by file name. Skips the test when the package is not there."""
    path = PACKAGES / f"{package}.tgz"
    if not path.is_file():
        pytest.skip(f"{path.name} is not in {PACKAGES}; set FHIR_PA_PACKAGES to the folder that holds it.")
    found: dict[str, Json] = {}
    with tarfile.open(path) as archive:
        for member in archive:
            where, _, name = member.name.rpartition("/")
            if where == folder and name.endswith(".json") and not name.startswith("."):
                found[name] = parse(archive.extractfile(member).read())  # type: ignore[union-attr]
    return found


def binary(resource: Json) -> Json:
    """The JSON a Binary holds."""
    return parse(base64.b64decode(resource["data"]))
