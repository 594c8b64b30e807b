"""How a page for people who sign in is made, and a part of one: its templates, its headers, what it may load; nothing here decides."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.resources import files
from typing import Any

from flask import Response
from jinja2 import Environment, PackageLoader, StrictUndefined

from fhir_pa.web.fragment import TROUBLE
from fhir_pa.web.telling import FILTERS, left, pressing
from ig_profiles.json import dump
from ig_profiles.outcome import NotFound
from questionnaires.cql import DIST

CSP = "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
WITH_SCRIPTS = f"{CSP}; script-src 'self'; connect-src 'self'"
HTMX = {
    "allowEval": False,
    "allowScriptTags": False,
    "disableInheritance": True,
    "historyCacheSize": 0,
    "includeIndicatorStyles": False,
    "refreshOnHistoryMiss": True,
    "responseHandling": [{"code": "204|304", "swap": False}, {"code": "[234]..", "swap": True}, {"code": "...", "swap": False, "error": True}],
    "selfRequestsOnly": True,
    "timeout": 30_000,
}  # what it may do here: decision 0018
_SHELF = files("fhir_pa.web").joinpath("assets")
_KINDS = {"css": "text/css", "svg": "image/svg+xml", "js": "text/javascript"}
_OURS = ("desk.css", "practice.css", "member.css", "icon.svg", "clocks.js", "live.js")
_BUILT = DIST / "htmx.js"  # made by the install from the lockfile; without it every form and link works by itself
ASSETS = {name: (_KINDS[name.rpartition(".")[2]], _SHELF.joinpath(name).read_bytes()) for name in _OURS}
if _BUILT.is_file():
    ASSETS[_BUILT.name] = (_KINDS["js"], _BUILT.read_bytes())
_PAGES = Environment(loader=PackageLoader("fhir_pa.web"), undefined=StrictUndefined, autoescape=True, trim_blocks=True, lstrip_blocks=True)
_PAGES.filters.update(FILTERS)
_PAGES.globals.update(left=left, pressing=pressing)
UNAUTHENTICATED = 401
SIGNED_OUT = "You are signed out. What you have written is still here: copy it, then open the page anew and sign in."


def page(template: str, status: int = 200, /, **words: Any) -> Response:
    """The page of this template (``desk/worklist``), or the part of one; kept nowhere. ``session`` is who signed in: only for them do scripts of ours run."""
    return framed(_PAGES.get_template(f"{template}.html.j2").render(live=live(), part="", **words), status, words.get("session") is not None)


def part(template: str, status: int = 200, /, **words: Any) -> Response:
    """The part of a page that this template makes, as htmx puts it in place; ``part`` tells the template so."""
    return framed(_PAGES.get_template(f"{template}.html.j2").render(part="part", **words), status, False)


def trouble(told: Sequence[str], status: int) -> Response:
    """What did not work, in words, as a part of the page."""
    return retargeted(part("trouble", status, issues=[SIGNED_OUT] if status == UNAUTHENTICATED else told))


def retargeted(response: Response) -> Response:
    """The part put where the page says what did not work, whatever part was asked for."""
    response.headers["HX-Retarget"], response.headers["HX-Reswap"] = f"#{TROUBLE}", "innerHTML"
    return response


def framed(body: str, status: int, scripts: bool) -> Response:
    """A page or a part with its headers; it loads nothing but its own style and, where it may, its own scripts."""
    response = Response(body, status, mimetype="text/html")
    response.headers["Content-Security-Policy"] = WITH_SCRIPTS if scripts else CSP
    response.headers["Referrer-Policy"] = "same-origin"  # without one a browser does not say where a form was posted from
    response.headers["Vary"] = "HX-Request"
    return response


def live() -> str:
    """How htmx is set up, for a page; empty where it was not built."""
    return dump(HTMX).decode() if _BUILT.name in ASSETS else ""


def asset(name: str) -> Response:
    """A style or picture of our own. Raises NotFound."""
    kind, body = ASSETS.get(name, ("", b""))
    if not kind:
        raise NotFound(f"There is no '{name}' here.")
    response = Response(body, mimetype=kind)
    response.headers["Cache-Control"] = "public, max-age=300"
    return response


def see(path: str) -> Response:
    """Sends the browser on to this page of ours."""
    return Response(status=303, headers={"Location": path})
