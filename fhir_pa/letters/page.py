"""Page: a letter -> HTML that reads well on a screen and on paper; everything in it is escaped."""

from __future__ import annotations

from jinja2 import Environment, PackageLoader, StrictUndefined

from fhir_pa.um.letter import Letter, in_words

_TEMPLATES = Environment(loader=PackageLoader("fhir_pa.letters"), undefined=StrictUndefined, autoescape=True, trim_blocks=True, lstrip_blocks=True)


def html(letter: Letter) -> str:
    """The letter as one HTML page, complete in itself."""
    return _TEMPLATES.get_template(f"{letter.audience}.html.j2").render(letter=letter, said=in_words)


def inner(letter: Letter) -> str:
    """What stands in the letter between its head and its foot, to be shown inside another page under a heading of the second rank."""
    said = html(letter).partition("<main>")[2].partition("</main>")[0]
    for rank in (2, 1):
        said = said.replace(f"<h{rank}>", f"<h{rank + 2}>").replace(f"</h{rank}>", f"</h{rank + 2}>")
    return said
