"""Keeping the published guides from a terminal: compile the sets, add a guide, list what is there."""

import pytest
from click.testing import CliRunner

from fhir_pa.cli import main
from ig_profiles.registry import Archive, open_set
from tests.ig_profiles.published import profile, value_set, write_package
from tests.packages import FOLDER


@pytest.fixture
def run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("FHIR_PA_PROFILES", raising=False)
    return lambda *words: CliRunner().invoke(main, ["profiles", *map(str, words)])


def referral(**constraint):
    """A profile of our own on Basic, with one constraint."""
    rule = {"key": "own-1", "severity": "error", "expression": "code.exists()", **constraint}
    return profile("referral", {"id": "Basic.code", "path": "Basic.code", "min": 1, "max": "1", "constraint": [rule]})


def test_an_added_guide_is_listed_and_opened_beside_the_set(run, tmp_path):
    package = write_package(tmp_path / "own.tgz", referral(), value_set("colours", {"system": "urn:a"}))
    done = run("add", package)
    assert done.exit_code == 0, done.output
    assert "1 profiles, 0 value sets" in done.output
    assert "example.larkfield#1.0.0" in run("list").output
    assert open_set("2.2", tmp_path / "fhir-pa-profiles").profile(referral()["url"])["type"] == "Basic"


def test_the_folder_of_added_guides_can_be_chosen(run, tmp_path, monkeypatch):
    monkeypatch.setenv("FHIR_PA_PROFILES", str(tmp_path / "elsewhere"))
    run("add", write_package(tmp_path / "own.tgz", referral()))
    assert [path.name for path in (tmp_path / "elsewhere").iterdir()] == ["example.larkfield-1.0.0.zip"]


def test_the_name_of_a_package_cannot_lead_out_of_the_folder(run, tmp_path):
    run("add", write_package(tmp_path / "own.tgz", referral(), name="../../evil"))
    assert [path.parent.name for path in tmp_path.rglob("*evil*.zip")] == ["fhir-pa-profiles"]


def test_a_constraint_outside_the_language_stops_the_addition_and_is_named(run, tmp_path):
    done = run("add", write_package(tmp_path / "own.tgz", referral(expression="code.fly()")))
    assert done.exit_code == 2
    assert "Constraint own-1 of http://larkfield.example/fhir/StructureDefinition/referral cannot be compiled" in done.output
    assert not (tmp_path / "fhir-pa-profiles").exists()


def test_what_has_no_snapshot_is_told(run, tmp_path):
    bare = {key: value for key, value in referral().items() if key != "snapshot"}
    assert f"published without a snapshot: {bare['url']}" in run("add", write_package(tmp_path / "own.tgz", bare)).output


def test_a_package_that_is_not_there_says_what_may_be_given(run):
    done = run("add", "nowhere.tgz")
    assert done.exit_code == 2
    assert "Give a .tgz, a folder, or name#version" in done.output


def test_the_sets_that_come_with_it_are_listed(run):
    shown = run("list").output
    assert "hl7.fhir.us.davinci-pas#2.0.1" in shown
    assert "hl7.fhir.us.davinci-pas#2.2.1" in shown
    assert "not held" not in shown
    assert "not held: http://hl7.org/fhir/us/davinci-hrex/ValueSet/hrex-task-status" in run("list", "--missing").output


def test_compiling_names_the_packages_that_were_not_given(run, tmp_path):
    done = run("compile", write_package(tmp_path / "own.tgz", referral()), "--into", tmp_path / "out")
    assert done.exit_code == 2
    assert "also needs hl7.fhir.us.davinci-pas#2.0.1" in done.output


def test_a_set_compiles_with_every_constraint_in_the_language(run, tmp_path):
    packages = sorted(FOLDER.glob("*.tgz"))
    if not packages:
        pytest.skip(f"no published package is in {FOLDER.name}; set FHIR_PA_PACKAGES to the folder that holds them")
    done = run("compile", *packages, "--guide", "2.2", "--into", tmp_path / "out")
    assert done.exit_code == 0, done.output
    compiled = Archive("2.2.zip", (tmp_path / "out" / "2.2.zip").read_bytes())
    assert compiled.index == open_set("2.2").archives[0].index
    assert not (tmp_path / "out" / "2.0.1.zip").exists()
