"""The chapters of other specifications that the guides bind us to are worked through rule by rule, and each rule rests on a living test."""

from __future__ import annotations

import re

import pytest

from tests.conformance.ledger import ROOT
from tests.conformance.proofs import all_tests

PAGE = ROOT / "fhir_pa" / "docs" / "security-and-safety.md"
CHAPTERS = ("FHIR R4, Security", "FHIR R4, the checklist", "HRex", "CDS Hooks", "SMART App Launch")


def rules() -> dict[str, list[tuple[str, str]]]:
    """Each chapter's rules with what proves them."""
    found: dict[str, list[tuple[str, str]]] = {}
    for chapter in re.split(r"^## ", PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]:
        title, *lines = chapter.splitlines()
        rows = [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines if line.startswith("| ") and not line.startswith("| Rule")]
        assert all(len(row) == 3 for row in rows), f"a row of '{title}' has not three columns"
        found[title] = [(rule, proof.rstrip("|").strip()) for rule, _, proof in rows]
    return found


@pytest.mark.requirement("pas-2.0.1:56", "pas-2.0.1:194", "pas-2.0.1:196", "pas-2.2.1:spec-4")
@pytest.mark.requirement("dtr-2.0.1:331", "dtr-2.0.1:332", "dtr-2.0.1:333", "dtr-2.0.1:334", "dtr-2.0.1:335", "dtr-2.2:sec-1")
@pytest.mark.requirement("crd-2.0.1:83", "crd-2.0.1:84", "crd-2.0.1:85", "crd-2.0.1:86", "crd-2.0.1:87", "crd-2.0.1:88", "crd-2.0.1:100", "crd-2.2:sec-1")
@pytest.mark.parametrize("chapter", CHAPTERS)
def test_every_rule_of_the_chapter_is_kept_by_a_living_test_or_by_the_operator_and_says_which(chapter: str) -> None:
    (listed,) = [each for title, each in rules().items() if title.startswith(chapter)]
    tests = all_tests()
    assert len(listed) >= 4
    for rule, proof in listed:
        named = re.findall(r"`(tests/[^`]+)`", proof)
        assert named or "**operator**: " in proof, f"'{rule}' names neither a test nor what the operator does"
        gone = [name for name in named if name not in tests or tests[name].switched_off]
        assert gone == [], f"'{rule}' is not proven any more; name another test, or mend it"
    kept = [rule for rule, proof in listed if "`tests/" in proof]
    assert len(kept) >= 0.7 * len(listed), "a chapter is kept by software, not by promises"


def test_the_page_has_these_chapters_and_no_other() -> None:
    titles = list(rules())
    assert len(titles) == len(CHAPTERS) and all(title.startswith(chapter) for title, chapter in zip(titles, CHAPTERS, strict=True))
