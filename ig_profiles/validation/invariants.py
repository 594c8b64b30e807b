"""The rules of profiles, compiled from FHIRPath; those looked at elsewhere in Python are left out."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ig_profiles.fhirpath import EvaluationError
from ig_profiles.fhirpath import compile as compile_expression
from ig_profiles.validation import check_digit
from ig_profiles.validation.primitives import Check
from ig_profiles.validation.run import Path, Run

# Rules of the base standard that the validator checks without FHIRPath, and where.
NATIVE_RULES = {
    "ele-1": "objects: nothing is empty",
    "ext-1": "natives: value or extensions",
    "ref-1": "references: contained resources are there",
    "dom-2": "contained",
    "dom-3": "contained",
    "dom-4": "contained",
    "dom-5": "contained",
    "dom-6": "contained",
    "txt-1": "narrative",
    "txt-2": "narrative",
    "bdl-1": "bundles: total",
    "bdl-2": "bundles: search",
    "bdl-3": "bundles: request",
    "bdl-4": "bundles: response",
    "bdl-5": "bundles: something in each entry",
    "bdl-7": "bundles: fullUrl is unique",
    "bdl-8": "bundles: fullUrl names no version",
    "bdl-9": "bundles: identifier of a document",
    "bdl-10": "bundles: timestamp of a document",
    "bdl-11": "bundles: Composition first",
    "bdl-12": "bundles: MessageHeader first",
}

# How to mend what the tables, which hold no prose, cannot say.
HINTS: dict[str, str] = {
    "per-1": "Put the earlier date in start.",
    "qty-3": "Give the system of the unit's code.",
    "tim-1": "Give durationUnit with duration.",
    "tim-2": "Give periodUnit with period.",
    "cpt-2": "Say whether the contact is a phone, fax, email, pager, url, sms or other.",
    "que-1": "A group holds items, a display none, and a question has its answers.",
    "que-2": "Give each item its own linkId.",
    "que-3": "Remove required, repeats or answers from the display item.",
    "que-4": "Give answerOption or answerValueSet, not both.",
    "que-5": "Only choice and open-choice, and a few more, have answer options.",
    "que-7": "The operator 'exists' needs a true or false answer.",
    "qrs-1": "Give answer or item, not both.",
    "us-core-8": "Give family or given, or a data-absent-reason.",
    "us-core-6": "Give the family or given name.",
}

Rule = tuple[str, str, str]


def rules(told: Iterable[Rule], profile: str) -> list[Check]:
    """The checks of these rules ``(key, severity, expression)``, in order. An expression outside our FHIRPath raises here."""
    return [_rule(key, severity, expression, profile) for key, severity, expression in told if key not in NATIVE_RULES]


def _rule(key: str, severity: str, expression: str, profile: str) -> Check:
    holds = check_digit.holds if expression == check_digit.EXPRESSION else compile_expression(expression).holds
    message = "constraint" if severity == "error" else "constraint-advice"
    shown = expression if len(expression) <= 300 else f"{expression[:300]}…"
    hint = HINTS.get(key, "Change the content here so that it is true.")

    def check(value: Any, path: Path, run: Run) -> None:
        scope = run.scope
        try:
            broken = holds(value, resource=scope.resource, root=scope.root) is False
        except EvaluationError:  # content of another shape than the rule expects: the shape has its own finding
            return
        if broken:
            run.say(message, path, profile, key, key=key, expression=shown, hint=hint)

    return check
