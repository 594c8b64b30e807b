"""Page: a letter -> HTML that reads well on a screen and on paper; everything in it is escaped."""

from __future__ import annotations

from jinja2 import Environment, PackageLoader, StrictUndefined

from fhir_pa.um.letter import Letter, in_words

_TEMPLATES = Environment(loader=PackageLoader("fhir_pa.letters"), undefined=StrictUndefined, autoescape=True, trim_blocks=True, lstrip_blocks=True)


def html(letter: Letter) -> str:
    """The letter as one HTML page, complete in itself."""
    return _TEMPLATES.get_template(f"{letter.audience}.html.j2").render(letter=letter, said=in_words)
