"""Open pages of the desk in a real browser: what changes in place, what is heard meanwhile, what is never kept, and that none of it is needed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from fhir_pa.provider.play.payer_file import NURSE, PULMONOLOGIST
from questionnaires.cql import DIST
from tests.browser.desk import Served, served
from tests.browser.test_app_access import violations
from tests.browser.window import Windows, expect
from tests.stories.parties import Lent, Staff

ANSWERED = "the server responded with a status of 4"
LOOK = "htmx.trigger('#news', 'look')"
STORED = "[localStorage.length, sessionStorage.length]"


@pytest.fixture
def payer(chromium: Any, lent: Lent, tmp_path: Path) -> Iterator[Served]:
    if not (DIST / "htmx.js").is_file():
        pytest.skip("htmx is not built here (python questionnaires/engine/build.py)")
    with served(tmp_path, lent) as here:
        yield here


def test_a_worklist_goes_on_while_somebody_reads_it(payer: Served, windows: Windows) -> None:
    window = windows()
    window.expect(ANSWERED)
    page = payer.sign_in(window, PULMONOLOGIST)
    amble, crane = payer.number("Teodric Amble"), payer.number("Ilsabet Crane")
    page.evaluate("window.same = true")
    page.get_by_label("Number, member, code").fill("amble")
    page.keyboard.press("Enter")
    expect(page.locator("#said")).to_have_text("1 case, the first due first.")
    expect(page).to_have_url(re.compile(r"/desk\?q=amble$"))
    assert page.evaluate("document.activeElement.id") == "q", "the hand stays where it was"
    page.get_by_role("link", name="All").focus()
    page.get_by_label("Number, member, code").fill("")
    page.keyboard.press("Tab")
    expect(page.locator("#listed tbody tr")).to_have_count(2)

    page.get_by_role("button", name=f"Take {amble}").click()
    expect(page.locator("#said")).to_have_text(f"{amble} is in the hands of Ada Quill, MD.")
    expect(page.locator(":focus")).to_have_text("Ada Quill, MD")
    expect(page.get_by_role("link", name="Mine")).to_have_text("Mine 1")
    page.get_by_role("link", name="Mine").click()
    expect(page).to_have_url(re.compile(f"owner={PULMONOLOGIST}"))
    expect(page.locator(":focus")).to_have_text("Mine 1")
    assert page.evaluate("window.same"), "all of it on one page"
    page.go_back()
    expect(page.get_by_role("link", name=crane)).to_be_visible()

    Staff(payer.plan, NURSE).call("POST", f"/um/authorizations/{crane}/owner", {"owner": NURSE})
    place = page.get_by_role("link", name=amble).bounding_box()
    page.evaluate(LOOK)
    expect(page.locator("#news")).to_contain_text("1 in other hands.")
    assert page.get_by_role("link", name=amble).bounding_box() == place, "no line moves before somebody asks"
    assert violations(window) == []
    page.locator("#show").click()
    expect(page.locator(":focus")).to_contain_text("2 cases, the first due first.")
    expect(page.locator("#news")).to_be_empty()
    expect(page.locator("#listed")).to_contain_text("Rowan Finch, RN")
    assert page.evaluate(STORED) == [0, 0], "nothing of a member stays in the browser"


def test_an_open_case_hears_of_others_and_loses_nothing_half_written(payer: Served, windows: Windows) -> None:
    window = windows()
    window.expect(ANSWERED)
    page = payer.sign_in(window, PULMONOLOGIST)
    number = payer.number("Teodric Amble")
    page.clock.install()
    page.goto(f"{payer.url}/desk/cases/{number}")
    reason = page.get_by_label("Reason, in plain words")
    reason.fill("Half written.")
    page.get_by_label("Words in what was sent").fill("oxygen")
    page.keyboard.press("Enter")
    expect(page.locator(":focus")).to_contain_text("found for “oxygen”")
    page.get_by_role("button", name="Take", exact=True).click()
    expect(page.locator(":focus")).to_have_text("In the hands of Ada Quill, MD")

    Staff(payer.plan, NURSE).call("POST", f"/um/authorizations/{number}/questions", {"items": [1], "words": "The exercise test."})
    page.clock.run_for(40_000)
    expect(page.locator("#news")).to_contain_text("Reviewer asked for information, by Rowan Finch, RN")
    assert violations(window) == []
    expect(reason).to_have_value("Half written.")

    page.context.clear_cookies()
    page.evaluate(LOOK)
    expect(page.locator("#trouble")).to_contain_text("You are signed out. What you have written is still here")
    expect(reason).to_have_value("Half written.")
    page.get_by_role("button", name="Hand over", exact=True).click()
    expect(page).to_have_url(f"{payer.url}/desk/sign-in?next=/desk/cases/{number}")


def test_none_of_it_is_needed(payer: Served, windows: Windows) -> None:
    window = windows(java_script_enabled=False)
    window.expect(ANSWERED)
    page = payer.sign_in(window, PULMONOLOGIST)
    number = payer.number("Teodric Amble")
    page.get_by_label("Number, member, code").fill("amble")
    window.press("Show")
    expect(page.locator("#listed tbody tr")).to_have_count(1)
    page.get_by_role("button", name=f"Take {number}").click()
    expect(page.locator("#listed")).to_contain_text("Ada Quill, MD")
    page.get_by_role("link", name=number).click()
    page.get_by_label("Words in what was sent").fill("oxygen")
    window.press("Search")
    expect(page.locator("h1")).to_contain_text("Search what was sent")
    expect(page.locator("#found")).to_contain_text("found for “oxygen”")
