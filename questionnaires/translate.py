"""CQL text -> ELM, with the published translator inside V8: no Node, no network; used when a policy is checked or shipped."""

from __future__ import annotations

import json
from dataclasses import dataclass

from ig_profiles.json import dump
from ig_profiles.outcome import Issue, Unprocessable
from ig_profiles.reading import Json
from questionnaires.cql import dist
from questionnaires.v8 import V8, Stopped, Thrown


@dataclass(frozen=True)
class Mistake:
    """One thing the translator does not accept; line and column count from 1, None when it names no place."""

    line: int | None
    column: int | None
    words: str

    def __str__(self) -> str:
        place = f"line {self.line}, column {self.column}: " if self.line else ""
        return f"{place}{self.words}"


class CqlMistakes(Unprocessable):
    """The CQL text does not translate; ``mistakes`` has each, in the order of the text."""

    def __init__(self, mistakes: tuple[Mistake, ...]) -> None:
        self.mistakes = mistakes
        super().__init__(*(Issue(str(mistake), "invalid") for mistake in mistakes))


class Translator:
    """Translates libraries that use FHIR 4.0.1 and may include FHIRHelpers 4.0.1; warm after the first (about 1.5 s)."""

    def __init__(self, seconds: float = 60.0, memory: int = 1_000_000_000) -> None:
        self._v8 = V8(lambda: dist("translate.js"), seconds, memory)

    def translate(self, cql: str) -> Json:
        """The library's ELM, as ``{"library": {…}}``: without annotations and locators, with overload signatures.

        Lists are neither promoted nor demoted. A warning is a mistake too, because what it warns of fails when run
        (dtr.md §4.4). Raises CqlMistakes, and Unavailable when the engine was never built.
        """
        try:
            told = self._v8.ask("CqlTranslate.translate", {"cql": cql})
        except (Stopped, Thrown) as error:
            raise CqlMistakes((Mistake(None, None, f"The translator gave up ({error}). Look for a construct it does not know."),)) from None
        rows = [row for row in told["mistakes"] if row["severity"] in ("error", "warning")]
        if rows:
            mistakes = (Mistake(_whole(row["line"]), _whole(row["column"]), row["words"]) for row in rows)
            raise CqlMistakes(tuple(sorted(mistakes, key=lambda mistake: (mistake.line or 0, mistake.column or 0))))
        elm: Json = json.loads(dump(told["elm"]))
        return elm

    def close(self) -> None:
        """Give the translator's memory back."""
        self._v8.close()


_SHARED = Translator()


def translate(cql: str) -> Json:
    """The library's ELM, from one translator that this process keeps warm; see ``Translator.translate``."""
    return _SHARED.translate(cql)


def _whole(number: object) -> int | None:
    return None if number is None else int(str(number))
