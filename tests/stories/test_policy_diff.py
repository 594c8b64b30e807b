"""The owner of a policy sees, before signing, whose request a new wording would answer otherwise."""

from __future__ import annotations

import shutil
from pathlib import Path

from click.testing import CliRunner

from fhir_pa.cli import main
from fhir_pa.operations.policies.diff import compare, kept
from fhir_pa.provider.pas.request import request_of
from ig_profiles.json import dump
from questionnaires.library import BUILT_IN, read_folder
from tests.stories.asking import BORDERLINE, oxygen, submit
from tests.stories.parties import System

OXYGEN = BUILT_IN / "home_oxygen"


def run(*words: object) -> tuple[int, str]:
    result = CliRunner().invoke(main, ["policies", "diff", *map(str, words)])
    return result.exit_code, result.output


def changed(tmp_path: Path, before: str, after: str) -> Path:
    """The oxygen policy with one word changed."""
    folder = tmp_path / "changed" / "home_oxygen"
    shutil.copytree(BUILT_IN / "home_oxygen", folder)
    policy = folder / "policy.toml"
    text = policy.read_text()
    assert before in text
    policy.write_text(text.replace(before, after))
    return folder


def test_a_stricter_limit_tells_whose_request_would_no_longer_be_certified(clinic: System, tmp_path: Path) -> None:
    requests = tmp_path / "requests"
    requests.mkdir()
    (requests / "orla.json").write_bytes(dump(request_of(oxygen(clinic))))
    stricter = changed(tmp_path, "at_most = 88", "at_most = 80")
    code, said = run(OXYGEN, stricter, "--over", requests)
    assert code == 1 and "orla.json E1390: certify → refer" in said and "1 would be answered otherwise" in said
    assert ": met → not met" in said
    code, said = run(OXYGEN, OXYGEN, "--over", requests)
    assert code == 0 and "none would be answered otherwise" in said


def test_requests_on_file_are_weighed_again_and_nothing_of_them_changes(clinic: System, tmp_path: Path) -> None:
    submit(clinic, oxygen(clinic))
    submit(clinic, oxygen(clinic, BORDERLINE))
    payer = clinic.plan.payer
    with payer.store.reading() as tx:
        before = {number: tx.authorization(number) for number in tx.numbers()}
    (old,), _ = read_folder(OXYGEN)
    (new,), _ = read_folder(changed(tmp_path, "at_most = 88", "at_most = 80"))
    flips = {flip.before: flip for flip in compare(old, new, kept(payer), payer.facts)}
    assert (flips["certify"].after, flips["certify"].is_one) == ("refer", True)
    assert (flips["refer"].after, flips["refer"].is_one) == ("refer", False)
    with payer.store.reading() as tx:
        assert {number: tx.authorization(number) for number in tx.numbers()} == before
