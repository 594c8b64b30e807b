"""The process that opens one PDF: it reads standard input, says each page's text as a line of JSON, and may use only so much.

It is run by its path, apart from the server, because a PDF is a program to its reader: whatever one makes of this process,
the server goes on. What it cannot read it says in one word, which ``pdf`` puts in words for people.
"""

from __future__ import annotations

import json
import resource
import sys
from collections.abc import Iterator
from contextlib import suppress
from io import BytesIO
from typing import Any

from pypdf import PdfReader
from pypdf.errors import LimitReachedError

MEMORY = 640 * 1024 * 1024  # bytes of address space
SECONDS = 10  # of computing
PAGES = 400
CHARACTERS = 400_000  # of all pages together

Line = dict[str, Any]


def limit() -> None:
    """Hold this process to its memory and time; it writes no file."""
    for kind, most in ((resource.RLIMIT_AS, MEMORY), (resource.RLIMIT_CPU, SECONDS), (resource.RLIMIT_FSIZE, 0), (resource.RLIMIT_CORE, 0)):
        with suppress(ValueError, OSError):  # a system that has no such limit; the server's own patience still ends it
            resource.setrlimit(kind, (most, most + 1 if most else 0))


def lines(body: bytes) -> Iterator[Line]:
    """Each page's text, and one word where not all of it is read: locked, broken, large or long."""
    try:
        reader = PdfReader(BytesIO(body), strict=False)
        if reader.is_encrypted and not reader.decrypt(""):
            yield {"stopped": "locked"}
        else:
            yield from _pages(reader)
    except (MemoryError, LimitReachedError):
        yield {"stopped": "large"}
    except Exception:  # whatever a broken file makes its reader stumble over
        yield {"stopped": "broken"}


def _pages(reader: PdfReader) -> Iterator[Line]:
    left = CHARACTERS
    for number, page in enumerate(reader.pages):
        if number == PAGES or left <= 0:
            yield {"stopped": "long"}
            return
        text = page.extract_text()
        yield {"page": text[:left].encode("utf-8", "replace").decode()}
        left -= len(text)
    if left < 0:
        yield {"stopped": "long"}


def main() -> None:
    """Read one PDF from standard input."""
    limit()
    for line in lines(sys.stdin.buffer.read()):
        print(json.dumps(line), flush=True)


if __name__ == "__main__":
    main()
