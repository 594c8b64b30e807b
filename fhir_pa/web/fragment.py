"""A part of a page for htmx: which part is asked for, whether the page looks by itself, and how an answer is not sent twice (decision 0018)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from hashlib import sha256
from typing import Any
from urllib.parse import urlsplit

from flask import Response, request

from ig_profiles.json import dump

NEWS = "news"  # the part of a page that looks for news by itself
TROUBLE = "trouble"  # where a page says what did not work


def asked() -> bool:
    """Whether htmx asks, for a part of a page."""
    return request.headers.get("HX-Request") == "true" and "HX-History-Restore-Request" not in request.headers


def wanted() -> str:
    """The id of the part that is asked for; empty for a whole page, which a browser gets that goes back in its history too."""
    return request.headers.get("HX-Target", "") if asked() else ""


def pressed() -> str:
    """The id of what asked: the form, the link; empty when it has none or the whole page is asked for."""
    return request.headers.get("HX-Trigger", "") if asked() else ""


def quiet() -> bool:
    """Whether nobody pressed anything: the page looks for news by itself, which is no sign that somebody is there."""
    return asked() and pressed() == NEWS


def shown_at() -> str:
    """The address of the page the part is for, without its host; empty when that is not known.

    It is told by the browser: read it for what was asked for, or hand it to something that checks it.
    """
    at = urlsplit(request.headers.get("HX-Current-URL", ""))
    return f"{at.path}?{at.query}" if at.query else at.path


def moved_to(address: str, response: Response) -> Response:
    """The part, with which the page moves on to this address; once, however often it is asked for there."""
    if address != shown_at():
        response.headers["HX-Push-Url"] = address
    return response


def tag_of(told: Mapping[str, Any]) -> str:
    """The entity tag of what is told; the moment of telling (``at``) changes nothing.

    >>> tag_of({"at": "now", "rows": []}) == tag_of({"at": "later", "rows": []}) != tag_of({"at": "now", "rows": ["one"]})
    True
    """
    return f'"{sha256(dump({name: each for name, each in told.items() if name != "at"})).hexdigest()[:20]}"'


def news(tag: str, tell: Callable[[], Response]) -> Response:
    """What is to be told, or 304 to a page that shows what bears this tag already (RFC 9110 §13.1.2)."""
    response = Response(status=304) if tag.strip('"') in request.if_none_match else tell()
    response.headers["ETag"] = tag
    response.headers["Vary"] = "HX-Request"
    return response
