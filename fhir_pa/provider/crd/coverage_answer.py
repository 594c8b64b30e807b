"""What the payer said about one order: the coverage-information extension, read into words (crd.md §1.7)."""

from __future__ import annotations

from dataclasses import dataclass

from ig_profiles.names import COVERAGE_INFORMATION
from ig_profiles.reading import Json, extension_value, extensions, many, text


@dataclass(frozen=True)
class CoverageAnswer:
    """Covered? Authorization needed? Documentation needed, which forms, and the number under which the payer remembers."""

    coverage: str
    covered: str
    pa_needed: str | None
    doc_needed: tuple[str, ...]
    doc_purpose: tuple[str, ...]
    questionnaires: tuple[str, ...]
    assertion_id: str
    satisfied_pa_id: str | None
    reasons: tuple[str, ...]


def read_order(order: Json) -> tuple[CoverageAnswer, ...]:
    """Every coverage-information repetition on the order."""
    return tuple(_read(item) for item in extensions(order, COVERAGE_INFORMATION))


def orders_answered(answer: Json) -> dict[str, Json]:
    """The orders of the hook answer's system actions, each with its new extension, by ``Type/id``."""
    updates = (action.get("resource") for action in many(answer, "systemActions") if action.get("type") == "update")
    return {f"{order['resourceType']}/{order['id']}": order for order in updates if isinstance(order, dict)}


def _read(item: Json) -> CoverageAnswer:
    def each(url: str) -> tuple[str, ...]:
        return tuple(str(value) for part in extensions(item, url) for key, value in part.items() if key.startswith("value"))

    reasons = tuple(text(part, "valueCodeableConcept", "text") or "" for part in extensions(item, "reason"))
    return CoverageAnswer(
        text(extension_value(item, "coverage"), "reference") or "",
        extension_value(item, "covered") or "",
        extension_value(item, "pa-needed"),
        each("doc-needed"),
        each("doc-purpose"),
        each("questionnaire"),
        extension_value(item, "coverage-assertion-id") or "",
        extension_value(item, "satisfied-pa-id"),
        tuple(reason for reason in reasons if reason),
    )
