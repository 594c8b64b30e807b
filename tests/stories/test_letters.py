"""The member and the practice read the decision: as a page, as PDF, and never while something is missing (F60-F67)."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from contextlib import suppress

import pytest

from fhir_pa.provider.play.payer_file import CLIENT_ID
from ig_profiles import json
from tests.stories.asking import BORDERLINE, DENIAL, oxygen, submit
from tests.stories.parties import Plan, Staff, System


@pytest.fixture
def number(plan: Plan, physician: Staff) -> str:
    """A pended case."""
    clinic = System(plan, CLIENT_ID, "2.2")
    submit(clinic, oxygen(clinic, BORDERLINE))
    return str(physician.worklist()[0]["number"])


def inflated(document: bytes) -> Iterator[bytes]:
    """The streams of a PDF, unpacked."""
    for part in re.findall(rb"stream\r?\n(.*?)endstream", document, flags=re.S):
        with suppress(zlib.error):
            yield zlib.decompress(part)


def test_before_the_decision_there_is_only_a_preview_that_says_what_is_missing(number: str, physician: Staff) -> None:
    preview = json.parse(physician.call("GET", f"/um/authorizations/{number}/letters/member.json").data)
    assert preview["lacks"] == ["No service is decided yet, so there is nothing to tell. Decide first."]
    refused = physician.call("GET", f"/um/authorizations/{number}/letters/member.html")
    assert refused.status_code == 422 and "Decide first" in refused.text


def test_the_letter_is_a_page_and_a_tagged_pdf(number: str, physician: Staff) -> None:
    physician.decide(number, **DENIAL)
    page = physician.call("GET", f"/um/authorizations/{number}/letters/member.html")
    assert page.status_code == 200 and page.mimetype == "text/html"
    assert "Home oxygen" in page.text and "89 % is above the limit." in page.text and "January 25, 2027" in page.text
    paper = physician.call("GET", f"/um/authorizations/{number}/letters/provider.pdf")
    if paper.status_code == 503:
        pytest.skip("Pango is not installed here.")
    assert paper.mimetype == "application/pdf" and paper.data.startswith(b"%PDF-")
    assert any(b"StructTreeRoot" in part for part in inflated(paper.data))


def test_other_readers_and_forms_are_not_there(plan: Plan, number: str, physician: Staff) -> None:
    assert "Choose member or provider" in physician.call("GET", f"/um/authorizations/{number}/letters/neighbour.html").text
    assert "Choose html or pdf or json" in physician.call("GET", f"/um/authorizations/{number}/letters/member.docx").text
    assert plan.http().get(f"/um/authorizations/{number}/letters/member.html").status_code == 401


def test_the_practice_reads_the_policy_by_its_title_and_edition_not_by_its_folder(number: str, physician: Staff) -> None:
    physician.decide(number, **DENIAL)
    page = physician.call("GET", f"/um/authorizations/{number}/letters/provider.html").text
    assert "<dd>Home oxygen, edition 2026.1</dd>" in page and "home_oxygen" not in page
