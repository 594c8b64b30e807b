"""Page: a letter -> HTML that reads well on a screen and on paper, in the reader's language; everything in it is escaped."""

from __future__ import annotations

from functools import lru_cache

from jinja2 import Environment
from markupsafe import Markup, escape

from fhir_pa.um.telling.letter import Letter
from fhir_pa.words.catalogue import catalogue
from fhir_pa.words.said import Translated
from fhir_pa.words.templates import templates


def html(letter: Letter, translated: Translated | None = None) -> str:
    """The letter as one HTML page, complete in itself.

    ``translated`` knows what the policies say in the letter's language; what it does not know stands there as it was
    written, marked as English, and the letter says so.
    """
    known = translated or Translated(letter.language)
    written = _Written(letter.language, known)
    return _templates(letter.language).get_template(f"{letter.audience}.html.j2").render(letter=letter, tell=written.tell, written=written)


def inner(letter: Letter, translated: Translated | None = None) -> str:
    """What stands in the letter between its head and its foot, to be shown inside another page under a heading of the second rank."""
    said = html(letter, translated).partition("<main>")[2].partition("</main>")[0]
    for rank in (2, 1):
        said = said.replace(f"<h{rank}>", f"<h{rank + 2}>").replace(f"</h{rank}>", f"</h{rank + 2}>")
    return said


class _Written:
    """What was put on the page as it was written; ``in_english`` becomes true with the first text that had no translation."""

    def __init__(self, language: str, translated: Translated) -> None:
        self._language, self._translated = language, translated
        self.in_english = False

    def tell(self, english: str) -> Markup:
        said = self._translated(english)
        if said.language == self._language:
            return escape(said.text)
        self.in_english = True
        return Markup('<span lang="{}">{}</span>').format(said.language, said.text)


@lru_cache
def _templates(language: str) -> Environment:
    made = templates("fhir_pa.letters", language)
    made.policies["ext.i18n.trimmed"] = True
    made.globals.update(day=catalogue(language).day)
    return made
