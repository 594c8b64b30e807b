"""Tell a scene step by step: what was asked, what was answered, how long it took, and whether it is what must be true."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from textwrap import wrap
from typing import Any

Say = Callable[[str], None]
TITLE, WIDTH = 116, 118


class Narrator:
    """Prints through ``say`` and counts what did not come out; ``failures`` holds one sentence for each."""

    def __init__(self, say: Say) -> None:
        self._say = say
        self._step = 0
        self.failures: list[str] = []
        self.times: list[tuple[str, float]] = []

    @contextmanager
    def scene(self, title: str) -> Iterator[None]:
        """One scene; whatever breaks it off is a failure, told and counted, and the next scene still plays."""
        self._say("")
        self._say(title)
        self._say("─" * len(title))
        self._step = 0
        try:
            yield
        except Exception as error:  # a scene may break off for any reason, and the person watching must hear it
            self.fail(f"{title.partition(':')[0]} broke off: {type(error).__name__}: {error}")

    def remark(self, words: str) -> None:
        """A line of its own, before or between the scenes."""
        self._say(words)

    def step(self, title: str, took_ms: float | None = None) -> None:
        """A new step; ``took_ms`` is the time of the call it made."""
        self._step += 1
        time = f"{took_ms:7.0f} ms" if took_ms is not None else ""
        self._say(f"{self._step:3}. {title:<{TITLE}}{time}".rstrip())
        if took_ms is not None:
            self.times.append((title, took_ms))

    def asked(self, words: str) -> None:
        """What was asked, in words."""
        self._tell("asked", words)

    def answered(self, words: str) -> None:
        """What was answered, in words."""
        self._tell("answered", words)

    def detail(self, words: str) -> None:
        """One more line of an answer."""
        self._tell("", words)

    def check(self, what: str, got: Any, expected: Any) -> None:
        """What must be equal."""
        self.require(what, got == expected, f"expected {expected!r}, got {got!r}")

    def require(self, what: str, holds: bool, otherwise: str) -> None:
        """What must hold; ``otherwise`` says expected and got."""
        if holds:
            self._say(f"       ✓ {what}")
        else:
            self.fail(f"{what}: {otherwise}")

    def fail(self, sentence: str) -> None:
        """Tell and count one thing that did not come out."""
        self.failures.append(sentence)
        self._say(f"       ✗ {sentence}")

    def conclude(self, remark: str) -> None:
        """The last line: how it all came out."""
        self._say("")
        if self.failures:
            self._say(f"{len(self.failures)} thing(s) did not come out:")
            for failure in self.failures:
                self._say(f"  ✗ {failure}")
        else:
            self._say(f"All scenes came out as they must; {remark}.")

    def _tell(self, part: str, words: str) -> None:
        first, *more = wrap(words, WIDTH) or [""]
        self._say(f"       {part:<10}{first}")
        for line in more:
            self._say(f"{'':17}  {line}")
