"""The answer of $questionnaire-package: each form with its libraries and its draft, in the shape of each guide generation.

Source: DTR 2.0.1 and 2.2 OperationDefinition questionnaire-package, profiles DTR-QPackageBundle, dtr-std-questionnaire (2.2:
dtr-base-questionnaire) and dtr-qpackage-output-parameters (dtr.md §0, §1.4-1.6).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from html import escape
from typing import Any

from ig_profiles.names import (
    DTR_ALTERNATIVE_EXPRESSION,
    DTR_PROFILE,
    ECR_ALTERNATIVE_EXPRESSION,
    VERSION_ALGORITHM,
    VERSION_ALGORITHM_EXTENSION,
)
from ig_profiles.outcome import Issue, operation_outcome
from ig_profiles.reading import Json, many, text
from questionnaires.draft import Occasion, draft
from questionnaires.facts import Fact
from questionnaires.form import identifier, libraries
from questionnaires.logic import ELM, Logic, library
from questionnaires.package_request import Guide
from questionnaires.policy import Edition

LANGUAGE = {"2.0.1": "text/cql", "2.2": "text/cql-identifier"}
ALTERNATIVE = {"2.0.1": ECR_ALTERNATIVE_EXPRESSION, "2.2": DTR_ALTERNATIVE_EXPRESSION}
QUESTIONNAIRE_PROFILE = {"2.0.1": "dtr-std-questionnaire", "2.2": "dtr-base-questionnaire"}
BUNDLE_NAME = {"2.0.1": "PackageBundle", "2.2": "packagebundle"}
OUTCOME_NAME = {"2.0.1": "operationOutcome", "2.2": "outcome"}


def package(
    edition: Edition,
    questionnaire: Json,
    logics: Sequence[Logic],
    occasion: Occasion,
    *,
    guide: Guide,
    prefilled: Mapping[str, Fact] | None = None,
    at: datetime | None = None,
) -> Json:
    """One form as a collection Bundle: Questionnaire first, then its draft response, then every library it needs, once.

    ``logics`` are the form's libraries with all they include (``logic.closure``). ``prefilled`` are facts of the payer's
    own; only questions that are asked are filled.
    """
    form = questionnaire_for(guide, questionnaire, edition)
    base = _base(questionnaire)
    resources = [form, draft(questionnaire, occasion, prefilled or {}, guide, at), *(library(logic, base) for logic in logics)]
    entries = [{"fullUrl": resource.get("url") or f"urn:uuid:{resource['id']}", "resource": resource} for resource in resources]
    return {"resourceType": "Bundle", "meta": {"profile": [f"{DTR_PROFILE}DTR-QPackageBundle"]}, "type": "collection", "entry": entries}


def answer(packages: Iterable[Json], issues: Iterable[Issue], guide: Guide) -> Json:
    """The operation's Parameters: one part for each package, one outcome with every issue.

    With nothing to hand out and nothing to warn of it says so, because Parameters may not be empty.

    >>> [part["name"] for part in answer([], [], "2.2")["parameter"]]
    ['outcome']
    """
    parts: list[Json] = [{"name": BUNDLE_NAME[guide], "resource": bundle} for bundle in packages]
    said = list(issues)
    if not parts and not said:
        said = [Issue("No form is needed, or none has changed since the time you named.", "informational", "information")]
    if said:
        parts.append({"name": OUTCOME_NAME[guide], "resource": operation_outcome(said)})
    return {"resourceType": "Parameters", "meta": {"profile": [f"{DTR_PROFILE}dtr-qpackage-output-parameters"]}, "parameter": parts}


def changed(edition: Edition, questionnaire: Json, since: datetime) -> bool:
    """Whether the package may differ from one fetched at that moment: forms, facts and policies are dated to the day."""
    dates = [edition.in_force_from.isoformat(), *filter(None, [(text(questionnaire, "date") or "")[:10]])]
    return max(dates) >= since.date().isoformat()


def questionnaire_for(guide: Guide, questionnaire: Json, edition: Edition) -> Json:
    """The form in the dialect of a guide: profile, narrative, period of force, expression language and compiled alternatives."""
    form = {**questionnaire, "meta": {"profile": [f"{DTR_PROFILE}{QUESTIONNAIRE_PROFILE[guide]}"]}, "text": _narrative(questionnaire)}
    form["effectivePeriod"] = {key: on.isoformat() for key, on in (("start", edition.in_force_from), ("end", edition.in_force_until)) if on}
    form["extension"] = many(questionnaire, "extension")
    if guide == "2.2" and not any(each.get("url") == VERSION_ALGORITHM_EXTENSION for each in form["extension"]):
        natural = {"url": VERSION_ALGORITHM_EXTENSION, "valueCoding": {"system": VERSION_ALGORITHM, "code": "natural"}}
        form["extension"] = [*form["extension"], natural]
    rewritten: Json = _expressions(form, guide)
    return rewritten


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


def _base(questionnaire: Json) -> str:
    """Where the form's libraries are published: what stands before /Library/ in its cqf-library."""
    named = next(iter(libraries(questionnaire)), "") or str(questionnaire.get("url", ""))
    return named.split("/Library/")[0].split("/Questionnaire/")[0]


def _narrative(questionnaire: Json) -> Json:
    lines = "".join(f"<li>{escape(line)}</li>" for line in _lines(many(questionnaire, "item")))
    title = escape(text(questionnaire, "title") or "")
    return {"status": "generated", "div": f'<div xmlns="http://www.w3.org/1999/xhtml"><h2>{title}</h2><ul>{lines}</ul></div>'}


def _lines(items: list[Json]) -> Iterator[str]:
    for item in items:
        yield str(item.get("text", ""))
        yield from _lines(many(item, "item"))


