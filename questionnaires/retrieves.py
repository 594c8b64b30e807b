"""What a library reads: the data requirements of its ELM, for the Library that is shipped, and for who must query."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from ig_profiles.reading import Json, many, text
from questionnaires.elm import KeptLibrary

DATA_TYPES = "{http://hl7.org/fhir}"  # how ELM names the types of FHIR


def retrieves(elm: Json) -> list[Json]:
    """FHIR R4 DataRequirement rows: one for each distinct kind of data the library's retrieves ask for.

    ``codeFilter`` has ``path`` with either ``valueSet`` (a canonical) or ``code`` (Codings). A retrieve whose codes are
    computed when it runs has no ``codeFilter``: everything of that type must be at hand. Includes are not followed.
    """
    library = elm.get("library", elm)
    rows: list[Json] = []
    for node in nodes(library):
        if node.get("type") == "Retrieve" and str(node.get("dataType", "")).startswith(DATA_TYPES):
            row: Json = {"type": node["dataType"].removeprefix(DATA_TYPES)}
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


def nodes(node: Any) -> Iterator[Json]:
    """Every object at and below this one."""
    if isinstance(node, dict):
        yield node
        for value in node.values():
            yield from nodes(value)
    elif isinstance(node, list):
        for value in node:
            yield from nodes(value)


def codes_named(codes: Any, library: Json) -> frozenset[str] | None:
    """The codes a retrieve asks for when its ``codes`` are one code or concept named in the library; None when they are anything else."""
    named = codes.get("operand" if codes.get("type") == "ToList" else "source") if isinstance(codes, dict) else None
    if not isinstance(named, dict) or named.get("type") not in ("CodeRef", "ConceptRef") or "libraryName" in named:
        return None
    return frozenset(row["code"] for row in _wanted(named, library).get("code", ())) or None


def _wanted(codes: Any, library: Json) -> Json:
    """The valueSet or the codes below the ``codes`` of a retrieve; empty when they are computed."""
    found: list[Json] = []
    for node in nodes(codes):
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
