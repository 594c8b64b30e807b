"""How a page of the member's is made, and a part of one: in one language, its days and moments in the plan's time zone; nothing here decides."""

from __future__ import annotations

from typing import Any

from flask import Response

from fhir_pa.web.language import others
from fhir_pa.web.page import framed, live
from fhir_pa.web.spoken import Teller, pages, times


def page(template: str, language: str, zone: str, status: int = 200, /, **words: Any) -> Response:
    """The page of this template in this language; ``session`` is who signed in: only for them do scripts of ours run. It is kept nowhere."""
    return _made(template, language, zone, status, words.get("session") is not None, part="", live=live(), **words)


def part(template: str, language: str, zone: str, status: int = 200, /, **words: Any) -> Response:
    """The part of a page that this template makes, in this language."""
    return _made(template, language, zone, status, False, part="part", **words)


def _made(template: str, language: str, zone: str, status: int, scripts: bool, /, **words: Any) -> Response:
    told = {"language": language, "others": others(language), **times(language, zone), "tell": Teller(language), **words}
    response = framed(pages(language).get_template(f"member/{template}.html.j2").render(told), status, scripts)
    response.headers["Content-Language"] = language
    return response
