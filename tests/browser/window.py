"""Browser windows as people use them: open from the chart, find questions by their words, wait for what the page says."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from typing import Any

import pytest

READY = ".progress, .notice, .choose, .alone"
PATIENCE = 60  # seconds a busy machine may take to show something; waiting ends as soon as it is there
CALLED = "words => { const at = document.activeElement; return (at.labels?.[0]?.innerText || at.innerText || '').trim().startsWith(words) }"
MATCHES = "selector => document.activeElement?.matches(selector)"


def expect(found: Any) -> Any:
    """Playwright's assertions on what is found in a page; each waits until it holds."""
    assertions = pytest.importorskip("playwright.sync_api").expect
    assertions.set_options(timeout=PATIENCE * 1000)
    return assertions(found)


class Window:
    """A page. What its console says until it closes, and every fault of a script, is kept: see ``was_quiet``."""

    def __init__(self, page: Any) -> None:
        self.page = page
        self.page.set_default_timeout(PATIENCE * 1000)
        self.said: list[str] = []
        self.expected: list[str] = []
        self._closed = False
        self.page.on("console", lambda message: self._hear(f"{message.type}: {message.text} ({message.location['url']})"))
        self.page.on("pageerror", lambda error: self._hear(f"fault: {error}"))

    def _hear(self, words: str) -> None:
        if not self._closed:
            self.said.append(words)

    def launch(self, ehr_url: str, patient: str) -> None:
        """From the EHR's list of orders into the app, until it has something to show."""
        self.page.goto(f"{ehr_url}/")
        self.page.locator("section", has_text=patient).get_by_role("button").click()
        self.page.wait_for_selector(READY)
        if self.page.locator(".alone").count():
            raise AssertionError(f"The app did not open: {self.text()}")

    def expect(self, *words: str) -> None:
        """Console messages with these words belong to the story, whenever they come."""
        self.expected += words

    def was_quiet(self) -> None:
        """No message of the console, no fault, no violation of the content security policy that the story does not expect."""
        strange = [each for each in self.said if not any(word in each for word in self.expected)]
        assert strange == [], "\n".join(strange)

    def question(self, words: str) -> Any:
        """The question with these words, wherever it stands."""
        return self.page.locator(".question", has=self.page.locator(".label, .asked", has_text=words)).first

    def change(self, words: str) -> Any:
        """The same, unfolded."""
        found = self.question(words)
        if found.get_attribute("data-folded") == "true":
            found.locator(":scope > .brief").get_by_role("button").click()
        return found

    def type(self, words: str, value: str) -> None:
        """Type an answer over what is there, and leave the field."""
        field = self.change(words).locator(":scope > .full .field input, :scope > .full .field textarea").first
        field.fill(value)
        field.blur()

    def pick(self, words: str, option: str) -> None:
        """Choose one of the options that can be seen."""
        self.change(words).get_by_label(option, exact=True).check()

    def text(self, selector: str = "main") -> str:
        """What is written there at this moment; ``says`` waits for it."""
        return str(self.page.inner_text(selector))

    def says(self, *words: str, at: str = "main") -> None:
        """Wait until all of these words can be read there."""
        for each in words:
            expect(self.page.locator(at).first).to_contain_text(each, use_inner_text=True)

    def press(self, name: str) -> None:
        """Press a button by its words."""
        self.page.get_by_role("button", name=re.compile(f"^{name}")).first.click()

    def saved(self) -> None:
        """Wait until the form is kept in the chart."""
        self.page.wait_for_selector(".saved:has-text('Saved in the chart')")

    def tab_to(self, words: str) -> None:
        """Press Tab until the focus is on what is called so."""
        self.tab_until(CALLED, words)

    def tab_into(self, selector: str) -> None:
        """Press Tab until the focus is on what this selector finds."""
        self.tab_until(MATCHES, selector)

    def tab_until(self, reached: str, wanted: str, most: int = 160) -> None:
        """Press Tab until this function of the page says that what is wanted has the focus."""
        self.page.wait_for_load_state()
        for _ in range(most):
            self.page.keyboard.press("Tab")
            if self.page.evaluate(reached, wanted):
                return
        raise AssertionError(f"Tab never reached '{wanted}'.")

    def until(self, holds: Callable[[], bool], what: str) -> None:
        """Wait until it holds, or fail naming it."""
        end = time.monotonic() + PATIENCE
        while not holds():
            assert time.monotonic() < end, f"Not in {PATIENCE} s: {what}. The page says: {self.text()[:500]}"
            self.page.wait_for_timeout(50)

    def close(self) -> None:
        """Close the window; what it says from now on is nobody's."""
        if self._closed:
            return
        if not self.page.is_closed():
            self.page.wait_for_load_state()
            self.page.locator("html").count()  # what it said before is heard by then
        self._closed = True
        self.page.close()


class Windows:
    """The windows of a test, each of its own context: cookies of one are unknown to the other."""

    def __init__(self, chromium: Any) -> None:
        self._chromium = chromium
        self._opened: list[Window] = []

    def __call__(self, scheme: str = "light", width: int = 1200, height: int = 900, **more: Any) -> Window:
        """Open one more, as it should look."""
        look = {"viewport": {"width": width, "height": height}, "color_scheme": scheme, "reduced_motion": "reduce"}
        return self.of(self._chromium.new_context(**look, **more).new_page())

    def of(self, page: Any) -> Window:
        """A window that a page of ours opened: it has the cookies of the one that opened it."""
        self._opened.append(Window(page))
        return self._opened[-1]

    def close(self) -> None:
        """Close them all; each must have stayed quiet until then."""
        for window in self._opened:
            window.close()
        for window in self._opened:
            window.page.context.close()
        for window in self._opened:
            window.was_quiet()
