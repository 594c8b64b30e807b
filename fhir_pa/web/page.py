"""How a page for people who sign in is made, and a part of one: its templates and their words, its headers, what it may load; nothing here decides."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from importlib.resources import files
from typing import Any

from flask import Response
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from fhir_pa.web.fragment import TROUBLE
from fhir_pa.web.public import LINES
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
SOON = timedelta(hours=24)
DAY = re.compile(r"\b\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])\b(?!T)")
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


def left(due: str, at: str) -> str:
    """What is left of the time, in words.

    >>> left("2026-11-24T15:00:00+00:00", "2026-11-21T11:30:00+00:00"), left("2026-11-21T10:00:00+00:00", "2026-11-21T11:30:00+00:00")
    ('3 days 3 hours left', '1 hour 30 minutes over')
    """
    away = datetime.fromisoformat(due) - datetime.fromisoformat(at)
    minutes = int(abs(away).total_seconds() // 60)
    days, hours = minutes // 1440, minutes % 1440 // 60
    parts = [(days, "day"), (hours, "hour")] if days else [(hours, "hour"), (minutes % 60, "minute")]
    said = " ".join(f"{count} {word}{'' if count == 1 else 's'}" for count, word in parts if count)
    return f"{said or 'less than a minute'} {'left' if away > timedelta(0) else 'over'}"


def pressing(due: str, at: str) -> str:
    """How much it presses: ``over``, ``soon`` (within a day), or ``calm``."""
    away = datetime.fromisoformat(due) - datetime.fromisoformat(at)
    return "over" if away <= timedelta(0) else "soon" if away <= SOON else "calm"


def moment(written: str) -> str:
    """A moment as people read it, in UTC.

    >>> moment("2026-11-24T15:00:00+00:00")
    '24 Nov 2026, 15:00 UTC'
    """
    return f"{datetime.fromisoformat(written).strftime('%-d %b %Y, %H:%M')} UTC"


def day(written: str) -> str:
    """A day as people read it, of a day or of a moment that stands for one.

    >>> day("2026-11-04"), day("2026-11-04T00:00:00+00:00")
    ('4 Nov 2026', '4 Nov 2026')
    """
    return date.fromisoformat(written[:10]).strftime("%-d %b %Y")


def plainly(words: str) -> str:
    """A sentence with the days in it told as people read them; a moment stays as it is.

    >>> plainly("Planned for 2026-11-30, asked at 2026-11-24T15:00+00:00.")
    'Planned for 30 Nov 2026, asked at 2026-11-24T15:00+00:00.'
    """
    return DAY.sub(lambda found: day(found[0]), words)


def capital(words: str) -> str:
    """The words with a capital to begin with, the rest as written."""
    return words[:1].upper() + words[1:]


_PAGES.filters.update(line=lambda line: LINES.get(line, line or "Unknown line"), moment=moment, day=day, plainly=plainly, capital=capital, trusted=Markup)
_PAGES.filters.update(
    named=lambda item: (item["sequence"], f"{item['sequence']}. {item['title']} {' '.join(code['code'] for code in item['codes'])}"),
    coded=lambda reason: (reason["code"], f"{capital(reason['says'])} ({reason['code']})"),
    person=lambda person: (person["id"], person["name"]),
    same=lambda word: (word, capital(word.replace("-", " "))),
)
_PAGES.globals.update(left=left, pressing=pressing)
