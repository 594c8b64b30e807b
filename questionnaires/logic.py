"""A policy's CQL as the FHIR Library that travels with its form: text, ELM, what it needs, what data it reads (dtr.md §1.6)."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass

from ig_profiles.json import dump
from ig_profiles.names import LIBRARY_TYPE
from ig_profiles.reading import Json, many
from questionnaires.elm import library_name
from questionnaires.retrieves import retrieves

CQL, ELM = "text/cql", "application/elm+json"


@dataclass(frozen=True)
class Logic:
    """One CQL library: its text and its ELM, which say the same."""

    cql: str
    elm: Json

    @property
    def name(self) -> str:
        """The name CQL calls it by, which is ``Library.name`` too."""
        return library_name(self.elm)[0]

    @property
    def version(self) -> str:
        """The version its first line says."""
        return library_name(self.elm)[1]

    def includes(self) -> tuple[tuple[str, str], ...]:
        """(name, version) of every library it includes."""
        rows = many(self.elm, "library", "includes", "def")
        return tuple((str(row.get("path", "")).rsplit("/", 1)[-1], str(row.get("version", ""))) for row in rows)


def library(logic: Logic, base: str, title: str = "") -> Json:
    """The Library resource, published under ``base`` (such as ``https://payer.example/fhir``); every dependency is pinned.

    CQL and ELM are both inline (R95-96, R101-102); ``dataRequirement`` is all a client need fetch (R180).
    """
    resource = {
        "resourceType": "Library",
        "id": logic.name,
        "url": f"{base}/Library/{logic.name}",
        "version": logic.version,
        "name": logic.name,
        "title": title or logic.name,
        "status": "active",
        "type": {"coding": [{"system": LIBRARY_TYPE, "code": "logic-library"}]},
        "subjectCodeableConcept": {"coding": [{"system": "http://hl7.org/fhir/resource-types", "code": "Patient"}]},
        "relatedArtifact": [_depends_on(base, name, version) for name, version in logic.includes()],
        "dataRequirement": retrieves(logic.elm),
        "content": [_content(CQL, logic.cql.encode()), _content(ELM, dump({"library": logic.elm["library"]}))],
    }
    return {key: value for key, value in resource.items() if value}


def closure(main: tuple[Logic, ...], known: tuple[Logic, ...]) -> tuple[Logic, ...]:
    """The libraries and all they include, once each, the main ones first (R309-310).

    Raises KeyError with the name of an included library that is not known.
    """
    by_name = {(logic.name, logic.version): logic for logic in (*known, *main)}
    found: dict[tuple[str, str], Logic] = {}
    waiting = [(logic.name, logic.version) for logic in main]
    while waiting:
        name = waiting.pop(0)
        if name not in found:
            found[name] = by_name[name]
            waiting += found[name].includes()
    return tuple(found.values())


def _depends_on(base: str, name: str, version: str) -> Json:
    return {"type": "depends-on", "display": f"{name} {version}", "url": f"{base}/Library/{name}", "resource": f"{base}/Library/{name}|{version}"}


def _content(kind: str, data: bytes) -> Json:
    return {"contentType": kind, "data": base64.b64encode(data).decode(), "hash": base64.b64encode(hashlib.sha1(data).digest()).decode()}
