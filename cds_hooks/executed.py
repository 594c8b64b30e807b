"""Executed: which search a server really ran, as the self link of its searchset tells (FHIR R4 §search, CRD Query Notes).

A server may leave out what it does not know and add what it insists on. More than was asked for does no harm: facts look
at codes themselves. Another patient's data would; and less than was asked for must not be taken for all there is.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from ig_profiles.reading import many, one, text

_OF_PATIENT = ("patient", "subject", "beneficiary")
_NARROWING = frozenset(
    ("date", "status", "category", "onset-date", "recorded-date", "authoredon", "period", "_elements", "_filter", "_id", "_lastUpdated", "_summary")
)


def about_somebody_else(searchset: Any, patient_id: str) -> bool:
    """Whether the search was run for another patient than this one.

    >>> bundle = {"resourceType": "Bundle", "link": [{"relation": "self", "url": "https://ehr.example/fhir/Condition?patient=Patient/2"}]}
    >>> about_somebody_else(bundle, "1"), about_somebody_else(bundle, "2")
    (True, False)
    """
    named = [value for name, value in _ran(searchset).items() if name in _OF_PATIENT]
    return any(value.rsplit("/", 1)[-1] != patient_id for value in named)


def about_everybody(query: str, searchset: Any, patient_id: str) -> bool:
    """Whether we asked about one patient and the search that was run names no such patient under any name."""
    asked, ran = _parameters(query), _ran(searchset)
    return asked.get("patient") == patient_id and bool(ran) and all(value.rsplit("/", 1)[-1] != patient_id for value in ran.values())


def narrowed_by(query: str, searchset: Any) -> tuple[str, ...]:
    """The conditions the server added of its own, so that there may be more than it gave.

    >>> link = {"relation": "self", "url": "https://ehr.example/fhir/Observation?patient=1&_count=20&date=ge2026-01-01"}
    >>> narrowed_by("Observation?patient=1", {"resourceType": "Bundle", "link": [link]})
    ('date',)
    """
    asked = _parameters(query)
    return tuple(name for name in _ran(searchset) if name in _NARROWING and name not in asked)


def _ran(searchset: Any) -> Mapping[str, str]:
    """The parameters of the self link; empty when there is none, or it is only a handle on a page."""
    links = many(searchset, "link") if one(searchset, "resourceType") == "Bundle" else []
    ran = _parameters(next((url for link in links if text(link, "relation") == "self" and (url := text(link, "url"))), ""))
    return ran if any(not name.startswith("_") for name in ran) else {}


def _parameters(url: str) -> dict[str, str]:
    """By name without modifier or chain; the query part may be all there is."""
    try:
        asked = urlsplit(url).query
    except ValueError:
        return {}
    return {name.split(":")[0].split(".")[0]: value for name, value in parse_qsl(asked)}
