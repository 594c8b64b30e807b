"""The README tells the truth: its commands run as they stand, on another port."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from fhir_pa.cli import main
from ig_profiles import json
from tests.fhir_pa.pas_bundles import bundle
from tests.stories.servers import ROOT, Server

README = (ROOT / "README.md").read_text("utf-8")


def commands(start: str) -> list[str]:
    """The README's commands that begin so, continuation lines joined."""
    blocks = re.findall(r"```console\n(.*?)```", README, re.DOTALL)
    lines = [line for block in blocks for line in block.replace("\\\n", " ").splitlines()]
    return [line.removeprefix("$ ").strip() for line in lines if line.removeprefix("$ ").startswith(start)]


def test_the_two_commands_are_the_ones_the_continuous_check_uses() -> None:
    assert commands("pip install") == ["pip install . && fhir-pa demo", "pip install '.[test]' && python -m pytest"]
    check = (ROOT / ".ci" / "run").read_text("utf-8")
    assert "pip install -q '.[test]'" in check and "python -m pytest" in check


def test_the_first_requests_are_answered(tmp_path: Path) -> None:
    if shutil.which("curl") is None:
        pytest.skip("curl is not installed here, so the README's first requests were not tried")
    (tmp_path / "request-bundle.json").write_bytes(json.dump(bundle(guide="2.0.1")))
    assert commands("fhir-pa serve") == ["fhir-pa serve --open"]
    asked = commands("curl")
    server = Server(tmp_path, "sqlite:")
    try:
        told = [subprocess.check_output(shlex.split(line.replace("127.0.0.1:8080", f"127.0.0.1:{server.port}")), cwd=tmp_path) for line in asked]
    finally:
        server.kill()
        server.log.close()
    answers = [json.parse(each) for each in told]
    assert [answer.get("resourceType", "services" in answer and "services") for answer in answers] == ["CapabilityStatement", "services", "Bundle"]


def test_the_policies_that_come_with_the_house_are_without_mistake() -> None:
    (line,) = commands("fhir-pa policies check")
    done = subprocess.run([sys.executable, "-m", "fhir_pa", *shlex.split(line)[1:]], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("named", sorted(set(re.findall(r"`fhir-pa ([a-z]+(?: [a-z]+)?)", README))))
def test_every_command_it_names_exists(named: str) -> None:
    done = CliRunner().invoke(main, [*named.split(), "--help"])
    assert done.exit_code == 0, done.output


def test_every_file_it_links_to_is_there() -> None:
    for link in re.findall(r"\]\(([^)#:]+)\)", README):
        assert (ROOT / link).exists(), link
