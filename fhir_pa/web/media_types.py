"""What may come in and go out: the media types we read and write, the longest body we take."""

from __future__ import annotations

from flask import Response, g, request

from fhir_pa.web.errors import NotAcceptable
from ig_profiles.json import dump
from ig_profiles.outcome import TooLarge, Unreadable, WrongMediaType

FHIR = "application/fhir+json"
JSON = "application/json"
_JSON_TYPES = (FHIR, JSON)


def check_length(limit: int) -> None:
    """Refuses, before reading it, a body that announces more bytes than ``limit``."""
    if request.content_length is not None and request.content_length > limit:
        raise too_large(limit)


def read_body(limit: int) -> bytes:
    """The whole body. Refuses one that turns out longer than ``limit``, or shorter than it announced.

    The framework stops reading one byte past the limit, and without a word: so the length is looked at here.
    """
    body = request.get_data()
    if len(body) > limit:
        raise too_large(limit)
    if request.content_length is not None and len(body) != request.content_length:
        raise Unreadable(f"The body ended after {len(body):,} of {request.content_length:,} bytes. Send it again, whole.")
    g.body = body
    return body


def too_large(limit: int) -> TooLarge:
    """The refusal of a body that is too long."""
    return TooLarge(f"The body has more than the {limit:,} bytes this server takes. Send large documents with $submit-attachment, one by one.")


def check_content() -> None:
    """Refuses a body that is not JSON by its Content-Type."""
    if request.mimetype not in _JSON_TYPES:
        given = request.mimetype or "none"
        raise WrongMediaType(f"The body's Content-Type is {given[:80]}. Send {FHIR} (or {JSON}).")
    if request.mimetype_params.get("charset", "utf-8").lower() not in ("utf-8", "utf8"):
        raise WrongMediaType("The body is not UTF-8 by its Content-Type. FHIR JSON is UTF-8.")


def check_accepted() -> None:
    """Refuses a caller who accepts no JSON, by Accept or by FHIR's ``_format``, which wins."""
    wanted = request.args.get("_format", "").replace(" ", "+")
    if wanted:
        if wanted not in (*_JSON_TYPES, "json"):
            raise NotAcceptable(f"_format={wanted[:80]} is not offered. Use _format=json.")
        return
    accepted = request.accept_mimetypes
    if accepted and not accepted.best_match(_JSON_TYPES):
        raise NotAcceptable(f"Accept names no media type we write. Accept {FHIR}.")


def answer(value: object, status: int = 200, media_type: str = FHIR) -> Response:
    """The value as JSON, decimals with their own digits; ``_pretty=true`` lays it out for a reader."""
    return Response(dump(value, pretty=request.args.get("_pretty") == "true"), status, mimetype=media_type)
