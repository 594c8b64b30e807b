"""The test EHR's page in a real browser: live, by keyboard, without scripts, in light and dark, on a narrow screen."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from tests.browser.both_sides import BothSides
from tests.browser.test_app_access import violations
from tests.browser.window import READY, Window

Open = Callable[..., Window]
CERTIFIED, THREE_SCANS, DEVICE, EVERYDAY = "wendel-harrow", "petronel-vane", "leocadia-finn", "barnaby-quince"


def ordered(window: Window, both: BothSides, patient: str, *services: str, guide: str = "2.2") -> Any:
    """The patient's page after these services were picked by their labels and signed."""
    page = window.page
    page.goto(f"{both.ehr}/patients/{patient}")
    if page.locator("#order-again").count():
        page.locator("#order-again > summary").click()
    for picked in page.evaluate("[...document.querySelectorAll('[name=service]:checked')].map(each => each.id)"):
        page.locator(f"#{picked}").uncheck()
    for label in services:
        page.get_by_label(label, exact=False).first.check()
    page.locator(f"[name=guide][value='{guide}']").check()
    before = page.locator("#rows > li").first.get_attribute("id")
    window.press("Sign the order")
    window.until(lambda: page.locator("#rows > li").first.get_attribute("id") != before, "the first arrow of this signing", 30)
    page.wait_for_selector("#answer .verdict")
    return page


def arrows(page: Any) -> list[str]:
    return [str(each) for each in page.locator("#rows > li .line strong").all_inner_texts()]


def test_the_answer_comes_without_leaving_the_page_and_the_wire_grows_beside_it(both: BothSides, window: Open) -> None:
    here = window()
    page = ordered(here, both, EVERYDAY, "MRI of the lumbar spine 72148")
    assert page.url.endswith(EVERYDAY), "the page was never left"
    assert "authorization needed" in here.text("#answer")
    here.until(lambda: {"services", "order-sign", "keys", "reads chart"} <= set(arrows(page)), "every exchange of the signing")
    assert arrows(page).index("order-sign") < arrows(page).index("keys"), "what a call led to stands after it"


def test_an_exchange_opens_in_place_with_its_headers_body_and_guide_and_stays_open(both: BothSides, window: Open) -> None:
    here = window()
    page = ordered(here, both, EVERYDAY, "MRI of the lumbar spine 72148")
    page.locator("#wire summary", has_text="order-sign").first.click()
    shown = page.locator("#wire .exchange").first
    shown.wait_for()
    words = shown.inner_text()
    assert re.search(r"POST http://\S+/v2.2/cds-services/order-sign-crd", words) and "200 OK" in words and '"hook": "order-sign"' in words
    assert "(hidden; a signed JWT: iss=" in words and "eyJ" not in words
    assert shown.get_by_role("link", name="In the guide").get_attribute("href").startswith("https://hl7.org/")
    page.locator("#request button").last.click()
    page.wait_for_selector("#decision .item")
    assert page.locator("#wire .exchange").first.inner_text() == words, "what was opened stays as it is while more arrives"


def test_another_window_hears_of_it_at_once(both: BothSides, window: Open) -> None:
    watching, acting = window(), window()
    watching.page.goto(f"{both.ehr}/patients/{CERTIFIED}")
    ordered(acting, both, CERTIFIED, "Oxygen concentrator")
    watching.page.wait_for_selector("#answer .verdict")
    watching.until(lambda: "order-sign" in arrows(watching.page), "the arrow in the other window")


def test_what_somebody_is_writing_survives_what_arrives(both: BothSides, window: Open) -> None:
    here, other = window(), window()
    page = ordered(here, both, THREE_SCANS, "MRI of the brain", "CT of the chest", "CT of the neck")
    page.locator("#request form button").last.click()
    page.wait_for_selector("#asks")
    note = page.get_by_label("or write a note instead").first
    note.fill("The report is on its way")
    other.page.goto(f"{both.ehr}/patients/{THREE_SCANS}")
    other.press("Ask how it stands")
    here.until(lambda: "Asked again" in here.text("#decision"), "the inquiry of the other window")
    assert page.get_by_label("or write a note instead").first.input_value() == "The report is on its way"
    page.locator(".asked").first.get_by_role("combobox").select_option(index=0)
    page.get_by_label("or write a note instead").first.fill("")
    page.locator(".asked").first.get_by_role("button", name="Send it").click()
    here.until(lambda: page.locator("#decision .item.good").count() == 2, "the notice that the scan is certified now")
    assert {"attaches", "notice"} <= set(arrows(page))


