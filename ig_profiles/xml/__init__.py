"""FHIR XML <-> FHIR JSON, driven by the published types: ``parse`` reads, ``dump`` writes, and nothing is lost on the way."""

from __future__ import annotations

from functools import lru_cache

from ig_profiles.json import MAX_BYTES
from ig_profiles.registry import Registry
from ig_profiles.xml import reading, writing
from ig_profiles.xml.shapes import Json, Shapes


def parse(body: bytes, registry: Registry, max_bytes: int = MAX_BYTES) -> Json:
    """The FHIR resource in these bytes, as FHIR JSON has it. Raises Unreadable or TooLarge (``reading.parse``)."""
    return reading.parse(body, _shapes(registry), max_bytes)


def dump(resource: Json, registry: Registry, pretty: bool = False, lenient: bool = False) -> bytes:
    """The resource as FHIR XML. Raises Unreadable or TooLarge, unless it is ``lenient`` (``writing.dump``)."""
    return writing.dump(resource, _shapes(registry), pretty, lenient)


@lru_cache(maxsize=8)
def _shapes(registry: Registry) -> Shapes:
    return Shapes(registry.type)
