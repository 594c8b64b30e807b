"""What the page for policy owners shows is a policy that works, and it names every word the format knows."""

from __future__ import annotations

import re
import shutil
import tomllib
from pathlib import Path

import pytest
from click.testing import CliRunner

import fhir_pa
from fhir_pa.cli import main
from questionnaires.authoring.criteria import STEP, read_criteria
from questionnaires.authoring.mistakes import Mistake
from questionnaires.authoring.table import Table
from questionnaires.check import check, report
from questionnaires.comparisons import OPERATORS
from questionnaires.criteria import GROUPS
from questionnaires.library import BUILT_IN
from tests.benchmarks.pas_calls import Submissions

PAGE = (Path(fhir_pa.__file__).parent / "docs" / "add-a-policy.md").read_text(encoding="utf-8")


def test_the_example_on_the_page_is_a_policy_without_a_mistake(tmp_path: Path) -> None:
    policy, cases = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)
    (form,) = re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)
    folder = tmp_path / "hospital_bed"
    folder.mkdir()
    for name, content in (("policy.toml", policy), ("cases.toml", cases), ("questionnaire.json", form)):
        (folder / name).write_text(content, encoding="utf-8")
    assert report(check(folder)) == "No mistakes."
    shutil.copytree(BUILT_IN / "anything_else", tmp_path / "anything_else")
    assert report(check(tmp_path)) == "No mistakes."


@pytest.mark.parametrize("word", [*OPERATORS, *GROUPS, STEP])
def test_every_comparison_and_group_is_told(word: str) -> None:
    assert f"`{word} = " in PAGE or f"`{word}`" in PAGE


CRITERIA = [text for kind, text in re.findall(r"^```(\w*)\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE) if not kind and text.startswith("[[edition.criteria]]")]


@pytest.mark.parametrize("example", CRITERIA)
def test_every_criterion_on_the_page_can_be_read(example: str) -> None:
    rows = tomllib.loads(example.replace("edition.criteria", "criteria"))["criteria"]
    mistakes: list[Mistake] = []
    assert len(read_criteria(Table({}, "policy.toml", "edition", mistakes), rows)) == len(rows)
    assert mistakes == []


@pytest.mark.parametrize("word", [*OPERATORS, *GROUPS, STEP])
def test_every_comparison_and_group_has_an_example_that_can_be_read(word: str) -> None:
    assert any(re.search(rf"\b{word} = |criteria\.{word}\]", example) for example in [*CRITERIA, *re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)])


COMMANDS = [line.removeprefix("$ fhir-pa ").split() for line in re.findall(r"^\$ fhir-pa .*$", PAGE, re.MULTILINE)]


def test_every_command_on_the_page_does_what_the_page_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    shutil.copy(BUILT_IN / "cpap" / "cases" / "after-trial.json", tmp_path / "record.json")
    (tmp_path / "requests").mkdir()
    (tmp_path / "requests" / "oxygen.json").write_bytes(next(Submissions("2.2").requests()).partition(b"\r\n\r\n")[2])
    said = []
    for command in COMMANDS:
        if "diff" in command:
            shutil.copytree(tmp_path / "my-policies", tmp_path / "changed")
        result = CliRunner().invoke(main, command)
        assert result.exit_code == 0, (command, result.output)
        said.append(result.output)
    assert [command[1] for command in COMMANDS] == ["new", "check", "try", "burden", "diff"]
    assert ["Change these, then" in said[0], said[1], "cpap 2026.1 would" in said[2], "Step by step" in said[3]] == [True, "No mistakes.\n", True, True]
    assert "none would be answered otherwise" in said[4]
