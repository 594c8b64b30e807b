"""The test data keeps its word: every situation in a written folder, played from its files alone, comes out as the manifest says."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from fhir_pa.cli import main
from fhir_pa.provider.testdata.folder import MANIFEST, PROOFS, situations
from fhir_pa.provider.testdata.proofs import FORM
from ig_profiles import json
from tests.stories.parties import NOW, Lent
from tests.stories.tester import Tester, folder_opened

NAMES = [(guide, each.name) for guide in ("2.0.1", "2.2") for each in situations(guide, "http://ehr.example", NOW)]


@pytest.fixture(scope="module")
def tester(tmp_path_factory: pytest.TempPathFactory, lent: Lent) -> Iterator[Tester]:
    with folder_opened(tmp_path_factory.mktemp("test-data"), lent) as at_hand:
        yield at_hand


@pytest.mark.parametrize(("guide", "name"), NAMES, ids=[f"{guide}-{name}" for guide, name in NAMES])
def test_every_situation_comes_out_as_the_manifest_promises(tester: Tester, guide: str, name: str) -> None:
    assert tester.play(guide, name) == []


def test_certified_denied_pended_partial_and_error_can_each_be_had_in_one_exchange(tester: Tester) -> None:
    for guide in ("2.0.1", "2.2"):
        once = {each["name"] for each in tester.manifest["situations"] if each["guide"] == guide and len(each["steps"]) == 1}
        assert {"certified", "denied", "pended", "partial", "error-member", "unprocessable"} <= once


def test_the_command_writes_a_folder_and_signs_its_proofs_anew(tmp_path: Path) -> None:
    written = CliRunner().invoke(main, ["testdata", str(tmp_path / "data"), "--guide", "2.2", "--payer-url", "https://payer.example/"])
    assert written.exit_code == 0 and "README.md" in written.output
    listed = json.parse((tmp_path / "data" / MANIFEST).read_bytes())
    assert {each["guide"] for each in listed["situations"]} == {"2.2"} and listed["payer"] == "https://payer.example"
    before = (tmp_path / "data" / PROOFS / FORM).read_text()
    assert CliRunner().invoke(main, ["testdata", str(tmp_path / "data"), "--proofs"]).exit_code == 0
    assert (tmp_path / "data" / PROOFS / FORM).read_text() != before
    refused = CliRunner().invoke(main, ["testdata", str(tmp_path / "nothing"), "--proofs"])
    assert refused.exit_code == 2 and "Write it first: fhir-pa testdata" in refused.output


def test_every_file_the_readme_names_is_there(tester: Tester) -> None:
    readme = (tester.folder / "README.md").read_text()
    named = {word for word in readme.split("`")[1::2] if word.startswith(("v2.", "proofs/"))}
    assert len(named) > 60 and all((tester.folder / each).is_file() for each in named)
