"""FHIR elements in one line each: a concept, an identifier, a reference, an extension, a quantity, a resource checked by its model."""

from __future__ import annotations

import importlib
from decimal import Decimal
from typing import Any

from ig_profiles.names import PAS_PROFILE, UCUM
from ig_profiles.reading import Json, without_empty


def concept(system: str, code: str, text: str | None = None) -> Json:
    """A CodeableConcept with one coding; ``text`` is our own plain label."""
    return without_empty({"coding": [{"system": system, "code": code}], "text": text})


def identifier(system: str, value: str, kind: Json | None = None) -> Json:
    """An Identifier, with its type where the profile asks for one."""
    return without_empty({"type": kind, "system": system, "value": value})


def reference(resource: Json) -> Json:
    """A relative Reference to a resource of the same server.

    >>> reference({"resourceType": "Patient", "id": "orla"})
    {'reference': 'Patient/orla'}
    """
    return {"reference": f"{resource['resourceType']}/{resource['id']}"}


def quantity(value: str, unit: str, code: str) -> Json:
    """A UCUM Quantity; the value is written as text so that its digits stay as measured."""
    return {"value": Decimal(value), "unit": unit, "system": UCUM, "code": code}


def pas_extension(name: str, **value: Any) -> Json:
    """An extension of the PAS guide by its short name.

    >>> pas_extension("certificationType", valueString="x")["url"].rsplit("/", 1)[1]
    'extension-certificationType'
    """
    return {"url": f"{PAS_PROFILE}extension-{name}", **value}


def checked(resource: Json) -> Json:
    """The resource without empty elements, after its fhir.resources (R4B) model has accepted it.

    What travels is the dictionary, not the model's own writing: the model writes decimals as floats, and 86.10 would
    lose its last digit. Raises pydantic.ValidationError when it is no such resource.
    """
    kept = without_empty(resource)
    kind = kept["resourceType"]
    getattr(importlib.import_module(f"fhir.resources.R4B.{kind.lower()}"), kind).model_validate(kept)
    return kept
