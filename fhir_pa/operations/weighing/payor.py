"""Whether a Coverage is ours: the number by which it names who pays, in place, contained, or on an Organization that came along."""

from __future__ import annotations

from collections.abc import Iterable

from fhir_pa.auth.directory import Insurer
from ig_profiles.reading import Index, Json, many, text


def payors(coverage: Json, index: Index) -> list[Json] | None:
    """Every identifier of whoever the Coverage names as its payor, in place or behind a reference; None when none is there, but
    a reference leads to an Organization that did not come along.

    >>> payors({"payor": [{"identifier": {"value": "9"}}]}, Index()), payors({"payor": [{"reference": "Organization/o"}]}, Index())
    ([{'value': '9'}], None)
    """
    holder = next((entry for entry in index.of_type("Coverage") if entry.resource is coverage), coverage)
    named = many(coverage, "payor")
    organizations = [index.resolve(reference, holder) for reference in named if text(reference, "reference")]
    identifiers = many(named, "identifier") + many([entry.resource for entry in organizations if entry], "identifier")
    found = [each for each in identifiers if text(each, "value")]
    return None if not found and None in organizations else found


def is_another_payers(payors: Iterable[Json] | None, insurer: Insurer) -> bool:
    """Whether the payor bears another number than ours in the system of ours; one without such a number may be us."""
    own = insurer.identifier
    numbers = {text(each, "value") for each in payors or () if own and text(each, "system") == own.system}
    return own is not None and bool(numbers) and own.value not in numbers
