"""FHIR XML <-> FHIR JSON, driven by the published types: ``parse`` reads, ``dump`` writes, and nothing is lost on the way."""

from __future__ import annotations

from functools import lru_cache

from ig_profiles.registry import open_set
from ig_profiles.xml.reading import parse
from ig_profiles.xml.shapes import Shapes
from ig_profiles.xml.writing import dump

__all__ = ["dump", "parse", "shapes"]


@lru_cache(maxsize=8)
def shapes(guide: str) -> Shapes:
    """The shapes of one guide's types (``2.0.1``, ``2.2``), kept for the life of the process."""
    return Shapes(open_set(guide).type)
