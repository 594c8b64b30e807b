"""How a page for people who sign in is made: its templates and their words, its headers, what it may load; nothing here decides."""

from __future__ import annotations

from datetime import datetime, timedelta
from importlib.resources import files
from typing import Any

from flask import Response
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from fhir_pa.web.public import LINES
from ig_profiles.outcome import NotFound

CSP = "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
WITH_CLOCKS = f"{CSP}; script-src 'self'"
_SHELF = files("fhir_pa.web").joinpath("assets")
_KINDS = {"desk.css": "text/css", "practice.css": "text/css", "member.css": "text/css", "icon.svg": "image/svg+xml", "clocks.js": "text/javascript"}
ASSETS = {name: (kind, _SHELF.joinpath(name).read_bytes()) for name, kind in _KINDS.items()}
_PAGES = Environment(loader=PackageLoader("fhir_pa.web"), undefined=StrictUndefined, autoescape=True, trim_blocks=True, lstrip_blocks=True)
SOON = timedelta(hours=24)


def page(template: str, status: int = 200, /, clocks: bool = False, **words: Any) -> Response:
    """The page of this template (``desk/worklist``); it loads nothing but its own style, runs nothing but its ``clocks``, and is kept nowhere."""
    response = Response(_PAGES.get_template(f"{template}.html.j2").render(words), status, mimetype="text/html")
    response.headers["Content-Security-Policy"] = WITH_CLOCKS if clocks else CSP
    response.headers["Referrer-Policy"] = "same-origin"  # without one a browser does not say where a form was posted from
    return response


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


def capital(words: str) -> str:
    """The words with a capital to begin with, the rest as written."""
    return words[:1].upper() + words[1:]


_PAGES.filters.update(line=lambda line: LINES.get(line, line or "Unknown line"), moment=moment, capital=capital, trusted=Markup)
_PAGES.filters.update(
    named=lambda item: (item["sequence"], f"{item['sequence']}. {item['title']} {' '.join(code['code'] for code in item['codes'])}"),
    coded=lambda reason: (reason["code"], f"{capital(reason['says'])} ({reason['code']})"),
    person=lambda person: (person["id"], person["name"]),
    same=lambda word: (word, capital(word.replace("-", " "))),
)
_PAGES.globals.update(left=left, pressing=pressing)
