"""Which questions of a form are asked, given the answers so far (FHIR R4 Questionnaire.item.enableWhen)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from ig_profiles.reading import Coding, Json, many

_ORDER = {">": (1,), "<": (-1,), ">=": (0, 1), "<=": (-1, 0)}


def enabled(link: str, questionnaire: Json, values: Mapping[str, Any]) -> bool:
    """Whether the item of this link id, and everything above it, is asked.

    >>> form = {"item": [{"linkId": "a"}, {"linkId": "b", "enableWhen": [{"question": "a", "operator": "=", "answerBoolean": True}]}]}
    >>> enabled("b", form, {"a": True}), enabled("b", form, {})
    (True, False)
    """
    return all(_holds(each, values) for each in _line(link, questionnaire.get("item", [])))


def _line(link: str, items: list[Json]) -> list[Json]:
    """The item of this link id with its ancestors, outermost first."""
    for item in items:
        if item["linkId"] == link:
            return [item]
        below = _line(link, item.get("item", []))
        if below:
            return [item, *below]
    return []


def _holds(item: Json, values: Mapping[str, Any]) -> bool:
    verdicts = [_condition(each, values) for each in many(item, "enableWhen")]
    if not verdicts:
        return True
    return any(verdicts) if item.get("enableBehavior") == "any" else all(verdicts)


def _condition(condition: Json, values: Mapping[str, Any]) -> bool:
    value = values.get(condition["question"])
    given = value if isinstance(value, (tuple, list)) else () if value is None else (value,)
    wanted = next((found for key, found in condition.items() if key.startswith("answer")), None)
    operator = condition["operator"]
    if operator == "exists":
        return bool(given) is bool(wanted)
    if operator == "=":
        return any(_plain(each) == _plain(wanted) for each in given)
    if operator == "!=":
        return all(_plain(each) != _plain(wanted) for each in given)
    return any(_compare(_plain(each), _plain(wanted)) in _ORDER[operator] for each in given)


def _plain(value: Any) -> Any:
    if isinstance(value, Coding):
        return value.code
    if isinstance(value, dict):
        return value.get("code") if "value" not in value else Decimal(str(value["value"]))
    if isinstance(value, date):
        return value.isoformat()
    return Decimal(str(value)) if isinstance(value, (int, float)) and not isinstance(value, bool) else value


def _compare(left: Any, right: Any) -> int:
    return (left > right) - (left < right)