def test_a_card_is_followed_with_one_click_or_declined_with_a_reason(both: BothSides, window: Open) -> None:
    here = window()
    page = ordered(here, both, DEVICE, "Breathing device with two pressures")
    warning = page.locator(".card.warning")
    assert "pays for" in warning.inner_text() and warning.locator("details").first.get_attribute("open") is not None
    warning.get_by_role("button", name="instead of").click()
    page.wait_for_selector(".card.settled")
    assert "The payer was told" in here.text(".card.settled")
    here.press("Sign again")
    here.until(lambda: page.locator(".card.warning").count() == 0, "the answer about the other device")
    ordered(here, both, EVERYDAY, "MRI of the lumbar spine with contrast")
    page.get_by_text("Not this time").first.click()
    page.get_by_label("Why", exact=True).select_option(index=0)
    here.press("Tell the payer")
    here.until(lambda: "Not followed:" in here.text("#answer"), "the card is settled")
    assert "feedback" in arrows(page)


@pytest.mark.parametrize("guide", ["2.0.1", "2.2"])
def test_the_forms_app_opens_on_the_chart_and_what_it_keeps_and_sends_appears_here(both: BothSides, window: Open, guide: str) -> None:
    here = window()
    page = ordered(here, both, CERTIFIED, "Oxygen concentrator", guide=guide)
    with page.context.expect_page() as opening:
        here.press("Open the form")
    app = opening.value
    app.wait_for_selector(READY)
    here.until(lambda: "Begun" in here.text("#form"), "the form is kept in the chart")
    assert f"generation {guide}" in here.text("#order")
    app.get_by_role("button", name="Review").first.click()
    app.get_by_role("button", name="Finish, send later").click()
    here.until(lambda: "Finished" in here.text("#form"), "the form is finished")
    page.locator("#request form button").last.click()
    page.wait_for_selector("#decision .verdict")
    assert {"launch", "sign-in", "code", "token", "fetches form", "saves form", "submits"} <= set(arrows(page))
    here.press("Withdraw it")
    here.until(lambda: "Cancelled" in here.text("#decision"), "withdrawn, so that the next test begins anew")


def test_everything_works_without_a_script(both: BothSides, chromium: Any) -> None:
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{both.ehr}/patients/{EVERYDAY}")
    if page.locator("#order-again").count():
        page.locator("#order-again > summary").click()
    page.get_by_label("Rail for a bath tub").check()
    page.get_by_role("button", name="Sign the order").click()
    assert "Not covered" in page.inner_text("#answer")
    page.locator("#wire summary", has_text="order-sign").first.click()
    page.get_by_role("link", name="The whole exchange").locator("visible=true").first.click()
    assert "order-sign" in page.inner_text("h1") and "draftOrders" in page.inner_text("main")
    context.close()


def test_an_order_is_placed_and_an_exchange_read_by_keyboard_alone(both: BothSides, window: Open) -> None:
    here = window()
    page = here.page
    page.goto(f"{both.ehr}/")

    def tab_to(selector: str) -> None:
        for _ in range(150):
            page.keyboard.press("Tab")
            if page.evaluate("selector => document.activeElement?.matches(selector)", selector):
                return
        raise AssertionError(f"Tab never reached {selector}.")

    tab_to("main a[href$=barnaby-quince]")
    page.keyboard.press("Enter")
    page.wait_for_selector("#order")
    if page.locator("#order-again").count():
        tab_to("#order-again > summary")
        page.keyboard.press("Enter")
    tab_to("[name=service][value=stress-test]")
    page.keyboard.press("Space")
    tab_to("#order .do button")
    page.keyboard.press("Enter")
    page.wait_for_selector("#coverage-1 .verdict")
    here.until(lambda: page.evaluate("document.activeElement.id") == "answer-title", "the focus follows to the answer")
    tab_to("#wire .row > details > summary")
    page.keyboard.press("Enter")
    page.wait_for_selector("#wire .exchange")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_page_has_an_accessibility_fault(both: BothSides, window: Open, scheme: str) -> None:
    here = window(scheme=scheme)
    here.page.goto(f"{both.ehr}/")
    assert violations(here) == []
    here.page.goto(f"{both.ehr}/patients/orla-penhallow")
    assert violations(here) == []
    page = ordered(here, both, THREE_SCANS, "MRI of the brain", "CT of the chest", "CT of the neck")
    page.locator("#request form button").last.click()
    page.wait_for_selector("#decision .item")
    page.evaluate("document.querySelectorAll('main details').forEach(each => each.open = true)")
    here.until(lambda: page.locator("#wire [data-src] > .body:not(:has(.exchange))").count() == 0, "every exchange is read")
    assert violations(here) == []
    page.goto(f"{both.ehr}/exchanges/1")
    assert violations(here) == []


@pytest.mark.parametrize("width", [320, 768])
def test_nothing_has_to_be_scrolled_sideways(both: BothSides, window: Open, width: int) -> None:
    here = window(width=width, height=700)
    here.page.goto(f"{both.ehr}/")
    wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert here.page.evaluate(wide) == 0
    page = ordered(here, both, EVERYDAY, "Replacement of a knee")
    page.locator("#wire summary", has_text="order-sign").first.click()
    page.wait_for_selector("#wire .exchange")
    assert page.evaluate(wide) == 0
