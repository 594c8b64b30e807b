"""Every filled-in form in a resource, with the form it fills in: contained, beside it in the Bundle, or known by its canonical."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from ig_profiles.outcome import Issue
from ig_profiles.reading import Json, many, text
from questionnaires.package_request import Guide
from questionnaires.response_check import Expansions, Filling, check_response
from questionnaires.value_sets import ValueSets

FormNamed = Callable[[str], Json | None]
_STEP = re.compile(r"\.(item|answer)\[(\d+)\]")


def form_faults(resource: Any, guide: Guide | None, form_named: FormNamed, value_sets: Expansions) -> list[Issue]:
    """Where the filled-in forms of this resource (one itself, or in a Bundle or Parameters) break their forms.

    ``form_named`` gives a form by its canonical, or None. A response whose form is not at hand is passed over; one that is
    in progress may lack answers.
    """
    found: list[Issue] = []
    for response, at, beside in _responses(resource):
        form = _form_of(response, beside, form_named)
        if form is not None:
            own = [each for each in (*beside, *many(form, "contained"), *many(response, "contained")) if _is(each, "ValueSet")]
            known = {**value_sets, **ValueSets(own).expansions(), **{f"#{each.get('id')}": codes for each in own if (codes := _codes(each))}}
            finished = response.get("status") in ("completed", "amended")
            found += check_response(response, Filling(form, known, guide, finished), at)
    return found


def faulty_answers(response: Json, issues: list[Issue]) -> dict[str, str]:
    """By link id, the first fault of each question whose answer is faulty or beyond its limits; the issues are those of this response."""
    found: dict[str, str] = {}
    for issue in issues:
        if issue.severity in ("fatal", "error") or issue.code == "value":
            link_id = _link_id(response, issue.expression or "")
            if link_id is not None:
                found.setdefault(link_id, issue.text)
    return found


def _responses(resource: Any) -> Iterator[tuple[Json, str, list[Json]]]:
    if not isinstance(resource, dict):
        return
    if _is(resource, "QuestionnaireResponse"):
        yield resource, "QuestionnaireResponse", []
    parts = {"Bundle": "entry", "Parameters": "parameter"}.get(str(resource.get("resourceType")))
    if parts is None:
        return
    beside = [each for each in many(resource, parts, "resource") if isinstance(each, dict)]
    for position, part in enumerate(many(resource, parts)):
        inside = part.get("resource") if isinstance(part, dict) else None
        at = f"{resource['resourceType']}.{parts}[{position}].resource"
        if isinstance(inside, dict):
            if _is(inside, "QuestionnaireResponse"):
                yield inside, at, beside
            else:
                for response, deeper, others in _responses(inside):
                    yield response, f"{at}{deeper[len(str(inside['resourceType'])) :]}", others


def _form_of(response: Json, beside: list[Json], form_named: FormNamed) -> Json | None:
    named = text(response, "questionnaire") or ""
    if named.startswith("#"):
        return next((each for each in many(response, "contained") if _is(each, "Questionnaire") and each.get("id") == named[1:]), None)
    near = (each for each in beside if _is(each, "Questionnaire") and named and named in (each.get("url"), f"{each.get('url')}|{each.get('version')}"))
    return next(near, None) or (form_named(named) if named else None)


def _codes(value_set: Json) -> Any:
    url = str(value_set.get("url") or f"#{value_set.get('id')}")
    return ValueSets([{**value_set, "url": url}]).expansions().get(url)


def _is(resource: Any, kind: str) -> bool:
    return isinstance(resource, dict) and resource.get("resourceType") == kind


def _link_id(response: Json, expression: str) -> str | None:
    node: Any = response
    found: str | None = None
    for name, position in _STEP.findall(expression):
        below = many(node, name)
        if int(position) >= len(below):
            return found
        node = below[int(position)]
        found = text(node, "linkId") or found
    return found
