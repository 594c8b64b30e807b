"""How a page of the member's is made: its templates in one language, days and moments in the plan's time zone, its headers; nothing here decides."""

from __future__ import annotations

from datetime import date, datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from flask import Response
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from fhir_pa.web.language import others
from fhir_pa.web.page import CSP
from fhir_pa.words.catalogue import Catalogue, catalogue


def page(template: str, language: str, zone: str, status: int = 200, /, **words: Any) -> Response:
    """The page of this template in this language; it loads nothing but its own style, runs nothing, and is kept nowhere."""
    spoken = catalogue(language)
    told = {"language": language, "others": others(language), **_times(spoken, ZoneInfo(zone)), "tell": _Teller(language), **words}
    response = Response(pages(language).get_template(f"member/{template}.html.j2").render(told), status, mimetype="text/html")
    response.headers["Content-Security-Policy"] = CSP
    response.headers["Content-Language"] = language
    response.headers["Referrer-Policy"] = "same-origin"  # without one a browser does not say where a form was posted from
    return response


@lru_cache
def pages(language: str) -> Environment:
    """The templates with this language's messages."""
    made = Environment(
        loader=PackageLoader("fhir_pa.web"),
        undefined=StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    spoken = catalogue(language)
    made.install_gettext_translations(spoken.messages, newstyle=True)  # type: ignore[attr-defined]
    made.globals.update(figure=spoken.number)
    return made


def _times(spoken: Catalogue, zone: ZoneInfo) -> dict[str, Any]:
    """``day`` and ``moment`` of what is written in ISO 8601, as of the plan's own clocks; ``left`` is how far away it is."""

    def day(written: str) -> str:
        on = datetime.fromisoformat(written).astimezone(zone).date() if "T" in written else date.fromisoformat(written)
        return spoken.day(on)

    return {
        "day": day,
        "moment": lambda written: spoken.moment(datetime.fromisoformat(written), zone),
        "left": lambda until, at: spoken.left(datetime.fromisoformat(until), datetime.fromisoformat(at)),
    }


class _Teller:
    """Puts a text with its language on the page, and remembers whether one was in another than the page's."""

    def __init__(self, language: str) -> None:
        self._language = language
        self.in_english = False

    def __call__(self, said: dict[str, str]) -> Markup:
        if said["language"] == self._language:
            return escape(said["text"])
        self.in_english = True
        return Markup('<span lang="{}">{}</span>').format(said["language"], said["text"])
