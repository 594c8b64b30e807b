"""The table of situations lacks none of the twelve, each variant is there once, and every proof in it exists."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from tests.fhir_pa.test_docs_features import NOT_YET, exists

TABLE = (Path(__file__).parents[2] / "fhir_pa" / "docs" / "scenarios.md").read_text("utf-8")
ROWS = re.findall(r"^\| (SC-\d\d|All) \| (.+?) \| (.*?) \| (.*?) ?\|$", TABLE, re.MULTILINE)
WAYS = {"SC-05": 5, "SC-06": 6}  # variants told for each at least; the others have four


def test_no_situation_is_left_out_and_no_variant_stands_twice() -> None:
    told = Counter(situation for situation, *_ in ROWS)
    assert set(told) == {*(f"SC-{number:02}" for number in range(1, 13)), "All"}
    assert all(count >= WAYS.get(situation, 4) for situation, count in told.items())
    assert len({(situation, variant) for situation, variant, *_ in ROWS}) == len(ROWS)
    assert len(ROWS) == sum(line.startswith(("| SC", "| All")) for line in TABLE.splitlines()), "A row is not written like the others."


@pytest.mark.parametrize(("situation", "variant", "proofs", "gap"), ROWS, ids=[f"{row[0]} {row[1]}" for row in ROWS])
def test_every_variant_has_a_proof_that_exists_or_says_why_not(situation: str, variant: str, proofs: str, gap: str) -> None:
    if proofs == NOT_YET:
        assert gap, f"{situation}, {variant}: say why it is not proven yet."
        return
    named = re.findall(r"`([^`]+)`", proofs)
    assert named and "<br>".join(f"`{each}`" for each in named) == proofs, f"{situation}, {variant}: write each proof in backticks, with <br> between."
    gone = [each for each in named if not exists(each)]
    assert not gone, f"{situation}, {variant}: {gone[0]!r} does not exist. Name what proves it now."
