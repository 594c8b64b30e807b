"""What a practice's person filled in on a page, as the JSON the operations read; an empty field says nothing."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from werkzeug.datastructures import MultiDict

from fhir_pa.web.practice.page import moment_of
from ig_profiles.json import dump
from ig_profiles.reading import without_empty

Filled = MultiDict[str, str]


def attach(filled: Filled) -> bytes:
    """Documents or words, for some services or for the request."""
    return _body(filled, {"items": _items(filled), "document": filled.get("document", ""), "words": filled.get("words", "")})


def book(filled: Filled, zone: ZoneInfo) -> bytes:
    """A call on a day at a time in this zone, and who will talk."""
    clinician = {name: filled.get(f"clinician_{name}", "") for name in ("name", "credentials", "phone")}
    return _body(filled, {"call_at": moment_of(filled.get("call_on", ""), filled.get("call_hour", ""), zone), "clinician": clinician})


def decline(filled: Filled) -> bytes:
    """Why there will be no call."""
    return _body(filled, {"note": filled.get("note", "")})


def appeal(filled: Filled) -> bytes:
    """An appeal in the practice's words."""
    words = {name: filled.get(name, "") for name in ("because", "good_cause")}
    return _body(filled, {"items": _items(filled), **words, **{name: name in filled for name in ("expedited", "consent")}})


def acknowledge(filled: Filled) -> bytes:
    """Of which services somebody takes note."""
    return _body(filled, {"items": _items(filled)})


def own(filled: Filled) -> bytes:
    """Who of the practice answers for the request."""
    return _body(filled, {"owner": filled.get("owner", "")})


def _body(filled: Filled, said: dict[str, Any]) -> bytes:
    seen = filled.get("revision", "")
    revision = int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 10 else None
    return dump(without_empty({**said, "revision": revision}))


def _items(filled: Filled) -> list[int]:
    return [int(each) for each in filled.getlist("items") if each.isascii() and each.isdigit() and len(each) < 7]
