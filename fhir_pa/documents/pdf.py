"""The text of a PDF, page by page: read in a process of its own that is held to its time and memory, and kept for the next who asks.

A PDF that is locked, broken, huge or made to do harm costs a bounded time and gives a sentence, never a failure.
"""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import threading
import time
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from ig_profiles.reading import Json

MAX_BYTES = 10 * 1024 * 1024
SECONDS = 12.0  # for one document, and the longest anybody waits for all documents of one question
AT_ONCE = 2  # documents being opened at one time
KEPT = 32  # documents whose text is kept at hand
_CHILD = Path(__file__).with_name("pdf_child.py")
_OPEN_IT = "Open the document itself."

WHY = {
    "locked": f"It is locked with a password, so none of it was read. Ask the sender for an unlocked copy. {_OPEN_IT}",
    "broken": f"It is damaged, so not all of it was read. {_OPEN_IT}",
    "large": f"It unpacks to more than is read here. {_OPEN_IT}",
    "long": f"It is long, and only its first pages were read. {_OPEN_IT}",
    "slow": f"Reading it took too long and was stopped. {_OPEN_IT}",
    "wordless": f"No page bears words; it may be a picture of paper, such as a scan or a fax. {_OPEN_IT}",
    "busy": "Other documents are being read just now, so this one was not. Ask again in a moment.",
}


@dataclass(frozen=True)
class PdfText:
    """The text of each page that was read, in order, and in ``note`` why it is not all there, if it is not."""

    pages: tuple[str, ...] = ()
    note: str = ""


class Patience:
    """How long one who asks waits for PDFs, all of them together."""

    def __init__(self, seconds: float = SECONDS) -> None:
        self._until = time.monotonic() + seconds

    @property
    def left(self) -> float:
        """Seconds."""
        return max(0.0, self._until - time.monotonic())


class _Shelf:
    """The texts read last, by the fingerprint of their document."""

    def __init__(self) -> None:
        self._texts: OrderedDict[str, PdfText] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, name: str) -> PdfText | None:
        with self._lock:
            if name in self._texts:
                self._texts.move_to_end(name)
            return self._texts.get(name)

    def put(self, name: str, text: PdfText) -> None:
        with self._lock:
            self._texts[name] = text
            while len(self._texts) > KEPT:
                self._texts.popitem(last=False)


_shelf = _Shelf()
_turns = threading.BoundedSemaphore(AT_ONCE)


def is_pdf(body: bytes) -> bool:
    """Whether these bytes begin as a PDF does."""
    return b"%PDF-" in body[:1024]


def read(body: bytes, patience: Patience) -> PdfText:
    """Its text, as far as it can be read in that time."""
    if len(body) > MAX_BYTES:
        return PdfText(note=WHY["large"])
    name = sha256(body).hexdigest()
    known = _shelf.get(name)
    if known is not None:
        return known
    if not _turns.acquire(timeout=patience.left):
        return PdfText(note=WHY["busy"])
    try:
        if patience.left <= 0:
            return PdfText(note=WHY["busy"])
        had_all_its_time = patience.left > SECONDS / 2
        found, finished = _opened(body, patience.left)
    finally:
        _turns.release()
    if finished or had_all_its_time:
        _shelf.put(name, found)
    return found


def _opened(body: bytes, seconds: float) -> tuple[PdfText, bool]:
    """What the other process says of it, and whether it came to an end by itself; nothing of the server's surroundings goes along."""
    command = [sys.executable, "-I", str(_CHILD)]
    try:
        done = subprocess.run(command, input=body, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=seconds, env={}, check=False)
    except subprocess.TimeoutExpired as stopped:
        return _text(stopped.stdout or b"", "slow"), False
    ended = {0: "", -signal.SIGXCPU: "slow", -signal.SIGKILL: "slow"}.get(done.returncode, "broken")
    return _text(done.stdout, ended), True


def _text(said: bytes, stopped: str) -> PdfText:
    pages: list[str] = []
    for line in _lines(said):
        stopped = line.get("stopped", stopped)
        if "page" in line:
            pages.append(line["page"])
    if not stopped and not any(page.strip() for page in pages):
        stopped = "wordless"
    return PdfText(tuple(pages), WHY.get(stopped, ""))


def _lines(said: bytes) -> Iterator[Json]:
    """Its lines; the last may be cut off in the middle."""
    whole, _, _ = said.rpartition(b"\n")
    yield from (json.loads(line) for line in whole.splitlines() if line)
