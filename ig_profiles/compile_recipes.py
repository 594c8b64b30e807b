"""Which packages make each set that comes with fhir-pa, in order of preference, and which of their definitions begin it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ig_profiles.outcome import PreconditionFailed
from ig_profiles.packages import Package, Shelf

Json = dict[str, Any]

R4_CORE = "hl7.fhir.r4.core#4.0.1"
_SHARED = ("hl7.fhir.uv.extensions.r4#5.2.0", "hl7.terminology.r4#7.0.1", R4_CORE)
_OLDER_US_CORE = "hl7.fhir.us.core#3.1.1"
RECIPES: dict[str, tuple[str, ...]] = {
    "2.0.1": (
        "hl7.fhir.us.davinci-pas#2.0.1",
        "hl7.fhir.us.davinci-dtr#2.0.1",
        "hl7.fhir.us.davinci-crd#2.0.1",
        "hl7.fhir.us.core#3.1.1",
        "hl7.fhir.uv.sdc#4.0.0",
        "hl7.fhir.uv.subscriptions-backport.r4#1.1.0",
        *_SHARED,
    ),
    "2.2": (
        "hl7.fhir.us.davinci-pas#2.2.1",
        "hl7.fhir.us.davinci-dtr#2.2.0",
        "hl7.fhir.us.davinci-crd#2.2.0",
        "hl7.fhir.us.davinci-cdex#2.1.0",
        "hl7.fhir.us.core#7.0.0",
        "hl7.fhir.us.core#6.1.0",
        "hl7.fhir.uv.sdc#4.0.0",
        "hl7.fhir.uv.subscriptions-backport.r4#1.1.0",
        _OLDER_US_CORE,
        *_SHARED,
    ),
}
# Of these only what a guide reaches comes in; of R4 core, its types and extensions come in besides.
_WHEN_REACHED = {"2.0.1": {*_SHARED}, "2.2": {*_SHARED, _OLDER_US_CORE}}
_TYPES = ("primitive-type", "complex-type", "resource")


def shelf_of(guide: str, packages: Iterable[Package]) -> Shelf:
    """The packages of this set, in its order. Raises PreconditionFailed naming every one that was not given."""
    given = {package.label: package for package in packages}
    absent = [label for label in RECIPES[guide] if label not in given]
    if absent:
        raise PreconditionFailed(f"The set {guide} also needs {', '.join(absent)}. Give these packages too.")
    return Shelf(given[label] for label in RECIPES[guide])


def begins(guide: str, shelf: Shelf, definition: Json) -> bool:
    """Whether a definition belongs to the set for its own sake: any of its guides, any type of R4, any extension of R4 core."""
    if definition.get("kind") == "logical" or "snapshot" not in definition:
        return False
    publisher = shelf.publisher(definition).label
    if publisher == R4_CORE:
        return definition["kind"] in _TYPES and (definition.get("derivation") != "constraint" or definition["type"] == "Extension")
    return publisher not in _WHEN_REACHED[guide]
