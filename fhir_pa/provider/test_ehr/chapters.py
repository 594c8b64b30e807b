"""Which step of which guide an HTTP exchange is, in a word for the diagram and a sentence for somebody who sees it the first time.

The steps are told in ``chapters.toml``; the first one that fits an exchange is its own.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path

from fhir_pa.provider.test_ehr.journal import Exchange


@dataclass(frozen=True)
class Chapter:
    """``guide`` is CRD, DTR, PAS or SMART; ``word`` and ``gist`` are short; ``page`` is where the guide tells of it."""

    guide: str
    word: str
    gist: str
    sentence: str
    page: str


@dataclass(frozen=True)
class _Sign:
    """How an exchange is known: who calls whom (none: anybody), by which method, which path, and what its body holds."""

    chapter: Chapter
    called: str
    path: re.Pattern[str]
    caller: str | None = None
    method: str = ""
    holds: bytes = b""

    def fits(self, exchange: Exchange) -> bool:
        call = exchange.call
        who = self.caller in (None, exchange.caller) and self.called == exchange.called
        how = self.method in ("", call.method) and self.path.search(call.url.partition("?")[0])
        return bool(who and how and self.holds in call.body)


def chapter_of(exchange: Exchange) -> Chapter:
    """The step this exchange is."""
    return next((sign.chapter for sign in _SIGNS if sign.fits(exchange)), UNKNOWN)


def _told() -> tuple[tuple[_Sign, ...], Chapter]:
    read = tomllib.loads((Path(__file__).parent / "chapters.toml").read_text("utf-8"))

    def chapter(entry: dict[str, str]) -> Chapter:
        return Chapter(entry["guide"], entry["word"], entry["gist"], entry["sentence"], read["pages"][entry["page"]])

    def sign(entry: dict[str, str]) -> _Sign:
        path, holds = re.compile(entry["path"]), entry.get("holds", "").encode()
        return _Sign(chapter(entry), entry["called"], path, entry.get("caller"), entry.get("method", ""), holds)

    return tuple(sign(entry) for entry in read["step"]), chapter(read["unknown"])


_SIGNS, UNKNOWN = _told()
