"""What may come in and go out: the media types we read and write, the longest body we take.

FHIR addresses speak JSON and XML (FHIR R4 §http, mime types); all others JSON alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any, Literal

from flask import Response, g, request

from fhir_pa.web.errors import NotAcceptable
from ig_profiles import xml
from ig_profiles.json import dump
from ig_profiles.outcome import TooLarge, Unreadable, WrongMediaType
from ig_profiles.registry import open_set
from ig_profiles.resource_text import is_xml

Format = Literal["json", "xml"]

FHIR = "application/fhir+json"
FHIR_XML = "application/fhir+xml"
JSON = "application/json"
# The first of each is the one we write.
_TYPES: Mapping[Format, tuple[str, ...]] = {"json": (FHIR, JSON), "xml": (FHIR_XML, "application/xml", "text/xml")}
_JSON_ALONE: Sequence[Format] = ("json",)
FHIR_FORMATS: Sequence[Format] = ("json", "xml")


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


def check_content(formats: Sequence[Format] = _JSON_ALONE) -> None:
    """Refuses a body that by its Content-Type is in none of these formats."""
    if _format_of(request.mimetype, formats) is None:
        raise WrongMediaType(f"The body's Content-Type is {(request.mimetype or 'none')[:80]}. Send {_offer(formats)}.")
    if request.mimetype_params.get("charset", "utf-8").lower() not in ("utf-8", "utf8"):
        raise WrongMediaType("The body is not UTF-8 by its Content-Type. FHIR is UTF-8, in JSON as in XML: send it so.")


def check_agreement(body: bytes) -> None:
    """Refuses a body that is XML where its Content-Type says JSON, or the other way round."""
    said, found = (_format_of(request.mimetype, FHIR_FORMATS) == "xml"), is_xml(body)
    if said and not found:
        raise Unreadable(f"The Content-Type is {request.mimetype}, but the body does not begin with '<'. For JSON, say {FHIR}.")
    if found and not said:
        raise Unreadable(f"The Content-Type is {request.mimetype}, but the body is XML, not JSON. For XML, say {FHIR_XML}.")


def check_accepted(formats: Sequence[Format] = _JSON_ALONE) -> Format:
    """The format the caller wants his answer in: by FHIR's ``_format``, which wins, or by Accept. Refuses when we write none he takes."""
    asked = request.args.get("_format", "").replace(" ", "+").split(";")[0].strip().lower()
    if asked:
        wanted = next((each for each in formats if asked == each), None) or _format_of(asked, formats)
        if wanted is None:
            raise NotAcceptable(f"_format={asked[:80]} is not offered. Use {' or '.join(f'_format={each}' for each in formats)}.")
        return wanted
    if not request.accept_mimetypes:
        return formats[0]
    for media_type, quality in sorted(request.accept_mimetypes, key=lambda accepted: -accepted[1]):
        wanted = _format_of(media_type.split(";")[0].strip().lower(), formats) if quality > 0 else None
        if wanted is not None:
            return wanted
    raise NotAcceptable(f"Accept names no media type we write. Accept {_offer(formats)}.")


def answer(value: object, status: int = 200, media_type: str = FHIR) -> Response:
    """The value as JSON, decimals with their own digits; ``_pretty=true`` lays it out for a reader."""
    return Response(dump(value, pretty=_is_pretty()), status, mimetype=media_type)


def answer_resource(resource: dict[str, Any], guide: str, status: int = 200) -> Response:
    """The resource in the format the caller wants."""
    body, media_type = written(resource, guide)
    return Response(body, status, mimetype=media_type)


def written(resource: dict[str, Any], guide: str) -> tuple[bytes, str]:
    """The resource in the format the caller wants, JSON where he wants none that we write; with its media type.

    An answer repeats what others sent in JSON; what of it XML cannot say is left out, because by now the answer is decided.
    """
    wanted: Format = "json"
    with suppress(NotAcceptable):
        wanted = check_accepted(FHIR_FORMATS)
    if wanted == "xml":
        return xml.dump(resource, open_set(guide), pretty=_is_pretty(), lenient=True), FHIR_XML
    return dump(resource, pretty=_is_pretty()), FHIR


def _is_pretty() -> bool:
    return request.args.get("_pretty") == "true"


def _format_of(media_type: str, formats: Sequence[Format]) -> Format | None:
    """The first of these formats that has this media type, or that the range (``application/*``) takes in."""
    family = media_type.removesuffix("*") if media_type.endswith("/*") else None
    if media_type == "*/*":
        return formats[0]
    return next((each for each in formats for kind in _TYPES[each] if kind == media_type or (family and kind.startswith(family))), None)


def _offer(formats: Sequence[Format]) -> str:
    return JSON if formats is _JSON_ALONE else " or ".join(_TYPES[each][0] for each in formats)
