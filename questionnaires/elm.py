"""What a policy's compiled facts (ELM) declare: the library's name, its defines, which of them are facts, and which CQL text they were made from."""

from __future__ import annotations

import hashlib
import re
from functools import lru_cache

from ig_profiles.reading import Json, many, text

_FACT = re.compile(r"[a-z][a-z0-9_]*")


class KeptLibrary:
    """A library known by its identity, so that what is worked out from it is worked out once: a shelf keeps its libraries."""

    def __init__(self, elm: Json) -> None:
        self.elm = elm

    def __hash__(self) -> int:
        return id(self.elm)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, KeptLibrary) and other.elm is self.elm


def facts_of(elm: Json | None) -> tuple[str, ...]:
    """The facts a library finds: its defines named in small letters; others are steps on the way.

    >>> facts_of({"library": {"statements": {"def": [{"name": "spo2"}, {"name": "spo2 evidence"}, {"name": "Patient"}]}}})
    ('spo2',)
    """
    return _facts_of(KeptLibrary(elm)) if elm is not None else ()


@lru_cache(maxsize=256)
def _facts_of(library: KeptLibrary) -> tuple[str, ...]:
    return tuple(name for name in defines(library.elm) if _FACT.fullmatch(name))


def defines(elm: Json | None) -> tuple[str, ...]:
    """Every define in the library, in order."""
    return tuple(many(elm, "library", "statements", "def", "name"))


def library_name(elm: Json | None) -> tuple[str, str]:
    """The library's name and version, as its CQL begins."""
    return text(elm, "library", "identifier", "id") or "", text(elm, "library", "identifier", "version") or ""


def elm_name(facts: str) -> str:
    """The file the ELM of a CQL file is kept in.

    >>> elm_name("facts.cql")
    'facts.elm.json'
    """
    return facts.removesuffix(".cql") + ".elm.json"


def digest(cql: str) -> str:
    """SHA-256 of a CQL text, line ends made equal."""
    return hashlib.sha256(cql.replace("\r\n", "\n").encode()).hexdigest()
