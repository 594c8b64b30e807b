"""For everybody: by keyboard alone, with a screen reader's tree, in light and dark, on a narrow screen, on paper."""

from __future__ import annotations

from typing import Any

import pytest

from questionnaires.cql import DIST
from tests.browser.any_payer import SDC
from tests.browser.test_app_adaptive import authorize_at_the_last_question
from tests.browser.test_app_beside import LOOKED, PIXEL, context
from tests.browser.test_app_every_type import COLOURS, HL7, control, item

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
    """What axe-core finds against WCAG 2.2 A and AA and its good practices; in the dark against contrast, where alone it differs.

    The script is injected past the page's policy.
    """
    if not (DIST / "axe.js").is_file():
        pytest.skip("axe-core is not built here: an installed wheel does not bring it (python questionnaires/engine/build.py)")
    window.page.context.new_cdp_session(window.page).send("Page.setBypassCSP", {"enabled": True})
    window.page.evaluate((DIST / "axe.js").read_text("utf-8") + "; 0")
    dark = window.page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches")
    found = window.page.evaluate("only => axe.run({ runOnly: only })", ["color-contrast"] if dark else STANDARDS)
    return [f"{each['id']}: {node['html'][:160]} {node['failureSummary'][:200]}" for each in found["violations"] for node in each["nodes"]]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_journey_has_no_accessibility_fault(opened: Any, scheme: str) -> None:
    _, window = opened("Teodric Amble", scheme=scheme)
    window.type("Lowest oxygen saturation", "88")
    assert violations(window) == []
    window.press("Review")
    window.page.wait_for_selector(".review")
    assert violations(window) == []
    window.press("Finish and send")
    window.page.wait_for_selector(".decision")
    assert violations(window) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_type_of_question_has_no_accessibility_fault_filled_or_wrong(opened: Any, any_form: Any, scheme: str) -> None:
    _, window = opened("Teodric Amble", payer_base=any_form(*EVERYTHING), ask=False, scheme=scheme)
    assert violations(window) == []
    window.page.locator("summary", has_text="Problems on record").click()
    window.page.wait_for_selector(".context li")
    window.type("Give a integer", "many")
    window.press("Review")
    assert violations(window) == []


def test_the_choosing_of_what_to_document_has_no_accessibility_fault(opened: Any) -> None:
    clinic, first = opened("Ilsabet Crane")
    first.saved()
    _, window = opened("Ilsabet Crane", clinic_=clinic)
    assert "Go on where you were" in window.text()
    assert violations(window) == []


def test_what_comes_after_a_form_has_no_accessibility_fault(opened: Any) -> None:
    """A number, the objection to it, and documents to choose."""
    clinic, window = opened("Ilse Varga", unasked=True)
    authorize_at_the_last_question(window)
    window.page.locator("summary", has_text="This number is not valid").click()
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

    def focused() -> str:
        return str(window.page.evaluate("(document.activeElement.closest('.question') ?? document.activeElement).innerText"))

    def tab_to(words: str, most: int = 60) -> None:
        for _ in range(most):
            if words in focused():
                return
            keys.press("Tab")
        raise AssertionError(f"Tab does not reach '{words}'; it is at: {focused()}")

    assert window.page.evaluate("document.activeElement.tagName") == "H1"
    tab_to("dependent edema")
    keys.press("ArrowDown")
    edema = window.question("dependent edema")
    assert edema.get_by_label("No", exact=True).is_checked()
    tab_to("pulmonary hypertension")
    keys.press("Space")
    assert window.question("pulmonary hypertension").get_by_label("Yes", exact=True).is_checked()
    keys.press("Control+Enter")
    assert focused() == "Review", "nothing required is left, so the next is the review"
    keys.press("Enter")
    window.page.wait_for_selector(".review")
    assert window.page.evaluate("document.activeElement.tagName") == "H1"
    tab_to("Finish and send")
    keys.press("Enter")
    window.page.wait_for_selector(".decision")
    assert "Authorized" in window.text()


def test_control_enter_goes_to_each_open_question_in_turn(fresh: Any) -> None:
    _, window, _ = fresh(*(item(kind, required=True) for kind in ("string", "integer", "boolean")))
    for kind, words in (("string", "x"), ("integer", "4")):
        window.page.keyboard.press("Control+Enter")
        assert window.page.evaluate("document.activeElement.closest('.question').querySelector('.label').innerText").startswith(f"Give a {kind}")
        window.page.keyboard.type(words)
    assert window.text(".left") == "2 of 3 left", "the last one is read when it is left"
    window.page.keyboard.press("Control+Enter")
    assert window.text(".left") == "1 of 3 left"


@pytest.mark.parametrize("width", [320, 480])
def test_nothing_has_to_be_scrolled_sideways_on_a_narrow_screen(opened: Any, any_form: Any, width: int) -> None:
    """WCAG 1.4.10: reflow at 320 CSS pixels."""
    _, window = opened("Teodric Amble", payer_base=any_form(*EVERYTHING), ask=False, width=width, height=640)
    assert window.page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("width", [320, 480])
def test_the_review_is_not_wider_than_a_narrow_screen(opened: Any, width: int) -> None:
    _, window = opened("Ilsabet Crane", width=width, height=640)
    assert window.page.evaluate("document.documentElement.scrollWidth") <= width
    window.press("Review")
    window.page.wait_for_selector(".review")
    assert window.page.evaluate("document.documentElement.scrollWidth") <= width


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
    assert [each for each in window.page.get_by_role("button").all() if each.is_visible()] == []
    assert "89 %" in window.text(".answers")
