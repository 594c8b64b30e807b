"""Constraints a form's author wrote as FHIRPath: SDC targetConstraint and the core questionnaire-constraint.

An expression that cannot be evaluated, or whose constraint stands on a question nobody is asked, finds nothing.
"""

from __future__ import annotations

from collections.abc import Iterator

from ig_profiles import fhirpath
from ig_profiles.names import QUESTIONNAIRE_CONSTRAINT, TARGET_CONSTRAINT
from ig_profiles.outcome import Issue, Severity
from ig_profiles.reading import Json, extension_value, extensions, many, text

_SEVERITIES: dict[str, Severity] = {"error": "error", "warning": "warning"}


def check_constraints(questionnaire: Json, response: Json, enabled: frozenset[str], at: str) -> Iterator[Issue]:
    """Every constraint of the form, or of an item that is asked, which the response does not keep."""
    outside = fhirpath.Environment(variables={"questionnaire": questionnaire})
    for constraint in (*extensions(questionnaire, TARGET_CONSTRAINT), *extensions(questionnaire, QUESTIONNAIRE_CONSTRAINT)):
        yield from _judge(constraint, response, response, at, outside)
    for item, where, node in _pairs(many(questionnaire, "item"), many(response, "item"), at):
        if item["linkId"] in enabled:
            for constraint in (*extensions(item, TARGET_CONSTRAINT), *extensions(item, QUESTIONNAIRE_CONSTRAINT)):
                yield from _judge(constraint, node, response, where, outside)


def _pairs(form: list[Json], given: list[Json], at: str) -> Iterator[tuple[Json, str, Json]]:
    """Each item of the form with each item of the response that answers it, and where that one stands."""
    known = {item["linkId"]: item for item in form}
    for position, node in enumerate(given):
        item = known.get(text(node, "linkId") or "") if isinstance(node, dict) else None
        if item is None:
            continue
        where = f"{at}.item[{position}]"
        yield item, where, node
        yield from _pairs(many(item, "item"), many(node, "item"), where)
        for number, answer in enumerate(many(node, "answer")):
            yield from _pairs(many(item, "item"), many(answer, "item"), f"{where}.answer[{number}]")


def _judge(constraint: Json, node: Json, response: Json, at: str, outside: fhirpath.Environment) -> Iterator[Issue]:
    expression = extension_value(constraint, "expression")
    source = text(expression, "expression") if isinstance(expression, dict) else expression
    if not isinstance(source, str):
        return
    try:
        kept = fhirpath.compile(source).holds(node, environment=outside, root=response)
    except (fhirpath.BadExpression, fhirpath.UnsupportedExpression, fhirpath.EvaluationError):
        return
    if kept is False:
        key = str(extension_value(constraint, "key") or "")
        human = str(extension_value(constraint, "human") or f"This does not hold: {source}")
        yield Issue(human, "invariant", _SEVERITIES.get(str(extension_value(constraint, "severity")), "error"), at, constraint=key)
