"""The criteria of an edition in policy.toml -> criteria that can be weighed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from questionnaires.authoring.mistakes import perhaps, quoted
from questionnaires.authoring.table import Table
from questionnaires.criteria import GROUPS, OPERATORS, Axis, Criterion, Test

_WANTED = {"one_of": "a list of values", "is": "one value", "within_days": "a number of days", "at_least_days_ago": "a number of days", "answered": "true"}
_SAID = ("id", "title", "because", "axis", "source", "services", "accepts", "fact")


def every(criteria: Iterable[Criterion]) -> Iterator[Criterion]:
    """Every criterion, however deep."""
    for criterion in criteria:
        yield criterion
        yield from every(criterion.below)


def read_criteria(table: Table, rows: Any, path: str = "criteria") -> list[Criterion]:
    """The criteria in these rows, as far as they can be read; mistakes go to the table that holds them."""
    found = []
    for position, row in enumerate(rows or (), 1):
        name = row.get("id", row.get("fact", position)) if isinstance(row, Mapping) else position
        inner = Table(row, table.file, f"{table.key} › {path} › {name}", table.mistakes)
        criterion = _criterion(inner, table, f"{path} › {name}")
        if criterion is not None:
            found.append(criterion)
    return found


def _criterion(inner: Table, table: Table, path: str) -> Criterion | None:
    groups = [group for group in GROUPS if group in inner.data]
    if ("fact" in inner.data) + len(groups) != 1:
        mend = f"A criterion is either a test (fact = …) or one group ({quoted(GROUPS)}) of criteria."
        inner.wrong("has a criterion that is neither one test nor one group.", mend)
        return None
    said: dict[str, Any] = {
        "because": inner.take("because", str, ""),
        "axis": Axis(inner.choice("axis", tuple(Axis), Axis.NECESSITY) or Axis.NECESSITY),
        "source": inner.take("source", str, ""),
        "services": inner.words("services"),
        "accepts": inner.words("accepts"),
    }
    if groups:
        said |= {"id": inner.take("id"), "title": inner.take("title"), "group": groups[0]}
        said["below"] = tuple(read_criteria(table, inner.take(groups[0], list), path))
        said["at_least"] = inner.take("needed", int) if groups[0] == "count" else 1
        if not said["below"]:
            inner.wrong(f"has an empty '{groups[0]}'.", "List the criteria below it, or take it out.")
    else:
        test = _test(inner)
        phrase = f"{test.fact} {test.operator.replace('_', ' ')} {test.value}" if test else ""
        said |= {"id": inner.take("id", str, phrase), "title": inner.take("title", str, phrase), "test": test}
    inner.finish()
    return Criterion(**said) if said["id"] and said["title"] and (groups or said["test"]) and said.get("at_least", 1) else None


def _test(inner: Table) -> Test | None:
    fact = inner.take("fact")
    operators = [key for key in inner.data if key in OPERATORS]
    if len(operators) != 1:
        odd = next((key for key in inner.data if key not in _SAID and key not in OPERATORS), "")
        inner.pass_over(odd)
        what = f"compares '{fact}' with '{odd}', which is no comparison." if odd and not operators else f"needs exactly one comparison for '{fact}'."
        inner.wrong(what, f"{perhaps(odd, OPERATORS)}The comparisons are {quoted(OPERATORS)}.")
        return None
    value = inner.take(operators[0], (bool, str, int, float, date, list))
    value = Decimal(str(value)) if isinstance(value, (int, float)) and not isinstance(value, bool) else value
    fits = {
        "one_of": isinstance(value, list) and bool(value),
        "is": not isinstance(value, list),
        "within_days": isinstance(value, Decimal) and value == int(value),
        "at_least_days_ago": isinstance(value, Decimal) and value == int(value),
        "answered": value is True,
    }.get(operators[0], isinstance(value, (Decimal, date)))
    if not fits:
        inner.wrong(f"has {operators[0]} = {value} for '{fact}'.", f"Give {_WANTED.get(operators[0], 'a number or a date')}.")
        return None
    return Test(fact, operators[0], tuple(value) if isinstance(value, list) else value) if fact else None
