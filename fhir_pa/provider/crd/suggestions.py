"""Taking a suggestion: the actions of one card's suggestion as changes to a chart, all of them or none.

CDS Hooks 2.0, Suggestion and Action; ids and references of created resources by FHIR's transaction rules (CRD 2.2 dev-21), and
conditional creates by ``davinci-crd.if-none-exist``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from fhir_pa.provider.wire import WrongAnswer
from ig_profiles.reading import Json, many, text

IF_NONE_EXIST = "davinci-crd.if-none-exist"


@dataclass(frozen=True)
class Change:
    """What a chart keeps, each whole, and what goes out of it, by ``Type/id``."""

    kept: tuple[Json, ...]
    gone: tuple[str, ...]


def change_of(suggestion: Json, held: Sequence[Json], new_id: Callable[[str], str]) -> Change:
    """The change this suggestion makes to what is held; ``new_id`` gives the id of a new resource of a type.

    Raises WrongAnswer when it updates or deletes what is not held, or is no action at all: nothing is changed then.
    """
    names = {_name(each) for each in held}
    kept: list[Json] = []
    gone: list[str] = []
    renamed: dict[str, str] = {}
    for action in many(suggestion, "actions"):
        kind, resource = action.get("type"), action.get("resource")
        name = action.get("resourceId") if kind == "delete" else _name(resource) if isinstance(resource, dict) else ""
        if kind not in ("create", "update", "delete") or not name:
            raise WrongAnswer(f"The suggestion '{suggestion.get('label')}' has an action that is no create, update or delete of a resource.")
        if kind != "create" and name not in names:
            raise WrongAnswer(f"The suggestion '{suggestion.get('label')}' would {kind} {name}, which is not in the chart.")
        if kind == "delete":
            gone.append(str(name))
        elif kind == "update":
            kept.append(resource)
        else:
            there = _matching(text(action, "extension", IF_NONE_EXIST), resource, held)
            made = f"{resource['resourceType']}/{there['id'] if there else new_id(resource['resourceType'])}"
            renamed |= {str(name): made} if resource.get("id") else {}
            kept += [] if there else [{**resource, "id": made.partition("/")[2]}]
    return Change(tuple(_referring(each, renamed) for each in kept), tuple(gone))


def accepted(card: Json, suggestion: Json, at: str) -> Json:
    """The feedback that this suggestion of this card was taken; ``at`` is an ISO 8601 moment with its zone."""
    told = {"card": card["uuid"], "outcome": "accepted", "acceptedSuggestions": [{"id": suggestion["uuid"]}], "outcomeTimestamp": at}
    return {"feedback": [told]}


def overridden(card: Json, reason: Json | None, words: str, at: str) -> Json:
    """The feedback that this card was not followed: ``reason`` is one of the card's own (a Coding), ``words`` the clinician's.

    >>> overridden({"uuid": "c1"}, {"system": "s", "code": "later", "display": "Later"}, "", "2026-11-21T15:00:00Z")["feedback"][0]["overrideReason"]
    {'reason': {'system': 's', 'code': 'later', 'display': 'Later'}}
    """
    because = {**({"reason": reason} if reason else {}), **({"userComment": words} if words else {})}
    told = {"card": card["uuid"], "outcome": "overridden", **({"overrideReason": because} if because else {}), "outcomeTimestamp": at}
    return {"feedback": [told]}


def _name(resource: Json) -> str:
    return f"{resource.get('resourceType')}/{resource.get('id', '')}"


def _matching(query: str | None, resource: Json, held: Iterable[Json]) -> Json | None:
    """The held resource of the same type that fits the search of a conditional create."""
    if query is None:
        return None
    wanted = parse_qsl(query)
    return next((each for each in held if each["resourceType"] == resource["resourceType"] and all(_fits(each, *pair) for pair in wanted)), None)


def _fits(resource: Json, parameter: str, value: str) -> bool:
    if parameter == "identifier":
        return any(f"{each.get('system', '')}|{each.get('value')}" == value for each in many(resource, "identifier"))
    return bool(resource.get(parameter) == value)


def _referring(node: Any, renamed: dict[str, str]) -> Any:
    """The resource with each reference to a new resource by the id it got."""
    if isinstance(node, dict):
        return {key: renamed.get(value, value) if key == "reference" and isinstance(value, str) else _referring(value, renamed) for key, value in node.items()}
    return [_referring(item, renamed) for item in node] if isinstance(node, list) else node
