"""One browser window as a clinician uses it: open from the chart, find questions by their words, read what the page says."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from typing import Any

READY = ".progress, .notice, .choose, .alone"


class Window:
    """A page of its own context. What the console says, and every fault of a script, is kept: see ``was_quiet``."""

    def __init__(self, chromium: Any, scheme: str = "light", width: int = 1200, height: int = 900) -> None:
        self._context = chromium.new_context(viewport={"width": width, "height": height}, color_scheme=scheme, reduced_motion="reduce")
        self._watch(self._context.new_page())

    @classmethod
    def of(cls, page: Any) -> Window:
        """A window that a page of ours opened; it closes with the one that opened it."""
        made = cls.__new__(cls)
        made._context = page.context
        made._watch(page)
        return made

    def _watch(self, page: Any) -> None:
        self.page = page
        self.page.set_default_timeout(20_000)
        self.said: list[str] = []
        self.expected: list[str] = []
        self.page.on("console", lambda message: self.said.append(f"{message.type}: {message.text}"))
        self.page.on("pageerror", lambda error: self.said.append(f"fault: {error}"))

    def launch(self, ehr_url: str, patient: str) -> None:
        """From the EHR's list of orders into the app, until it has something to show."""
        self.page.goto(f"{ehr_url}/")
        self.page.locator("section", has_text=patient).get_by_role("button").click()
        self.page.wait_for_selector(READY)
        if self.page.locator(".alone").count():
            raise AssertionError(f"The app did not open: {self.text()}")

    def expect(self, *words: str) -> None:
        """Console messages with these words belong to the story."""
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
        """What is written there."""
        return str(self.page.inner_text(selector))

    def press(self, name: str) -> None:
        """Press a button by its words."""
        self.page.get_by_role("button", name=re.compile(f"^{name}")).first.click()

    def saved(self) -> None:
        """Wait until the form is kept in the chart."""
        self.page.wait_for_selector(".saved:has-text('Saved in the chart')")

    def until(self, holds: Callable[[], bool], what: str, seconds: float = 10) -> None:
        """Wait until it holds, or fail naming it."""
        end = time.monotonic() + seconds
        while not holds():
            assert time.monotonic() < end, f"Not in {seconds:g} s: {what}. The page says: {self.text()[:500]}"
            self.page.wait_for_timeout(50)

    def close(self) -> None:
        """Close the window and forget its cookies."""
        self._context.close()


Windows = Callable[..., Window]  # opens one more window, as it should look
