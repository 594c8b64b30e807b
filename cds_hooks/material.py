"""Material: every resource at hand for a call, in one index by type and reference, never by prefetch key.

What the user sees in ``context`` comes first, then what the EHR sent along, then what we asked for (crd.md §1.4.4).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ig_profiles.reading import Index, Json, many, one, text


def index_of(values: Iterable[tuple[str, Any]]) -> Index:
    """An index over (expression, value) pairs; a value is a resource, a Bundle, a list of either, null or anything odd.

    The first resource of one ``Type/id`` wins. An OperationOutcome is the report of a failed query, not material.
    """
    index = Index()
    for expression, value in values:
        _take_in(index, value, "", expression)
    return index


def extended(index: Index, values: Iterable[tuple[str, Any]]) -> Index:
    """A new index with these (expression, value) pairs behind what the index already holds."""
    fresh = Index()
    for entry in index.entries:
        fresh.add(entry.resource, entry.full_url, entry.expression)
    for expression, value in values:
        _take_in(fresh, value, "", expression)
    return fresh


def is_failed_query(value: Any) -> bool:
    """Whether the EHR reports that it could not run the query."""
    return isinstance(value, dict) and value.get("resourceType") == "OperationOutcome"


def next_page(value: Any) -> str | None:
    """Where the rest of a searchset is, when this is not all of it (FHIR R4 §http, paging)."""
    links = many(value, "link") if one(value, "resourceType") == "Bundle" else []
    return next((url for link in links if text(link, "relation") == "next" and (url := text(link, "url"))), None)


def searched_type(query: str) -> str:
    """The resource type a FHIR query or template is about.

    >>> searched_type("Coverage?patient=1"), searched_type("https://ehr.example/fhir/Patient/1")
    ('Coverage', 'Patient')
    """
    path = query.split("?")[0].rstrip("/").split("/")
    return path[-1] if "?" in query or len(path) < 2 else path[-2]


def known_absent(prefetch: Json, templates: Json) -> frozenset[str]:
    """The resource types the EHR looked for and did not find, so that nobody asks twice.

    A null or an empty searchset carries no type; only here the key speaks, and only a key we published ourselves.
    """
    return frozenset(searched_type(templates[key]) for key, value in prefetch.items() if key in templates and _is_nothing(value))


def _is_nothing(value: Any) -> bool:
    return value is None or (isinstance(value, dict) and value.get("resourceType") == "Bundle" and not value.get("entry"))


def _take_in(index: Index, value: Any, full_url: str, expression: str) -> None:
    if isinstance(value, list):
        for position, item in enumerate(value):
            _take_in(index, item, "", f"{expression}[{position}]")
        return
    if not isinstance(value, dict) or is_failed_query(value):
        return
    if value.get("resourceType") == "Bundle":
        for position, entry in enumerate(many(value, "entry")):
            _take_in(index, one(entry, "resource"), text(entry, "fullUrl") or "", f"{expression}.entry[{position}].resource")
        return
    kind, identity = value.get("resourceType"), value.get("id")
    if isinstance(kind, str) and (identity is None or not _has(index, kind, identity)):
        index.add(value, full_url, expression)


def _has(index: Index, kind: str, identity: Any) -> bool:
    return any(entry.resource.get("id") == identity for entry in index.of_type(kind))
