"""Which language a page is told in: what was just chosen, what was chosen before, what the plan has on file, what the browser asks for."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from flask import Response, request

from fhir_pa.words.languages import LANGUAGES, accepted, chosen

COOKIE = "fhir_pa_language"
A_YEAR = 365 * 24 * 3600


def language_of(on_file: str = "") -> str:
    """The language of this request; ``on_file`` is the one the plan writes to this member in."""
    return chosen(request.args.get("lang"), request.cookies.get(COOKIE), on_file, *accepted(request.headers.get("Accept-Language", "")))


def remember(response: Response, secure: bool) -> Response:
    """The answer, which keeps a choice in a cookie, says its own language, and that it depends on both."""
    wanted = request.args.get("lang", "")
    if wanted in LANGUAGES:
        response.set_cookie(COOKIE, wanted, max_age=A_YEAR, path="/", secure=secure, httponly=True, samesite="Lax")
    response.vary.update(("Cookie", "Accept-Language"))
    return response


def others(language: str) -> list[dict[str, Any]]:
    """The same page in the other languages, each named in itself."""
    kept = [(name, value) for name, value in request.args.items(multi=True) if name not in ("lang", "done")]
    return [{"code": code, "name": name, "href": f"?{urlencode([*kept, ('lang', code)])}"} for code, name in LANGUAGES.items() if code != language]
