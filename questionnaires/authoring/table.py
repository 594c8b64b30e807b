"""One TOML table being read: every key is asked for once, and everything odd about it becomes a mistake."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from questionnaires.authoring.mistakes import Mistake, perhaps, quoted

REQUIRED: Any = object()
_SENTENCE = "Write it in plain words, in quotes."
_MENDS = {
    "signed_by": 'Name the person who signs this edition, and the day: signed_by = "Ada Quill, MD, 2025-12-01".',
    "because": "Give the payer's reason in one sentence; it is what the provider and the member read.",
    "in_force_from": "Give the first day it counts, without quotes: in_force_from = 2026-01-01.",
    "version": 'Number the edition: version = "2026.1".',
    "source": "Name the coverage determination, guideline or study it rests on; owners and members may ask for it.",
}


class Table:
    """One TOML table being read: each key is taken once; keys nobody takes are mistakes."""

    def __init__(self, data: Any, file: str, key: str, mistakes: list[Mistake]) -> None:
        self.data: dict[str, Any] = dict(data) if isinstance(data, Mapping) else {}
        self.file, self.key, self.mistakes, self._taken = file, key, mistakes, list[str]()

    def wrong(self, what: str, mend: str, below: str = "") -> None:
        """Note a mistake here."""
        self.mistakes.append(Mistake(self.file, " › ".join(filter(None, (self.key, below))), what, mend))

    def take(self, key: str, kind: type | tuple[type, ...] = str, default: Any = REQUIRED) -> Any:
        """The value at the key when it is of this kind; else the default, and a mistake."""
        self._taken.append(key)
        if key not in self.data:
            if default is REQUIRED:
                self.wrong(f"has no '{key}'.", _MENDS.get(key, f"Add the line: {key} = …"))
            return None if default is REQUIRED else default
        value = self.data[key]
        kinds = kind if isinstance(kind, tuple) else (kind,)
        if not isinstance(value, kinds) or (isinstance(value, bool) and bool not in kinds) or value == "":
            wanted = {str: "text in quotes", date: "a date like 2026-01-01", int: "a whole number", list: "a list in brackets", dict: "a table"}
            word = wanted.get(kinds[0], "true or false")
            self.wrong(f"has {key} = {value!r}, which is not {word}.", f"Write {word}.")
            return None if default is REQUIRED else default
        return value

    def choice(self, key: str, allowed: tuple[str, ...], default: Any = REQUIRED) -> Any:
        """The word at the key when it is one of those allowed."""
        value = self.take(key, str, default)
        if value is not None and key in self.data and value not in allowed:
            self.wrong(f"has {key} = {value!r}.", f"{perhaps(value, allowed)}Choose one of {quoted(allowed)}.")
            return None
        return value

    def words(self, key: str, allowed: tuple[str, ...] = ()) -> tuple[str, ...]:
        """A list of words, each one of those allowed when any are named."""
        found = tuple(self.take(key, list, []) or ())
        for word in found:
            if not isinstance(word, str) or (allowed and word not in allowed):
                choice = f"Choose from {quoted(allowed)}." if allowed else _SENTENCE
                self.wrong(f"has {word!r} in {key}.", f"{perhaps(str(word), allowed)}{choice}")
        return tuple(word for word in found if isinstance(word, str))

    def pass_over(self, key: str) -> None:
        """Leave the key to a mistake that was noted otherwise."""
        self._taken.append(key)

    def finish(self) -> None:
        """Every key that was not asked for is unknown."""
        for key in self.data:
            if key not in self._taken:
                self.wrong(f"has a key '{key}' that means nothing.", f"{perhaps(key, self._taken)}The keys here are {quoted(self._taken)}.")
