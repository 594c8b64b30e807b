"""A form in the dialect of a guide generation: period of force, expression language, compiled alternatives, narrative.

Source: DTR 2.0.1 R64, R97; DTR 2.2 spec-86, spec-96 (dtr.md §0).
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from html import escape
from typing import Any

from ig_profiles.names import DTR_ALTERNATIVE_EXPRESSION, ECR_ALTERNATIVE_EXPRESSION, VERSION_ALGORITHM, VERSION_ALGORITHM_EXTENSION
from ig_profiles.reading import Json, many, text
from questionnaires.form import identifier
from questionnaires.logic import ELM
from questionnaires.package_request import Guide
from questionnaires.policy import Edition
from questionnaires.reasons import explained

LANGUAGE: dict[Guide, str] = {"2.0.1": "text/cql", "2.2": "text/cql-identifier"}
ALTERNATIVE: dict[Guide, str] = {"2.0.1": ECR_ALTERNATIVE_EXPRESSION, "2.2": DTR_ALTERNATIVE_EXPRESSION}


def spoken(guide: Guide, questionnaire: Json, edition: Edition) -> Json:
    """A copy of the form whose expressions speak the guide's language, with the edition's period of force and its reasons for asking."""
    form = {**questionnaire, "item": explained(many(questionnaire, "item"), edition)}
    form["effectivePeriod"] = {key: on.isoformat() for key, on in (("start", edition.in_force_from), ("end", edition.in_force_until)) if on}
    form["extension"] = many(questionnaire, "extension")
    if guide == "2.2" and not any(each.get("url") == VERSION_ALGORITHM_EXTENSION for each in form["extension"]):
        natural = {"url": VERSION_ALGORITHM_EXTENSION, "valueCoding": {"system": VERSION_ALGORITHM, "code": "natural"}}
        form["extension"] = [*form["extension"], natural]
    rewritten: Json = _expressions(form, guide)
    return rewritten


def narrative(title: str, lines: Iterable[str]) -> Json:
    """A generated narrative: the title and one line for each item."""
    listed = "".join(f"<li>{escape(line)}</li>" for line in lines)
    body = f"<ul>{listed}</ul>" if listed else ""
    return {"status": "generated", "div": f'<div xmlns="http://www.w3.org/1999/xhtml"><h2>{escape(title)}</h2>{body}</div>'}


def _expressions(node: Any, guide: Guide) -> Any:
    """A copy in which every expression that names a define speaks the guide's language and brings its ELM (R97, spec-96)."""
    if isinstance(node, list):
        return [_expressions(each, guide) for each in node]
    if not isinstance(node, dict):
        return node
    copy = {key: _expressions(value, guide) for key, value in node.items()}
    expression = copy.get("valueExpression")
    if isinstance(expression, dict) and str(expression.get("language", "")).startswith("text/cql"):
        copy["valueExpression"] = _identified(expression, guide)
    return copy


def _identified(expression: Json, guide: Guide) -> Json:
    named = identifier(text(expression, "expression") or "")
    if named is None:
        return expression
    elm = json.dumps({"type": "ExpressionRef", "libraryName": named[0], "name": named[1]}, separators=(",", ":"))
    compiled = {"url": ALTERNATIVE[guide], "valueExpression": {"language": ELM, "expression": elm}}
    kept = [each for each in many(expression, "extension") if each.get("url") not in ALTERNATIVE.values()]
    return {**expression, "extension": [*kept, compiled], "language": LANGUAGE[guide]}
