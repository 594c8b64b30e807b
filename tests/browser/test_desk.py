"""The reviewers' desk in a real browser: by mouse and by keyboard alone, in light and dark, on a narrow screen, on paper."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from fhir_pa.provider.play.payer_file import NURSE, PULMONOLOGIST
from fhir_pa.web.telling import left
from tests.browser.desk import Served, served
from tests.browser.test_app_access import violations
from tests.browser.window import Window, Windows, expect
from tests.stories.parties import Lent

AT_THE_DESK = Callable[..., Window]
HOUR = 3_600_000  # milliseconds
AT = datetime(2026, 11, 21, 15, tzinfo=UTC)
ANSWERED = "the server responded with a status of 4"  # a form that was refused is told on its page


@pytest.fixture
def payer(chromium: Any, serving: ExitStack, lent: Lent, tmp_path: Path) -> Served:
    return serving.enter_context(served(tmp_path, lent))


@pytest.fixture
def seated(windows: Windows, payer: Served) -> AT_THE_DESK:
    """Opens a window in which somebody is signed in."""

    def open_(person: str, **look: Any) -> Window:
        window = windows(**look)
        window.expect(ANSWERED)
        payer.sign_in(window, person)
        return window

    return open_


def fill_in_a_denial(page: Any) -> None:
    page.get_by_label("Deny").check()
    page.get_by_label("Reason, in plain words").fill("Your oxygen was 89 percent. The rule asks for 88 or less.")
    page.get_by_label("Too little oxygen in the blood").check()
    page.get_by_label("Reason code").select_option("0F")


def test_from_the_worklist_to_a_signed_denial_and_its_letter(payer: Served, seated: AT_THE_DESK) -> None:
    window = seated(PULMONOLOGIST)
    page = window.page
    number = payer.number("Teodric Amble")
    page.get_by_role("link", name=number).click()
    page.get_by_role("button", name="Take").click()
    window.says("In the hands of Ada Quill")
    page.get_by_role("link", name="89", exact=True).first.click()
    page.wait_for_selector("h1:has-text('Observation: Oxygen saturation')")
    page.go_back()
    page.wait_for_selector("h1:has-text('Teodric Amble')")
    fill_in_a_denial(page)
    window.press("Read it before signing")
    window.says("This is not a denial yet")
    window.press("Offer the conversation as Ada Quill, MD")
    window.says("offered a conversation first")
    expect(page.get_by_label("What was said")).to_be_visible()
    assert not page.get_by_label("Deny").count()
    page.get_by_label("What became of it?").select_option("declined")
    page.get_by_label("What was said").fill("The practice has no time this week.")
    window.press("Put it on record")
    expect(page.get_by_label("Deny")).to_be_checked()  # the draft is filled in again
    window.press("Read it before signing")
    window.says("We did not approve what your doctor asked for", "You can appeal")
    window.press("Sign as Ada Quill, MD")
    window.says("The decision is signed")
    page.get_by_role("link", name="To the member", exact=True).click()
    page.wait_for_url("**/letters/member.html*")
    window.says("The rule asks for 88 or less.", at="body")
    assert page.evaluate("getComputedStyle(document.querySelector('header')).borderBottomStyle") == "solid", "the letter keeps its own style"


def test_a_nurse_is_offered_to_certify_and_never_to_deny(payer: Served, seated: AT_THE_DESK) -> None:
    window = seated(NURSE)
    window.page.goto(f"{payer.url}/desk/cases/{payer.number('Teodric Amble')}")
    window.says("only a licensed physician may deny or reduce")
    expect(window.page.get_by_label("Certify as asked")).to_be_checked()
    assert not window.page.get_by_label("Deny").count()
    window.page.get_by_label("Reason, in plain words").fill("The stairs test shows 84 percent.")
    window.press("Read it before signing")
    window.press("Sign as Rowan Finch, RN")
    window.page.wait_for_selector(".done")
    window.says("Certified, signed by Rowan Finch, RN")


def test_only_the_fields_of_the_chosen_decision_are_asked(payer: Served, seated: AT_THE_DESK) -> None:
    page = seated(PULMONOLOGIST).page
    page.goto(f"{payer.url}/desk/cases/{payer.number('Teodric Amble')}")
    shown = {"Certify as asked": (False, False), "Deny": (True, False), "Certify less": (True, True)}
    for choice, (code, amount) in shown.items():
        page.get_by_label(choice).check()
        expect(page.get_by_label("Reason code")).to_be_visible(visible=code)
        expect(page.get_by_label("How much", exact=True)).to_be_visible(visible=amount)


def test_a_decision_is_made_by_keyboard_alone(payer: Served, seated: AT_THE_DESK) -> None:
    window = seated(PULMONOLOGIST)
    page = window.page
    page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_have_text("Skip to the content")
    page.keyboard.press("Enter")
    window.tab_to(payer.number("Teodric Amble"))
    page.keyboard.press("Enter")
    page.wait_for_selector("h1:has-text('Teodric Amble')")
    window.tab_to("Your decision")
    page.keyboard.press("Enter")
    window.tab_to("Certify as asked")
    page.keyboard.press("Space")
    window.tab_to("Reason, in plain words")
    page.keyboard.type("The stairs test shows it.")
    window.tab_to("Read it before signing")
    page.keyboard.press("Enter")
    page.wait_for_selector("h1:has-text('Read before you sign')")
    window.tab_to("Sign as Ada Quill, MD")
    page.keyboard.press("Enter")
    page.wait_for_selector(".done")
    window.says("Certified, signed by Ada Quill, MD")


def test_no_page_has_an_accessibility_fault(payer: Served, seated: AT_THE_DESK) -> None:
    window = seated(PULMONOLOGIST)
    page, case = window.page, f"{payer.url}/desk/cases/{payer.number('Teodric Amble')}"
    assert violations(window) == []
    for address in (case, f"{payer.url}/desk/cases/{payer.number('Ilsabet Crane')}"):
        page.goto(address)
        page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
        page.get_by_label("Certify less").check()
        assert violations(window) == []
    page.get_by_role("link", name="yes").first.click()
    page.wait_for_selector("h1:not(:has-text('Ilsabet Crane'))")
    assert violations(window) == []
    page.goto(case)
    page.get_by_label("Deny").check()
    page.get_by_label("Reason, in plain words").fill("No.")
    window.press("Read it before signing")
    window.says("Nothing was done")
    assert violations(window) == []
    fill_in_a_denial(page)
    window.press("Read it before signing")
    window.says("This is not a denial yet")
    assert violations(window) == []
    window.press("Offer the conversation")
    window.says("offered a conversation first")
    assert violations(window) == []
    window.press("Sign out")
    page.wait_for_selector("h1:has-text('Sign in')")
    assert violations(window) == []


def test_everything_fits_a_narrow_screen(payer: Served, seated: AT_THE_DESK) -> None:
    window = seated(PULMONOLOGIST, width=320, height=700)
    for path in ("", f"/cases/{payer.number('Ilsabet Crane')}", f"/cases/{payer.number('Teodric Amble')}"):
        window.page.goto(f"{payer.url}/desk{path}")
        assert window.page.evaluate("document.documentElement.scrollWidth") <= 320, path


def test_the_clocks_go_on_while_the_page_is_open_in_the_words_of_the_server(payer: Served, seated: AT_THE_DESK) -> None:
    window = seated(PULMONOLOGIST)
    page, number = window.page, payer.number("Teodric Amble")
    page.clock.install(time=AT)
    page.clock.pause_at(AT + timedelta(hours=1))  # so that only what is said here passes
    page.goto(f"{payer.url}/desk")
    row = page.locator("tr", has_text=number)
    for hours, words, pressing in ((0, "7 days left", "calm"), (147.5, "20 hours 30 minutes left", "soon"), (21, "30 minutes over", "over")):
        page.clock.fast_forward(int(hours * HOUR))
        expect(row).to_contain_text(words)
        expect(row).to_have_class(pressing)
    page.goto(f"{payer.url}/desk/cases/{number}")
    page.clock.fast_forward(HOUR * 24 + HOUR // 2)
    expect(page.locator(".clock strong")).to_have_text("5 days 23 hours left")


def test_browser_and_server_tell_a_clock_alike(payer: Served, seated: AT_THE_DESK) -> None:
    page, at = seated(PULMONOLOGIST).page, AT
    tell = "([due, at]) => import('/desk/assets/clocks.js').then(clocks => clocks.left(Date.parse(due), Date.parse(at)))"
    for minutes in (0, 1, 2, 59, 60, 61, 1439, 1440, 1441, 1500, 2880, 10_080):
        due = at + timedelta(minutes=minutes, seconds=30)
        for one, other in ((due, at), (at, due), (at, at)):
            assert page.evaluate(tell, [one.isoformat(), other.isoformat()]) == left(one.isoformat(), other.isoformat()), minutes


def test_on_paper_the_case_stands_alone(payer: Served, seated: AT_THE_DESK) -> None:
    window = seated(PULMONOLOGIST)
    window.page.goto(f"{payer.url}/desk/cases/{payer.number('Teodric Amble')}")
    window.page.emulate_media(media="print")
    expect(window.page.locator(".findings").first).to_be_visible()
    expect(window.page.get_by_role("button", name="Read it before signing")).to_have_count(0)
