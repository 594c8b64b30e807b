"""FHIRPath text -> Python closure: FHIRPath N1 with the functions of FHIR R4 and SDC, directly on FHIR JSON.

>>> adult = compile("birthDate <= today() - 18 years")
>>> from datetime import datetime, timezone
>>> adult.holds({"resourceType": "Patient", "birthDate": "1974-03-02"}, environment=Environment(now=datetime(2026, 11, 21, tzinfo=timezone.utc)))
True
"""

from __future__ import annotations

from functools import lru_cache

from ig_profiles.fhirpath.corrections import corrected
from ig_profiles.fhirpath.element_types import element_types
from ig_profiles.fhirpath.environment import Environment
from ig_profiles.fhirpath.errors import BadExpression, EvaluationError, Undecidable, UnsupportedExpression
from ig_profiles.fhirpath.expression import Expression
from ig_profiles.fhirpath.nodes import Node, Types

__all__ = [
    "BadExpression",
    "Environment",
    "EvaluationError",
    "Expression",
    "Node",
    "Types",
    "Undecidable",
    "UnsupportedExpression",
    "compile",
    "corrected",
    "element_types",
]


@lru_cache(maxsize=4096)
def compile(expression: str) -> Expression:
    """The expression, ready to run. Raises BadExpression, or UnsupportedExpression for FHIRPath that is not spoken here.

    >>> compile("item.where(linkId = 'spo2').answer.value").evaluate({"item": [{"linkId": "spo2", "answer": [{"valueInteger": 86}]}]})
    [86]
    >>> compile("name.shout()")
    Traceback (most recent call last):
    ...
    ig_profiles.fhirpath.errors.UnsupportedExpression: the function shout() is not known here, at character 6 of: name.⟨here⟩shout()
    """
    return Expression(expression)
