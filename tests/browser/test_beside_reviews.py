"""The pages beside reviews in a real browser: a clerk records an admission, finds it on the list, and no page has an accessibility fault."""

from __future__ import annotations

import re
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from tests.browser.desk import served
from tests.browser.test_app_access import violations
from tests.browser.window import Windows, expect
from tests.stories.parties import CLERK, Lent
from tests.stories.test_desk_beside import ADMISSION

LISTS = ("/desk/admissions", "/desk/demands", "/desk/follow-ups")


def test_a_clerk_records_an_admission_and_every_page_beside_reviews_can_be_used_by_all(
    chromium: Any, windows: Windows, serving: ExitStack, lent: Lent, tmp_path: Path
) -> None:
    here, window = serving.enter_context(served(tmp_path, lent)), windows()
    window.expect("the server responded with a status of 4")  # a form that was refused is told on its page
    here.sign_in(window, CLERK)
    page = window.page
    page.get_by_role("link", name="Beside reviews").click()
    page.get_by_role("link", name="Record an admission").click()
    window.press("Open the case")
    window.says("Give the facility's NPI")
    assert violations(window) == []
    for name, value in ADMISSION.items():
        page.locator(f"[name={name}]").fill(value)
    window.press("Open the case")
    window.says("The admission is on file", "lactate 4.2 mmol/L")
    assert violations(window) == []
    page.get_by_role("link", name="Follow-ups").click()
    expect(page.get_by_label("Case", exact=True)).to_have_value(re.compile("^PA"))
    page.get_by_text("Open a follow-up").click()
    page.get_by_label("Discharge planning").check()
    page.get_by_label("Why it is needed").fill("No place is found for Friday.")
    window.press("Open it")
    window.says("The follow-up is open", "No place is found for Friday.")
    assert violations(window) == []
    page.set_viewport_size({"width": 360, "height": 800})
    for path in LISTS:
        page.goto(f"{here.url}{path}")
        assert violations(window) == []
        assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"), f"{path} is wider than a phone"
    window.was_quiet()
