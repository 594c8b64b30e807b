"""How a page of the member's is made: its templates in one language, days and moments in the plan's time zone, its headers; nothing here decides."""

from __future__ import annotations

from typing import Any

from flask import Response

from fhir_pa.web.language import others
from fhir_pa.web.page import CSP
from fhir_pa.web.spoken import Teller, pages, times


def page(template: str, language: str, zone: str, status: int = 200, /, **words: Any) -> Response:
    """The page of this template in this language; it loads nothing but its own style, runs nothing, and is kept nowhere."""
    told = {"language": language, "others": others(language), **times(language, zone), "tell": Teller(language), **words}
    response = Response(pages(language).get_template(f"member/{template}.html.j2").render(told), status, mimetype="text/html")
    response.headers["Content-Security-Policy"] = CSP
    response.headers["Content-Language"] = language
    response.headers["Referrer-Policy"] = "same-origin"  # without one a browser does not say where a form was posted from
    return response
