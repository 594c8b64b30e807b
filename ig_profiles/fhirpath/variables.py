"""The variables of an expression: %resource, %rootResource, %context, the names FHIR fixes, and those handed in.

``%rootResource`` is the resource that holds a contained one; for an entry of a Bundle or a part of Parameters it is
that entry's resource, not the Bundle (hl7.org/fhir/R4/fhirpath.html#variables).
"""

from __future__ import annotations

from typing import Any

from ig_profiles.fhirpath.closures import Closure, from_constant, from_many
from ig_profiles.fhirpath.environment import Evaluation
from ig_profiles.fhirpath.errors import EvaluationError
from ig_profiles.fhirpath.nodes import EMPTY, Node

FIXED = {"ucum": "http://unitsofmeasure.org", "sct": "http://snomed.info/sct", "loinc": "http://loinc.org"}


def variable(name: str, typed: bool) -> Closure:
    """The closure of ``%name``."""
    if name in FIXED:
        return from_constant([FIXED[name]])
    if name.startswith("vs-"):
        return from_constant([f"http://hl7.org/fhir/ValueSet/{name[3:]}"])
    if name.startswith("ext-"):
        return from_constant([f"http://hl7.org/fhir/StructureDefinition/{name[4:]}"])
    if name == "context":
        return from_many(lambda scope, state: state.context)
    if name == "resource":
        return from_many(lambda scope, state: _held(state.resource, typed))
    if name == "rootResource":
        return from_many(lambda scope, state: _held(state.root, typed))

    def handed_in(scope: list[Any], state: Evaluation) -> list[Any]:
        if name not in state.outside.variables:
            raise EvaluationError(f"nobody handed in %{name}. Give it in Environment(variables=…).")
        value = state.outside.variables[name]
        return [found for item in (value if isinstance(value, list) else [value]) for found in _held(item, typed)]

    return from_many(handed_in)


def _held(value: Any, typed: bool) -> list[Any]:
    if value is None:
        return EMPTY
    if typed and isinstance(value, dict):
        return [Node(value, None, value.get("resourceType"))]
    return [value]
