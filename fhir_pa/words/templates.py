"""The templates of one package with one language's messages; whoever fills them in adds words of its own."""

from __future__ import annotations

from jinja2 import Environment, PackageLoader, StrictUndefined

from fhir_pa.words.catalogue import catalogue


def templates(package: str, language: str) -> Environment:
    """The templates below ``package``; ``figure`` writes a number as the language does."""
    spoken = catalogue(language)
    made = Environment(
        loader=PackageLoader(package),
        undefined=StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    made.install_gettext_translations(spoken.messages, newstyle=True)  # type: ignore[attr-defined]
    made.globals.update(figure=spoken.number)
    return made
