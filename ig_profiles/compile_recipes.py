"""What goes into each set: its packages in order of preference, and which of their definitions begin it.

The 2.0.1 guides were written on SDC 3.0.0 and THO 5.3.0; SDC 4.0.0 and THO 7.0.1 stand in for them, as the versions at
hand. HRex and VSAC are not at hand: what is bound to their value sets cannot be decided.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ig_profiles.compile import Check
from ig_profiles.compile_set import Before, CompiledSet, compile_set
from ig_profiles.outcome import PreconditionFailed
from ig_profiles.packages import Package, Shelf
from ig_profiles.stated import STATED

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
# Of these only what a guide reaches comes in, and besides every type of R4 and the extensions that are everyone's.
_WHEN_REACHED = {"2.0.1": {*_SHARED}, "2.2": {*_SHARED, _OLDER_US_CORE}}
_TYPES = ("primitive-type", "complex-type", "resource")


def compile_guide(guide: str, packages: Iterable[Package], check: Check | None = None) -> CompiledSet:
    """The set of a guide (2.0.1 or 2.2), from its packages.

    Raises PreconditionFailed naming every package that was not given, Unprocessable for a constraint outside the language.
    """
    shelf = _shelf_of(guide, packages)
    return compile_set(guide, shelf, lambda definition: _begins(guide, shelf, definition), check)


def compile_added(package: Package, others: Iterable[Package], before: Before, check: Check | None = None) -> CompiledSet:
    """One more guide, to be opened beside a set: all that its package defines, resting on the other packages and the set."""
    shelf = Shelf([package, *others])
    own = {id(each) for each in package.definitions}
    return compile_set(package.label, shelf, lambda definition: id(definition) in own and definition.get("kind") != "logical", check, before)


def _shelf_of(guide: str, packages: Iterable[Package]) -> Shelf:
    given = {package.label: package for package in packages}
    absent = [label for label in RECIPES[guide] if label not in given]
    if absent:
        raise PreconditionFailed(f"The set {guide} also needs {', '.join(absent)}. Give these packages too.")
    return Shelf([*(given[label] for label in RECIPES[guide]), STATED])


def _begins(guide: str, shelf: Shelf, definition: Json) -> bool:
    """Whether a definition belongs to the set for its own sake: any of its guides, any type of R4, any shared extension."""
    if definition.get("kind") == "logical":
        return False
    publisher = shelf.publisher(definition).label
    if publisher not in _WHEN_REACHED[guide]:
        return True
    preferred = shelf.find("StructureDefinition", definition["url"]) is definition
    shared = definition["type"] == "Extension" or (publisher == R4_CORE and definition.get("derivation") != "constraint")
    return preferred and shared and definition["kind"] in _TYPES
