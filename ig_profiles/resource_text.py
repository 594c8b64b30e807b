"""A FHIR resource as text, JSON or XML: told apart by its first character, so that what was received can always be read again."""

from __future__ import annotations

from typing import Any

from ig_profiles import json, xml
from ig_profiles.registry import open_set

_BEFORE = b"\xef\xbb\xbf \t\r\n"


def is_xml(body: bytes) -> bool:
    """Whether this is XML: no JSON begins with ``<``.

    >>> is_xml(b' <Bundle xmlns="http://hl7.org/fhir"/>'), is_xml(b'{"resourceType": "Bundle"}')
    (True, False)
    """
    return body[:1] == b"<" or (body[:1] != b"{" and body[:1000].lstrip(_BEFORE)[:1] == b"<")


def read_resource(body: bytes, guide: str, max_bytes: int = json.MAX_BYTES) -> Any:
    """The value in these bytes as FHIR JSON has it; the types of XML are those of the guide's set. Raises Unreadable or TooLarge."""
    return xml.parse(body, open_set(guide), max_bytes) if is_xml(body) else json.parse(body, max_bytes)
