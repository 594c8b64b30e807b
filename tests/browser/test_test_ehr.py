"""The test EHR's page in a real browser: live, by keyboard, without scripts, in light and dark, on a narrow screen."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.browser.both_sides import BothSides
from tests.browser.test_app_access import violations
from tests.browser.window import READY, Window, Windows, expect

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
    window.press("Sign the order")
    page.wait_for_selector("#answer:focus-within .verdict")  # the focus goes on to the answer when it is there
    return page


def arrows(page: Any) -> list[str]:
    return [str(each) for each in page.locator("#rows > li .line strong").all_inner_texts()]


def test_the_answer_comes_without_leaving_the_page_and_the_wire_grows_beside_it(both: BothSides, windows: Windows) -> None:
    here = windows()
    page = ordered(here, both, EVERYDAY, "MRI of the lumbar spine 72148")
    assert page.url.endswith(EVERYDAY), "the page was never left"
    here.says("authorization needed", at="#answer")
    here.until(lambda: {"services", "order-sign", "keys", "reads chart"} <= set(arrows(page)), "every exchange of the signing")
    assert arrows(page).index("order-sign") < arrows(page).index("keys"), "what a call led to stands after it"


def test_an_exchange_opens_in_place_with_its_headers_body_and_guide_and_stays_open(both: BothSides, windows: Windows) -> None:
    here = windows()
    page = ordered(here, both, EVERYDAY, "MRI of the lumbar spine 72148")
    page.locator("#wire summary", has_text="order-sign").first.click()
    shown = page.locator("#wire .exchange").first
    shown.wait_for()
    expect(shown).to_contain_text('"hook": "order-sign"')
    words = shown.inner_text()
    assert re.search(r"POST http://\S+/v2.2/cds-services/order-sign-crd", words) and "200 OK" in words
    assert "(hidden; a signed JWT: iss=" in words and "eyJ" not in words
    assert shown.get_by_role("link", name="In the guide").get_attribute("href").startswith("https://hl7.org/")
    page.locator("#request button").last.click()
    page.wait_for_selector("#decision .item")
    expect(shown).to_have_text(words, use_inner_text=True)  # what was opened stays as it is while more arrives


def test_another_window_hears_of_it_at_once(both: BothSides, windows: Windows) -> None:
    watching, acting = windows(), windows()
    watching.page.goto(f"{both.ehr}/patients/{CERTIFIED}")
    ordered(acting, both, CERTIFIED, "Oxygen concentrator")
    watching.page.wait_for_selector("#answer .verdict")
    watching.until(lambda: "order-sign" in arrows(watching.page), "the arrow in the other window")


def test_what_somebody_is_writing_survives_what_arrives(both: BothSides, windows: Windows) -> None:
    here, other = windows(), windows()
    page = ordered(here, both, THREE_SCANS, "MRI of the brain", "CT of the chest", "CT of the neck")
    page.locator("#request form button").last.click()
    page.wait_for_selector("#asks")
    note = page.get_by_label("or write a note instead").first
    note.fill("The report is on its way")
    other.page.goto(f"{both.ehr}/patients/{THREE_SCANS}")
    other.press("Ask how it stands")
    here.says("Asked again", at="#decision")
    expect(note).to_have_value("The report is on its way")
    page.locator(".asked").first.get_by_role("combobox").select_option(index=0)
    page.get_by_label("or write a note instead").first.fill("")
    page.locator(".asked").first.get_by_role("button", name="Send it").click()
    expect(page.locator("#decision .item.good")).to_have_count(2)  # the notice told that the scan is certified now
    here.until(lambda: {"attaches", "notice"} <= set(arrows(page)), "the arrows of document and notice")


def test_a_card_is_followed_with_one_click_or_declined_with_a_reason(both: BothSides, windows: Windows) -> None:
    here = windows()
    page = ordered(here, both, DEVICE, "Breathing device with two pressures")
    warning = page.locator(".card.warning")
    expect(warning).to_contain_text("pays for", use_inner_text=True)
    expect(warning.locator("details").first).to_have_attribute("open", "")
    warning.get_by_role("button", name="instead of").click()
    here.says("The payer was told", at=".card.settled")
    here.press("Sign again")
    expect(warning).to_have_count(0)  # the answer about the other device
    ordered(here, both, EVERYDAY, "MRI of the lumbar spine with contrast")
    page.get_by_text("Not this time").first.click()
    page.get_by_label("Why", exact=True).select_option(index=0)
    here.press("Tell the payer")
    here.says("Not followed:", at="#answer")
    here.until(lambda: "feedback" in arrows(page), "the arrow of the feedback")


@pytest.mark.parametrize("guide", ["2.0.1", "2.2"])
def test_the_forms_app_opens_on_the_chart_and_what_it_keeps_and_sends_appears_here(both: BothSides, windows: Windows, guide: str) -> None:
    here = windows()
    page = ordered(here, both, CERTIFIED, "Oxygen concentrator", guide=guide)
    with page.context.expect_page() as opening:
        here.press("Open the form")
    app = windows.of(opening.value)
    app.page.wait_for_selector(READY)
    here.says("Begun", at="#form")
    here.says(f"generation {guide}", at="#order")
    app.press("Review")
    app.press("Finish, send later")
    app.page.wait_for_selector(".outcome")
    here.says("Finished", at="#form")
    page.locator("#request form button").last.click()
    page.wait_for_selector("#decision .verdict")
    here.until(lambda: {"launch", "sign-in", "code", "token", "fetches form", "saves form", "submits"} <= set(arrows(page)), "an arrow for each step")
    here.press("Withdraw it")
    here.says("Cancelled", at="#decision")  # so that the next test begins anew


def test_everything_works_without_a_script(both: BothSides, windows: Windows) -> None:
    here = windows(java_script_enabled=False)
    page = here.page
    page.goto(f"{both.ehr}/patients/{EVERYDAY}")
    if page.locator("#order-again").count():
        page.locator("#order-again > summary").click()
    page.get_by_label("Rail for a bath tub").check()
    page.get_by_role("button", name="Sign the order").click()
    here.says("Not covered", at="#answer")
    page.locator("#wire summary", has_text="order-sign").first.click()
    page.get_by_role("link", name="The whole exchange").locator("visible=true").first.click()
    here.says("order-sign", at="h1")
    here.says("draftOrders")


def test_an_order_is_placed_and_an_exchange_read_by_keyboard_alone(both: BothSides, windows: Windows) -> None:
    here = windows()
    page = here.page
    page.goto(f"{both.ehr}/")
    here.tab_into("main a[href$=barnaby-quince]")
    page.keyboard.press("Enter")
    page.wait_for_selector("#order")
    if page.locator("#order-again").count():
        here.tab_into("#order-again > summary")
        page.keyboard.press("Enter")
    here.tab_into("[name=service][value=stress-test]")
    page.keyboard.press("Space")
    here.tab_into("#order .do button")
    page.keyboard.press("Enter")
    expect(page.locator("#answer-title")).to_be_focused()
    page.wait_for_selector("#coverage-1 .verdict")
    here.tab_into("#wire .row > details > summary")
    page.keyboard.press("Enter")
    page.wait_for_selector("#wire .exchange")


def test_no_page_has_an_accessibility_fault(both: BothSides, windows: Windows) -> None:
    here = windows()
    here.page.goto(f"{both.ehr}/")
    assert violations(here) == []
    here.page.goto(f"{both.ehr}/patients/orla-penhallow")
    assert violations(here) == []
    page = ordered(here, both, THREE_SCANS, "MRI of the brain", "CT of the chest", "CT of the neck")
    page.locator("#request form button").last.click()
    page.wait_for_selector("#decision .item")

    def all_is_read() -> bool:
        page.evaluate("document.querySelectorAll('main details').forEach(each => each.open = true)")
        return bool(page.locator("#wire [data-src] > .body:not(:has(.exchange))").count() == 0)

    here.until(all_is_read, "every exchange is read, those too that arrived late")
    assert violations(here) == []
    page.goto(f"{both.ehr}/exchanges/1")
    assert violations(here) == []


@pytest.mark.parametrize("width", [320, 768])
def test_nothing_has_to_be_scrolled_sideways(both: BothSides, windows: Windows, width: int) -> None:
    here = windows(width=width, height=700)
    here.page.goto(f"{both.ehr}/")
    wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert here.page.evaluate(wide) == 0
    page = ordered(here, both, EVERYDAY, "Replacement of a knee")
    page.locator("#wire summary", has_text="order-sign").first.click()
    page.wait_for_selector("#wire .exchange")
    assert page.evaluate(wide) == 0
