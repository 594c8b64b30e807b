"""A form in the dialect of a guide generation: period of force, expression language, compiled alternatives, links, narrative.

Source: DTR 2.0.1 R64, R97; DTR 2.2 spec-86, spec-96, profile dtr-base-questionnaire (dtr.md §0). An author writes each thing
once, as 2.0.1 names it; for 2.2 it is renamed, and what only 2.2 knows is added from the edition.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from html import escape
from typing import Any

from ig_profiles.names import (
    COMPLETION_TIME,
    DTR_ALTERNATIVE_EXPRESSION,
    ECR_ALTERNATIVE_EXPRESSION,
    QUESTIONNAIRE_AUDIENCE,
    REQUEST_SPECIFIC,
    SUPPORT_HYPERLINK,
    SUPPORT_LINK,
    TERMINOLOGY_SERVERS,
    VERSION_ALGORITHM,
    VERSION_ALGORITHM_EXTENSION,
)
from ig_profiles.reading import Json, many, text
from questionnaires.duration import completion_time
from questionnaires.form import identifier
from questionnaires.logic import ELM
from questionnaires.package_request import Guide
from questionnaires.policy import Edition
from questionnaires.reasons import explained

LANGUAGE: dict[Guide, str] = {"2.0.1": "text/cql", "2.2": "text/cql-identifier"}
NEWER = (COMPLETION_TIME, QUESTIONNAIRE_AUDIENCE, REQUEST_SPECIFIC)  # 2.0.1 does not know them
ALTERNATIVE: dict[Guide, str] = {"2.0.1": ECR_ALTERNATIVE_EXPRESSION, "2.2": DTR_ALTERNATIVE_EXPRESSION}


def spoken(guide: Guide, questionnaire: Json, edition: Edition) -> Json:
    """A copy of the form whose expressions speak the guide's language, with the edition's period of force and its reasons for asking."""
    form = {**questionnaire, "item": explained(many(questionnaire, "item"), edition)}
    form["effectivePeriod"] = {key: on.isoformat() for key, on in (("start", edition.in_force_from), ("end", edition.in_force_until)) if on}
    written = [each for each in many(questionnaire, "extension") if guide == "2.2" or each.get("url") not in NEWER]
    added = _of_the_newer_guide(questionnaire, edition) if guide == "2.2" else []
    said = [*written, *(each for each in added if each["url"] not in {one.get("url") for one in written})]
    form = {key: value for key, value in form.items() if key != "extension"} | ({"extension": said} if said else {})
    rewritten: Json = _rewritten(form, guide)
    return rewritten


def _of_the_newer_guide(questionnaire: Json, edition: Edition) -> list[Json]:
    """How versions are ordered, who is to answer, and how long that takes; the profile wants the time of clinicians when one is named."""
    takes = completion_time(questionnaire)
    parts = [{"url": name, "valueCode": takes} for name in ("clinicalTime", "totalTime")]
    return [
        {"url": VERSION_ALGORITHM_EXTENSION, "valueCoding": {"system": VERSION_ALGORITHM, "code": "natural"}},
        *({"url": QUESTIONNAIRE_AUDIENCE, "valueCode": who} for who in edition.documentation),
        {"url": COMPLETION_TIME, "extension": parts},
    ]


def narrative(title: str, lines: Iterable[str]) -> Json:
    """A generated narrative: the title and one line for each item."""
    listed = "".join(f"<li>{escape(line)}</li>" for line in lines)
    body = f"<ul>{listed}</ul>" if listed else ""
    return {"status": "generated", "div": f'<div xmlns="http://www.w3.org/1999/xhtml"><h2>{escape(title)}</h2>{body}</div>'}


def _rewritten(node: Any, guide: Guide) -> Any:
    """A copy in which every expression that names a define speaks the guide's language and brings its ELM (R97, spec-96)."""
    if isinstance(node, list):
        return [_rewritten(each, guide) for each in node]
    if not isinstance(node, dict):
        return node
    copy = {key: _rewritten(value, guide) for key, value in node.items()}
    expression = copy.get("valueExpression")
    if isinstance(expression, dict) and str(expression.get("language", "")).startswith("text/cql"):
        copy["valueExpression"] = _identified(expression, guide)
    match copy.get("url"), guide:
        case address, _ if address in TERMINOLOGY_SERVERS:
            copy["url"] = TERMINOLOGY_SERVERS[guide == "2.2"]
        case address, "2.2" if address == SUPPORT_LINK:
            parts = [{"url": "label", "valueString": "The plan's own page about this"}, {"url": "link", "valueUri": copy["valueUri"]}]
            return {"url": SUPPORT_HYPERLINK, "extension": parts}
    return copy


def _identified(expression: Json, guide: Guide) -> Json:
    named = identifier(text(expression, "expression") or "")
    if named is None:
        return expression
    elm = json.dumps({"type": "ExpressionRef", "libraryName": named[0], "name": named[1]}, separators=(",", ":"))
    compiled = {"url": ALTERNATIVE[guide], "valueExpression": {"language": ELM, "expression": elm}}
    kept = [each for each in many(expression, "extension") if each.get("url") not in ALTERNATIVE.values()]
    return {**expression, "extension": [*kept, compiled], "language": LANGUAGE[guide]}
