"""The table of features names every feature once, and every proof in it is a test or a signed story that exists."""

from __future__ import annotations

import ast
import re
import tomllib
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TABLE = (ROOT / "fhir_pa" / "docs" / "features.md").read_text("utf-8")
ROW = re.compile(r"^\| (F\d+) \| (.+?) \| (.*?) \| (.*?) ?\|$", re.MULTILINE)
ROWS = ROW.findall(TABLE)
NOT_YET = "not yet"


@cache
def functions_in(path: str) -> frozenset[str]:
    tree = ast.parse((ROOT / "tests" / path).read_text("utf-8"))
    return frozenset(node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"))


@cache
def stories_of(topic: str) -> frozenset[str]:
    cases = tomllib.loads((ROOT / "questionnaires" / "policies" / topic / "cases.toml").read_text("utf-8"))
    return frozenset(case["title"] for case in cases["case"])


def exists(proof: str) -> bool:
    path, colons, name = proof.partition("::")
    if colons:
        return (ROOT / "tests" / path).is_file() and name in functions_in(path)
    topic, _, title = proof.partition(": ")
    return (ROOT / "questionnaires" / "policies" / topic).is_dir() and title in stories_of(topic)


def test_every_feature_stands_there_once_in_its_order() -> None:
    assert [number for number, *_ in ROWS] == [f"F{number:02}" for number in range(1, 108)]
    assert len(ROWS) == len([line for line in TABLE.splitlines() if line.startswith("| F")]), "A row is not written like the others."


@pytest.mark.parametrize(("number", "feature", "proofs", "gap"), ROWS, ids=[row[0] for row in ROWS])
def test_every_proof_exists_and_every_gap_says_why(number: str, feature: str, proofs: str, gap: str) -> None:
    if proofs == NOT_YET:
        assert gap, f"{number} is not yet proven. Say why in the last column."
        return
    named = re.findall(r"`([^`]+)`", proofs)
    assert named and "<br>".join(f"`{each}`" for each in named) == proofs, f"{number}: write each proof in backticks, with <br> between."
    gone = [each for each in named if not exists(each)]
    assert not gone, f"{number} ({feature}) is said to be proven by {gone[0]!r}, which does not exist. Name the test that proves it now, or say '{NOT_YET}'."


def test_a_proof_that_does_not_exist_is_noticed() -> None:
    assert not exists("stories/test_status.py::test_that_is_not_there")
    assert not exists("stories/test_nothing.py::test_before_any_request_none_is_on_file")
    assert not exists("home_oxygen: No such story") and not exists("no_such_topic: x")
