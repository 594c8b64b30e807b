"""For everybody: by keyboard alone, with a screen reader's tree, in light and dark, on a narrow screen, on paper."""

from __future__ import annotations

from typing import Any

import pytest

from questionnaires.cql import DIST
from tests.browser.any_payer import SDC
from tests.browser.test_app_adaptive import authorize_at_the_last_question
from tests.browser.test_app_beside import LOOKED, PIXEL, context
from tests.browser.test_app_every_type import COLOURS, HL7, control, item
from tests.browser.window import expect

ASKED = "words => document.activeElement.closest('.question')?.innerText.includes(words)"
STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
PROBLEMS = context("Problems on record", "application/x-fhir-query", "Condition?patient={{%patient.id}}")
DRAWING = {"url": f"{SDC}itemMedia", "valueAttachment": {"contentType": "image/png", "data": PIXEL, "title": "Where to measure"}}
SEALED = {"url": f"{HL7}questionnaire-signatureRequired", "valueCodeableConcept": {"coding": [{"code": "1.2.840.10065.1.12.1.1"}]}}
EVERYTHING = (
    *(item(kind, required=True) for kind in ("boolean", "string", "text", "integer", "decimal", "date", "dateTime", "time", "url", "attachment")),
    item("choice", answerOption=COLOURS),
    {**item("choice", answerOption=COLOURS, extension=[control("autocomplete")]), "linkId": "found", "text": "A colour to find"},
    {**item("open-choice", answerOption=COLOURS, repeats=True), "linkId": "own", "text": "Any colours"},
    {"linkId": "rows", "text": "Earlier treatments", "type": "group", "repeats": True, "item": [{**item("string"), "linkId": "drug", "text": "Drug"}]},
    item("quantity"),
    item("reference", extension=[{"url": f"{SDC}lookupQuestionnaire", "valueCanonical": LOOKED}]),
    {**item("boolean", extension=[PROBLEMS, DRAWING, SEALED]), "linkId": "beside", "text": "With all that may stand beside it"},
)


def violations(window: Any) -> list[str]:
    """What axe-core finds against WCAG 2.2 A and AA and its good practices, and in the dark against contrast, where alone it differs.

    The script is injected past the page's policy.
    """
    if not (DIST / "axe.js").is_file():
        pytest.skip("axe-core is not built here: an installed wheel does not bring it (python questionnaires/engine/build.py)")
    window.page.wait_for_load_state()
    window.page.context.new_cdp_session(window.page).send("Page.setBypassCSP", {"enabled": True})
    window.page.evaluate((DIST / "axe.js").read_text("utf-8") + "; 0")
    before = "dark" if window.page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches") else "light"
    found: list[str] = []
    for scheme, only in (("light", STANDARDS), ("dark", ["color-contrast"])):
        window.page.emulate_media(color_scheme=scheme)
        told = window.page.evaluate("only => axe.run({ runOnly: only })", only)["violations"]
        found += [f"{scheme}: {each['id']}: {node['html'][:160]} {node['failureSummary'][:200]}" for each in told for node in each["nodes"]]
    window.page.emulate_media(color_scheme=before)
    return found


def test_the_journey_has_no_accessibility_fault(opened: Any) -> None:
    _, window = opened("Teodric Amble")
    window.type("Lowest oxygen saturation", "88")
    assert violations(window) == []
    window.press("Review")
    window.page.wait_for_selector(".review")
    assert violations(window) == []
    window.press("Finish and send")
    window.page.wait_for_selector(".decision")
    assert violations(window) == []


def test_every_type_of_question_has_no_accessibility_fault_filled_or_wrong(fresh: Any) -> None:
    _, window, _ = fresh(*EVERYTHING)
    assert violations(window) == []
    window.page.locator("summary", has_text="Problems on record").click()
    window.page.wait_for_selector(".context li")
    window.type("Give a integer", "many")
    window.press("Review")
    window.says("things need you", at=".wrongs[role=alert] p")
    assert violations(window) == []


def test_the_choosing_of_what_to_document_has_no_accessibility_fault(opened: Any) -> None:
    clinic, first = opened("Ilsabet Crane")
    first.saved()
    _, window = opened("Ilsabet Crane", clinic_=clinic)
    window.says("Go on where you were")
    assert violations(window) == []


