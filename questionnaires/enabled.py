"""Which questions of a form are asked, given the answers so far (FHIR R4 Questionnaire.item.enableWhen)."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from ig_profiles.reading import Coding, Json, many

_ORDER = {">": (1,), "<": (-1,), ">=": (0, 1), "<=": (-1, 0)}


def asked(questionnaire: Json, values: Mapping[str, tuple[Any, ...]]) -> frozenset[str]:
    """The link ids of every item that is enabled, and all above it too.

    >>> form = {"item": [{"linkId": "a"}, {"linkId": "b", "enableWhen": [{"question": "a", "operator": "=", "answerBoolean": True}]}]}
    >>> sorted(asked(form, {"a": (True,)})), sorted(asked(form, {}))
    (['a', 'b'], ['a'])
    """
    found: set[str] = set()
    _look(many(questionnaire, "item"), values, found)
    return frozenset(found)


def _look(items: list[Json], values: Mapping[str, tuple[Any, ...]], found: set[str]) -> None:
    for item in items:
        if _holds(item, values):
            found.add(item["linkId"])
            _look(many(item, "item"), values, found)


def _holds(item: Json, values: Mapping[str, tuple[Any, ...]]) -> bool:
    verdicts = [_condition(each, values.get(each["question"], ())) for each in many(item, "enableWhen")]
    return not verdicts or (any(verdicts) if item.get("enableBehavior") == "any" else all(verdicts))


def _condition(condition: Json, given: tuple[Any, ...]) -> bool:
    """One condition. Without an answer only ``exists = false`` and ``!=`` hold."""
    wanted = _plain(next((value for key, value in condition.items() if key.startswith("answer")), None))
    match condition["operator"]:
        case "exists":
            return bool(given) is bool(wanted)
        case "=":
            return any(_plain(each) == wanted for each in given)
        case "!=":
            return all(_plain(each) != wanted for each in given)
        case operator:
            return any(_compare(_plain(each), wanted) in _ORDER[operator] for each in given)


def _plain(value: Any) -> Any:
    """Codings compare by their code, numbers and quantities as decimals, dates as ISO text."""
    if isinstance(value, Coding):
        return value.code
    if isinstance(value, dict):
        return Decimal(str(value["value"])) if "value" in value else value.get("code")
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return Decimal(str(value))
    return value.isoformat() if hasattr(value, "isoformat") else value


def _compare(left: Any, right: Any) -> int | None:
    try:
        return int(left > right) - int(left < right)
    except TypeError:
        return None
