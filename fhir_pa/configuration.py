"""Read the tables of a configuration file by type, and keep every mistake until all are found.

A payer who mends one mistake and is told of the next has been told too little; so reading goes on with a harmless
value after each mistake, and ``Mistakes.stop_if_any`` raises them together.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from difflib import get_close_matches
from typing import Any
from urllib.parse import urlsplit

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True)
class Mistake:
    """One thing to put right in the configuration: where it stands, what is wrong (the rest of that sentence), how to mend it."""

    where: str
    what: str
    mend: str

    def __str__(self) -> str:
        return f"{self.where} {self.what} {self.mend}"


class Misconfigured(Exception):
    """The configuration cannot be used; ``mistakes`` names every reason found."""

    def __init__(self, mistakes: Iterable[Mistake]) -> None:
        self.mistakes = tuple(mistakes)
        super().__init__("\n".join(str(mistake) for mistake in self.mistakes))


@dataclass
class Mistakes:
    """The mistakes found so far."""

    found: list[Mistake] = field(default_factory=list)

    def add(self, where: str, what: str, mend: str) -> None:
        """Keep one more."""
        self.found.append(Mistake(where, what, mend))

    def stop_if_any(self) -> None:
        """Raises Misconfigured when there is anything to put right."""
        if self.found:
            raise Misconfigured(self.found)


class Table:
    """One table under reading. Each method takes a key out, checks its type, and reports to ``mistakes``; ``close``
    reports the keys nobody asked for, because a key spelled wrongly would otherwise be silently without effect."""

    def __init__(self, values: Any, where: str, mistakes: Mistakes) -> None:
        self.where = where
        self.mistakes = mistakes
        self._asked: set[str] = set()
        self._values: dict[str, Any] = values if isinstance(values, dict) else {}
        if not isinstance(values, dict):
            mistakes.add(where, "is not a table.", f"Write it as a table, [{where}] or {{ key = value }}.")

    def text(self, key: str, required: bool = False, default: str = "") -> str:
        """A string, trimmed; ``default`` when it is absent."""
        value = self._take(key, str, "a text in quotes", required)
        return value.strip() if value is not None else default

    def url(self, key: str, required: bool = False) -> str:
        """An absolute URL without a trailing slash: https, or http on loopback only; empty when absent."""
        value = self.text(key, required)
        return self._checked_url(key, value) if value else ""

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of strings; empty when absent."""
        values = self._take(key, list, 'a list such as ["one", "two"]') or []
        if not all(isinstance(value, str) and value.strip() for value in values):
            self.wrong(key, "holds something other than texts.", 'Write every entry in quotes, e.g. ["one", "two"].')
        return tuple(value.strip() for value in values if isinstance(value, str) and value.strip())

    def urls(self, key: str) -> tuple[str, ...]:
        """A list of absolute URLs, each checked as by ``url`` but kept as written (they serve as prefixes)."""
        values = self.texts(key)
        for value in values:
            self._checked_url(key, value)
        return values

    def flag(self, key: str, default: bool) -> bool:
        """true or false; ``default`` when it is absent."""
        value = self._take(key, bool, "true or false, without quotes")
        return default if value is None else bool(value)

    def day(self, key: str, required: bool = False) -> date | None:
        """A TOML date, written without quotes."""
        value = self._take(key, date, "a date without quotes, e.g. 2026-01-01", required)
        return value.date() if isinstance(value, datetime) else value

    def one_of(self, key: str, allowed: Iterable[str], required: bool = False) -> str:
        """A string that must be one of the allowed words; empty when absent or wrong."""
        value = self.text(key, required)
        return value if not value or self._allowed(key, value, allowed) else ""

    def some_of(self, key: str, allowed: Iterable[str]) -> tuple[str, ...]:
        """A list whose every word must be allowed; wrong words are left out."""
        words = tuple(allowed)
        return tuple(value for value in self.texts(key) if self._allowed(key, value, words))

    def table(self, key: str) -> Table | None:
        """A table inside this one, or None."""
        value = self._take(key, dict, "a table such as { number = \"…\" }")
        return Table(value, f"{self.where} {key}", self.mistakes) if value is not None else None

    def raw(self, key: str) -> Any:
        """The value as it stands, for a reader with its own checks."""
        self._asked.add(key)
        return self._values.get(key)

    def wrong(self, key: str, what: str, mend: str) -> None:
        """Report a mistake about one key of this table."""
        self.mistakes.add(f"{self.where} {key}", what, mend)

    def close(self) -> None:
        """Report every key that no reader asked for."""
        for key in self._values.keys() - self._asked:
            near = get_close_matches(key, self._asked, n=1)
            known = f"Did you mean '{near[0]}'?" if near else f"Remove it, or use one of: {', '.join(sorted(self._asked))}."
            self.wrong(key, "is not a setting this server knows.", known)

    def _take(self, key: str, kind: type, shape: str, required: bool = False) -> Any:
        self._asked.add(key)
        value = self._values.get(key)
        if value is None:
            if required:
                self.wrong(key, "is missing.", f"Add {key} as {shape}.")
            return None
        if not isinstance(value, kind) or (kind is not bool and isinstance(value, bool)):
            self.wrong(key, f"is {value!r}.", f"Write it as {shape}.")
            return None
        return value

    def _checked_url(self, key: str, value: str) -> str:
        problem = url_problem(value)
        if problem:
            self.wrong(key, f"is {value!r}: {problem}", "Write an absolute URL such as https://ehr.example/fhir (http only for 127.0.0.1).")
        return value.rstrip("/")

    def _allowed(self, key: str, value: str, allowed: Iterable[str]) -> bool:
        words = tuple(allowed)
        if value in words:
            return True
        self.wrong(key, f"is {value!r}.", f"Use one of: {', '.join(words)}.")
        return False


def url_problem(value: str) -> str | None:
    """Why this is not a URL we would call, as the end of a sentence; None when it is.

    >>> url_problem("http://ehr.example/fhir")
    'plain http leaves patient data readable on the way.'
    >>> url_problem("http://127.0.0.1:9090/fhir")
    """
    try:
        parts = urlsplit(value)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return "it cannot be read as a URL."
    if parts.scheme not in ("https", "http") or not host:
        return "it is not an absolute http or https URL."
    if parts.username or parts.password:
        return "it carries a user name or password."
    if parts.scheme == "http" and host not in LOOPBACK:
        return "plain http leaves patient data readable on the way."
    return None
