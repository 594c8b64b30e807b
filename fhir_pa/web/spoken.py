"""Pages in a language: the templates with one language's messages, and what people wrote put there with the language it is in."""

from __future__ import annotations

from datetime import date, datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from jinja2 import Environment
from markupsafe import Markup, escape

from fhir_pa.words.catalogue import catalogue
from fhir_pa.words.said import Said
from fhir_pa.words.templates import templates


@lru_cache
def pages(language: str) -> Environment:
    """The templates with this language's messages; ``figure`` writes a number as the language does."""
    return templates("fhir_pa.web", language)


def times(language: str, zone: str) -> dict[str, Any]:
    """``day`` and ``moment`` of what is written in ISO 8601, as of the plan's own clocks; ``left`` is how far away it is."""
    spoken, here = catalogue(language), ZoneInfo(zone)

    def day(written: str) -> str:
        return spoken.day(datetime.fromisoformat(written).astimezone(here).date() if "T" in written else date.fromisoformat(written))

    return {
        "day": day,
        "moment": lambda written: spoken.moment(datetime.fromisoformat(written), here),
        "left": lambda until, at: spoken.left(datetime.fromisoformat(until), datetime.fromisoformat(at)),
    }


class Teller:
    """Puts a text with its language on the page; ``in_english`` becomes true with the first that is not in the page's own."""

    def __init__(self, language: str) -> None:
        self._language = language
        self.in_english = False

    def tell(self, said: Said) -> Markup:
        """The text, marked with its language where that is another than the page's."""
        if said.language == self._language:
            return escape(said.text)
        self.in_english = True
        return Markup('<span lang="{}">{}</span>').format(said.language, said.text)

    def __call__(self, said: dict[str, str]) -> Markup:
        """The same, of a text as the JSON has it."""
        return self.tell(Said(said["text"], said["language"]))
