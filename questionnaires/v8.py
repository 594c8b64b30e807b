"""One warm V8 in this process: load a script once, then ask its functions in turn, within bounds of time and memory."""

from __future__ import annotations

import asyncio
import json
import threading
import weakref
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from py_mini_racer import JSOOMException, MiniRacer

from ig_profiles.json import dump

_ASK = """
(() => {{
  const found = (value) => (globalThis.answer = JSON.stringify({{ found: value ?? null }}));
  const thrown = (error) => (globalThis.answer = JSON.stringify({{ thrown: String(error) }}));
  globalThis.answer = null;
  try {{
    const told = {function}(JSON.parse(question));
    if (typeof told?.then !== "function") return found(told);
    told.then(found, thrown);
  }} catch (error) {{ return thrown(error); }}
}})()"""


class Stopped(Exception):
    """The script did not answer: it ran out of time or memory, and its V8 was thrown away."""


class Thrown(Exception):
    """The script's own error. Its words may hold what it was asked about: show them only where that may be shown."""


class V8:
    """Asks functions of a script, one caller at a time; started by the first question, and again after a stop.

    ``script`` brings the JavaScript text when it is needed; ``seconds`` and ``memory`` (bytes) bound one question.
    Ask first after a fork, never before: V8's threads do not follow into the child.
    """

    def __init__(self, script: Callable[[], str], seconds: float, memory: int) -> None:
        self._script, self._seconds, self._memory = script, seconds, memory
        self._lock = threading.Lock()
        self._racer: MiniRacer | None = None
        self._globals: Any = None
        self._loop: asyncio.AbstractEventLoop
        self._end: Callable[[], Any] = lambda: None

    def ask(self, function: str, question: Any) -> Any:
        """What the function, which takes one JSON value, returns or promises; numbers come as Decimal.

        Raises Stopped, or Thrown with the script's own words.
        """
        try:
            text = dump(question).decode()
        except TypeError as error:  # a lone surrogate, a number out of range
            raise Thrown(f"the question has no JSON form: {error}") from None
        with self._lock:
            racer = self._racer or self._start()
            self._globals["question"] = text
            try:
                answer = asyncio.run_coroutine_threadsafe(self._answer(racer, _ASK.format(function=function)), self._loop).result()
            except TimeoutError:
                self._discard()
                raise Stopped(f"no answer within {self._seconds:g} s") from None
            except JSOOMException:
                answer = None
            if not isinstance(answer, str):
                self._discard()
                raise Stopped(f"more than {self._memory // 1_000_000} MB of memory needed")
        told = json.loads(answer, parse_float=Decimal, parse_int=Decimal)
        if "thrown" in told:
            raise Thrown(told["thrown"])
        return told["found"]

    async def _answer(self, racer: MiniRacer, asking: str) -> Any:
        """What is told at once, else what stands in ``answer`` later: V8 settles the promises of one script before it begins the next."""
        async with asyncio.timeout(self._seconds):
            told = await racer.eval_cancelable(asking)
            return told if isinstance(told, str) else await racer.eval_cancelable("answer")

    def close(self) -> None:
        """Give the memory back; the next question starts anew. Also done when this V8 is no longer used, or the process ends."""
        with self._lock:
            self._discard()

    def _discard(self) -> None:
        if self._racer is not None:
            self._racer = self._globals = None
            self._end()

    def _start(self) -> MiniRacer:
        """A fresh V8 on an event loop of ours, which outlives it: V8 may still report a stopped call while it closes."""
        script = self._script()
        loop = asyncio.new_event_loop()
        threading.Thread(target=_turn, args=(loop,), name="v8", daemon=True).start()
        racer = asyncio.run_coroutine_threadsafe(_racer(), loop).result()
        self._end = weakref.finalize(self, _end, racer, loop)
        racer.set_hard_memory_limit(self._memory)
        racer.eval(script)
        self._racer, self._globals, self._loop = racer, racer.eval("globalThis"), loop
        return racer


async def _racer() -> MiniRacer:
    return MiniRacer()


def _turn(loop: asyncio.AbstractEventLoop) -> None:
    loop.run_forever()
    loop.close()


def _end(racer: MiniRacer, loop: asyncio.AbstractEventLoop) -> None:
    racer.close()
    loop.call_soon_threadsafe(loop.stop)
