"""An open page as htmx keeps it: asking for its parts, and looking for news as its own markup says."""

from __future__ import annotations

import re
from html import unescape
from typing import Any, Protocol

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.stories.desk_parties import hidden


class Sitting(Protocol):
    """Somebody with a browser, signed in."""

    http: FlaskClient


def part(sitting: Sitting, path: str, target: str = "", *, by: str = "", at: str = "/desk", tag: str = "", **filled: Any) -> TestResponse:
    """What htmx is answered that asks for this part of a page, pressed so on the page at this address."""
    headers = {"HX-Request": "true", "HX-Target": target, "HX-Trigger": by or target, "HX-Current-URL": f"http://localhost{at}"}
    headers |= {"If-None-Match": tag} if tag else {}
    if not filled:
        return sitting.http.get(path, headers=headers)
    csrf = hidden(sitting.http.get("/" + at.split("/")[1].partition("?")[0]).text, "csrf")
    return sitting.http.post(path, data={"csrf": csrf, **filled}, headers=headers)


def news(sitting: Sitting, page: str, tag: str = "") -> TestResponse:
    """What a page hears that looks by itself, as its own markup says it does."""
    found = re.search(r'<[^>]* id="news"[^>]*>', page)
    assert found, "This page looks for no news."
    said = {name: unescape(value) for name, value in re.findall(r' ([a-z-]+)="([^"]*)"', found[0])}
    query = "".join(f"&shown={each}" for each in re.findall(r'name="shown" value="([^"]*)"', page)) if "hx-include" in said else ""
    path = said["hx-get"]
    return part(sitting, f"{path}{'&' if '?' in path else '?'}{query[1:]}" if query else path, "news", tag=tag or said["data-tag"])