def test_what_comes_after_a_form_has_no_accessibility_fault(opened: Any) -> None:
    """A number, the objection to it, and documents to choose."""
    clinic, window = opened("Ilse Varga", unasked=True)
    authorize_at_the_last_question(window)
    window.page.locator("summary", has_text="This number is not valid").click()
    expect(window.page.get_by_role("button", name="Mark as not valid")).to_be_visible()
    assert violations(window) == []
    window.press("Mark as not valid")
    window.page.wait_for_selector(".objection")
    assert violations(window) == []
    _, scans = opened("Ilsabet Crane", clinic_=clinic)
    scans.press("Review")
    scans.page.locator("summary", has_text="Documents to send along").click()
    scans.page.wait_for_selector(".documents .option")
    assert violations(scans) == []
    scans.press("Finish and send")
    scans.page.wait_for_selector(".decision")
    assert violations(scans) == []


def test_the_whole_journey_by_keyboard_alone(opened: Any) -> None:
    _, window = opened("Teodric Amble")
    keys = window.page.keyboard

    title = window.page.locator("h1")
    expect(title).to_be_focused()
    window.tab_until(ASKED, "dependent edema")
    keys.press("ArrowDown")
    expect(window.question("dependent edema").get_by_label("No", exact=True)).to_be_checked()
    window.tab_until(ASKED, "pulmonary hypertension")
    keys.press("Space")
    expect(window.question("pulmonary hypertension").get_by_label("Yes", exact=True)).to_be_checked()
    keys.press("Control+Enter")
    expect(window.page.locator(":focus")).to_have_text("Review")  # nothing required is left, so this is the next
    keys.press("Enter")
    window.page.wait_for_selector(".review")
    expect(title).to_be_focused()
    window.tab_to("Finish and send")
    keys.press("Enter")
    window.says("Authorized", at=".decision")


def test_control_enter_goes_to_each_open_question_in_turn(fresh: Any) -> None:
    _, window, _ = fresh(*(item(kind, required=True) for kind in ("string", "integer", "boolean")))
    for kind, words in (("string", "x"), ("integer", "4")):
        window.page.keyboard.press("Control+Enter")
        expect(window.page.locator(".question:focus-within .label")).to_contain_text(f"Give a {kind}")
        window.page.keyboard.type(words)
    left = window.page.locator(".left")
    expect(left).to_have_text("2 of 3 left")  # the last one is read when it is left
    window.page.keyboard.press("Control+Enter")
    expect(left).to_have_text("1 of 3 left")


def narrows(window: Any) -> None:
    """WCAG 1.4.10: reflow at 320 CSS pixels."""
    for width in (320, 480):
        window.page.set_viewport_size({"width": width, "height": 640})
        window.until(lambda width=width: window.page.evaluate("innerWidth") == width, f"the page is {width} pixels wide")
        assert window.page.evaluate("document.documentElement.scrollWidth") <= width


def test_nothing_has_to_be_scrolled_sideways_on_a_narrow_screen(fresh: Any) -> None:
    _, window, _ = fresh(*EVERYTHING)
    narrows(window)


def test_the_review_is_not_wider_than_a_narrow_screen(opened: Any) -> None:
    _, window = opened("Ilsabet Crane", width=320, height=640)
    narrows(window)
    window.press("Review")
    window.page.wait_for_selector(".review")
    narrows(window)


def test_everything_that_is_pressed_is_large_enough_to_press(opened: Any) -> None:
    """WCAG 2.5.8: 24 by 24 CSS pixels."""
    _, window = opened("Teodric Amble", width=320, height=640)
    small = window.page.evaluate(
        "[...document.querySelectorAll('button, summary, .option, input:not([type=radio]):not([type=checkbox]), select')].filter((e) => e.checkVisibility())"
        ".map((e) => [e.outerHTML.slice(0, 80), e.getBoundingClientRect()]).filter(([, r]) => r.width < 24 || r.height < 24).map(([h]) => h)"
    )
    assert small == []


def test_on_paper_there_is_nothing_to_press(opened: Any) -> None:
    _, window = opened("Teodric Amble")
    window.press("Review")
    window.page.wait_for_selector(".review")
    window.page.emulate_media(media="print")
    expect(window.page.locator("button:visible")).to_have_count(0)
    window.says("89 %", at=".answers")
