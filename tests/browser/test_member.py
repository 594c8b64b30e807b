"""The member page in a real browser: by mouse and by keyboard alone, in two languages, light and dark, on a phone, on paper."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from fhir_pa.provider.play.payer_file import CLIENT_ID, PULMONOLOGIST
from tests.browser.desk import Served, served
from tests.browser.test_app_access import violations
from tests.browser.window import Window, Windows, expect
from tests.stories.asking import SHORT_OF_OXYGEN, oxygen, submit
from tests.stories.member_parties import code_for, member_called
from tests.stories.parties import Lent, Staff, System

ANSWERED = "the server responded with a status of 4"  # a form that was refused is told on its page
TEODRIC, ILSABET, ORLA = "Teodric Amble", "Ilsabet Crane", "Orla Penhallow"
DENIAL = {"decision": "deny", "because": "Your oxygen was 89 percent. The rule asks for 88 or less.", "reason_code": "0F", "phone": "555-555-0142"}
At_the_page = Callable[..., Window]
Picture = Callable[[Any, str], None]


@pytest.fixture
def payer(chromium: Any, serving: ExitStack, lent: Lent, tmp_path: Path) -> Served:
    return serving.enter_context(served(tmp_path, lent))


@pytest.fixture
def signed_in(windows: Windows, payer: Served) -> At_the_page:
    """Opens a window in which a member is signed in."""

    def open_(name: str, language: str = "en", **look: Any) -> Window:
        window = windows(**look)
        window.expect(ANSWERED)
        page, member = window.page, member_called(payer.plan, name)
        page.goto(f"{payer.url}/member?lang={language}")
        page.goto(f"{payer.url}/member/sign-in?lang={language}")
        page.locator("#number").fill(member.id)
        page.locator("#born").fill(str(member.birth_date))
        page.locator("#code").fill(code_for(payer.plan, member.id))
        page.locator("main button").click()
        page.wait_for_selector(".cards")
        return window

    return open_


def deny(payer: Served, number: str) -> None:
    """A physician denies the oxygen after the doctors had their chance to talk."""
    quill = Staff(payer.plan, PULMONOLOGIST)
    quill.decide(number, items=[1], criteria=["hypoxemia"], **DENIAL)
    said = {"stage": "declined", "note": "The practice has no time."}
    assert quill.call("POST", f"/um/authorizations/{number}/peer-to-peers/1", said).status_code == 200
    quill.decide(number, items=[1], criteria=["hypoxemia"], **DENIAL)


def test_from_the_door_to_an_appeal(payer: Served, signed_in: At_the_page) -> None:
    number = payer.number(TEODRIC)
    deny(payer, number)
    window = signed_in(TEODRIC)
    page = window.page
    page.get_by_role("link", name="Home oxygen").click()
    window.says("Not approved", "Your oxygen was 89 percent.", "The decision rests on this.")
    page.get_by_label("Why should we decide otherwise?").fill("The stairs test shows 84 percent.")
    page.get_by_label("It cannot wait").check()
    window.press("Send the appeal")
    page.wait_for_selector(".done")
    window.says("It is a fast appeal.")
    expect(page.get_by_role("button", name="Send the appeal")).to_have_count(0)
    page.get_by_role("link", name="Our letter to you").click()
    page.wait_for_url("**/letter.html")
    window.says("We did not approve what your doctor asked for", at="body")
    assert page.evaluate("getComputedStyle(document.querySelector('header')).borderBottomStyle") == "solid", "the letter keeps its own style"


def test_the_language_is_changed_in_place_and_stays(payer: Served, signed_in: At_the_page) -> None:
    window = signed_in(TEODRIC)
    page = window.page
    page.get_by_role("link", name="Home oxygen").click()
    page.get_by_role("link", name="Español").click()
    window.says("Esperamos documentos")
    assert page.evaluate("document.documentElement.lang") == "es"
    page.get_by_role("link", name="Volver a sus solicitudes").click()
    window.says("Oxígeno en casa", at=".cards")
    page.get_by_role("button", name="Salir").click()
    page.wait_for_selector("h1:has-text('Vea sus solicitudes')")


def test_everything_is_reached_by_keyboard_alone(payer: Served, signed_in: At_the_page) -> None:
    deny(payer, payer.number(TEODRIC))
    window = signed_in(TEODRIC)
    page = window.page
    page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_have_text("Skip to the content")
    window.tab_to("Home oxygen")
    page.keyboard.press("Enter")
    page.wait_for_selector(".standing")
    window.tab_to("Why should we decide otherwise?")
    page.keyboard.type("The stairs test shows it.")
    window.tab_to("It cannot wait")
    page.keyboard.press("Space")
    window.tab_to("Send the appeal")
    page.keyboard.press("Enter")
    page.wait_for_selector(".done")


@pytest.mark.parametrize("language", ["en", "es"])
def test_no_page_has_an_accessibility_fault(payer: Served, signed_in: At_the_page, pictures: Picture, language: str) -> None:
    clinic = System(payer.plan, CLIENT_ID, "2.2")
    submit(clinic, oxygen(clinic, SHORT_OF_OXYGEN))

    def kept(page: Any, name: str) -> None:
        for scheme in ("dark", "light"):
            page.emulate_media(color_scheme=scheme)
            pictures(page, f"member-{name}-{language}-{scheme}")

    waiting = signed_in(ILSABET, language)
    assert violations(waiting) == []
    waiting.page.locator(".cards a").first.click()
    waiting.page.wait_for_selector(".standing")
    assert violations(waiting) == []
    kept(waiting.page, "waiting")
    number = payer.number(TEODRIC)
    deny(payer, number)
    window = signed_in(TEODRIC, language)
    page, case = window.page, f"{payer.url}/member/requests/{number}"
    page.goto(case)
    page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
    assert violations(window) == []
    kept(page, "denied")
    page.locator("#because").fill("   ")
    page.locator("#appeal button").click()
    page.wait_for_selector(".wrong")
    assert violations(window) == []
    page.locator("#because").fill("The stairs test shows it.")
    page.locator("#appeal button").click()
    page.wait_for_selector(".done")
    assert violations(window) == []
    page.goto(f"{case}/file")
    assert violations(window) == []
    page.locator("main .plainlist a").first.click()
    page.wait_for_selector(".lines")
    assert violations(window) == []
    page.goto(f"{case}/letter.html")
    assert violations(window) == []
    kept(page, "letter")
    page.goto(f"{payer.url}/member/requests/PA0/file")
    assert violations(window) == []
    page.locator("header button").click()
    page.wait_for_selector("#code")
    assert violations(window) == []
    page.locator("#number").fill("SYN-0")
    page.locator("#born").fill("1990-01-01")
    page.locator("#code").fill("12345678")
    page.locator("main button").click()
    page.wait_for_selector(".wrong")
    assert violations(window) == []


@pytest.mark.parametrize("language", ["en", "es"])
def test_everything_fits_a_phone(payer: Served, signed_in: At_the_page, pictures: Picture, language: str) -> None:
    number = payer.number(TEODRIC)
    deny(payer, number)
    window = signed_in(TEODRIC, language, width=320, height=640)
    for path in ("", f"/requests/{number}", f"/requests/{number}/file"):
        window.page.goto(f"{payer.url}/member{path}")
        assert window.page.evaluate("document.documentElement.scrollWidth") <= 320, path
        pictures(window.page, f"member{path.replace('/', '-').replace(number, 'one')}-phone-{language}")
    small = "[...document.querySelectorAll('button, input:not([type=hidden]), summary')].filter(each => each.getBoundingClientRect().height < 24).length"
    assert window.page.evaluate(small) == 0


def test_on_paper_the_request_stands_alone(payer: Served, signed_in: At_the_page) -> None:
    number = payer.number(TEODRIC)
    deny(payer, number)
    window = signed_in(TEODRIC)
    window.page.goto(f"{payer.url}/member/requests/{number}")
    window.page.emulate_media(media="print")
    for selector, printed in ((".standing", True), (".right", True), ("#because", False), (".languages", False)):
        expect(window.page.locator(selector).first).to_be_visible(visible=printed)


@pytest.mark.parametrize("language", ["en", "es"])
def test_the_public_pages_have_no_accessibility_fault_in_either_language(windows: Windows, payer: Served, language: str) -> None:
    window = windows(width=390, height=800)
    for path in ("", "/policies/lumbar_mri", "/policies/power_wheelchair", "/figures/2026"):
        window.page.goto(f"{payer.url}/plan{path}?lang={language}")
        assert violations(window) == [], path
        assert window.page.evaluate("document.documentElement.scrollWidth") <= 390, path
