"""What a library reads: the data requirements of its ELM, for the Library that is shipped, and for who must query."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from ig_profiles.reading import Json, many, text
from questionnaires.elm import KeptLibrary

_FHIR = "{http://hl7.org/fhir}"


def retrieves(elm: Json) -> list[Json]:
    """FHIR R4 DataRequirement rows: one for each distinct kind of data the library's retrieves ask for.

    ``codeFilter`` has ``path`` with either ``valueSet`` (a canonical) or ``code`` (Codings). A retrieve whose codes are
    computed when it runs has no ``codeFilter``: everything of that type must be at hand. Includes are not followed.
    """
    library = elm.get("library", elm)
    rows: list[Json] = []
    for node in _nodes(library):
        if node.get("type") == "Retrieve" and str(node.get("dataType", "")).startswith(_FHIR):
            row: Json = {"type": node["dataType"].removeprefix(_FHIR)}
            profile = node.get("templateId")
            if profile and profile != f"http://hl7.org/fhir/StructureDefinition/{row['type']}":
                row["profile"] = [profile]
            wanted = _wanted(node.get("codes"), library)
            if wanted and node.get("codeProperty"):
                row["codeFilter"] = [{"path": node["codeProperty"], **wanted}]
            if row not in rows:
                rows.append(row)
    return rows


@lru_cache(maxsize=256)
def kinds_read(library: KeptLibrary) -> frozenset[str]:
    """The types of resources the library's facts read, the Patient they are about among them; others cannot change what it finds."""
    return frozenset({"Patient", *(row["type"] for row in retrieves(library.elm))})


def _nodes(node: Any) -> Iterator[Json]:
    if isinstance(node, dict):
        yield node
        for value in node.values():
            yield from _nodes(value)
    elif isinstance(node, list):
        for value in node:
            yield from _nodes(value)


def _wanted(codes: Any, library: Json) -> Json:
    """The valueSet or the codes below the ``codes`` of a retrieve; empty when they are computed."""
    found: list[Json] = []
    for node in _nodes(codes):
        definition = _DEFINITIONS.get(str(node.get("type")))
        named = _named(library, definition, node.get("name")) if definition else None
        if named is None:
            continue
        if definition == "valueSets":
            return {"valueSet": "|".join(filter(None, (text(named, "id"), text(named, "version"))))}
        found.extend(_codings(named, library))
    return {"code": found} if found else {}


_DEFINITIONS = {"ValueSetRef": "valueSets", "CodeRef": "codes", "ConceptRef": "concepts"}


def _named(library: Json, kind: str, name: Any) -> Json | None:
    return next((row for row in many(library, kind, "def") if row.get("name") == name), None)


def _codings(definition: Json, library: Json) -> Iterator[Json]:
    for inner in many(definition, "code") if "code" in definition else ():
        named = _named(library, "codes", text(inner, "name"))
        if named is not None:
            yield from _codings(named, library)
    if "codeSystem" in definition:
        system = _named(library, "codeSystems", text(definition, "codeSystem", "name"))
        shown = {"display": definition["display"]} if definition.get("display") else {}
        yield {"system": text(system, "id") or "", "code": definition["id"], **shown}
