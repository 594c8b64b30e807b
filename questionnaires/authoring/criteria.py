"""The criteria of an edition in policy.toml -> criteria that can be weighed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from questionnaires.authoring.mistakes import perhaps, quoted
from questionnaires.authoring.table import Table
from questionnaires.comparisons import DAYS, OPERATORS, PAIRED
from questionnaires.criteria import GROUPS, Axis, Criterion, Test

STEP = "step"
_PARTS = {  # of an earlier step of therapy: what the record of a drug that was tried must tell, F27 and F28
    "drug": "A drug of the earlier step was tried",
    "dose": "It was given at a sufficient dose",
    "duration": "It was given long enough",
    "reason": "Why it was stopped is known",
    "record": "The stop was recorded when it happened",
}
_MAY_LACK = ("record",)
_WANTED = {"one_of": "a list of values", "is": "one value", "answered": "true", **dict.fromkeys(DAYS, "a number of days")}
_SAID = ("id", "title", "because", "axis", "source", "services", "accepts", "document", "fact")


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
    groups = [group for group in (*GROUPS, STEP) if group in inner.data]
    if ("fact" in inner.data) + len(groups) != 1:
        mend = f"A criterion is either a test (fact = …) or one group ({quoted((*GROUPS, STEP))}) of criteria."
        inner.wrong("has a criterion that is neither one test nor one group.", mend)
        return None
    said: dict[str, Any] = {
        "because": inner.take("because", str, ""),
        "axis": Axis(inner.choice("axis", tuple(Axis), Axis.NECESSITY) or Axis.NECESSITY),
        "source": inner.take("source", str, ""),
        "services": inner.words("services"),
        "accepts": inner.words("accepts"),
        "document": _document(inner),
    }
    if groups == [STEP]:
        said |= {"id": inner.take("id"), "title": inner.take("title")}
        said |= dict(zip(("group", "below"), _step(inner, table, path, str(said["id"])), strict=True))
    elif groups:
        said |= {"id": inner.take("id"), "title": inner.take("title"), "group": groups[0]}
        said["below"] = tuple(read_criteria(table, inner.take(groups[0], list), path))
        said["at_least"] = inner.take("needed", int) if groups[0] == "count" else 1
        if not said["below"]:
            inner.wrong(f"has an empty '{groups[0]}'.", "List the criteria below it, or take it out.")
    else:
        test = _test(inner)
        phrase = _phrase(test) if test else ""
        said |= {"id": inner.take("id", str, phrase), "title": inner.take("title", str, phrase), "test": test}
    inner.finish()
    return Criterion(**said) if said["id"] and said["title"] and (groups or said["test"]) and said.get("at_least", 1) else None


def untitled(criteria: Iterable[Criterion]) -> Iterator[Criterion]:
    """The tests, however deep, that are called by what they compare, because nobody gave them a title.

    >>> [each.title for each in untitled(read_criteria(Table({}, "", "", []), [{"fact": "spo2", "above": 88}, {"fact": "hgb", "title": "Low", "below": 8}]))]
    ['spo2 above 88']
    """
    return (each for each in every(criteria) if each.test and each.title == _phrase(each.test))


def _phrase(test: Test) -> str:
    return f"{test.fact} {test.operator.replace('_', ' ')} {test.value}"


def _document(inner: Table) -> str | None:
    """The LOINC code of a kind of document, held against its check digit."""
    code: str | None = inner.take("document", str, None)
    if code is not None and not is_loinc(code):
        what = f"names the document '{code}', which is no LOINC code."
        inner.wrong(what, 'Write the code of the kind of attachment, check digit included: document = "18748-4" (an imaging study).')
        return None
    return code


def is_loinc(code: str) -> bool:
    """Whether digits, dash and check digit (modulo 10) are those of a LOINC code.

    >>> is_loinc("18748-4"), is_loinc("18748-5"), is_loinc("report")
    (True, False, False)
    """
    number, _, check = code.partition("-")
    if not (number + check).isascii() or not number.isdigit() or not check.isdigit() or len(number) > 7 or len(check) != 1:
        return False
    digits = [int(digit) * (2 - position % 2) for position, digit in enumerate(reversed(number))]
    return (sum(digit // 10 + digit % 10 for digit in digits) + int(check)) % 10 == 0


def _step(inner: Table, table: Table, path: str, name: str) -> tuple[str, tuple[Criterion, ...]]:
    """A step of therapy as the group it stands for: its parts, each under a name of its own, or one of its exceptions."""
    step = Table(inner.take(STEP, dict), inner.file, f"{inner.key} › {STEP}", inner.mistakes)
    rows = []
    for part, title in _PARTS.items():
        row = step.take(part, dict, None)
        if row is not None:
            rows.append({"id": f"{name}.{part}", "title": title, **row})
        elif part not in _MAY_LACK:
            step.wrong(f"does not say what '{part}' must be.", f"A trial is told by drug, dose, duration and reason: add a line such as {_SUCH[part]}")
    unless = step.take("unless", list, [])
    step.finish()
    tried = tuple(read_criteria(table, rows, f"{path} › {STEP}"))
    exceptions = tuple(read_criteria(table, unless, f"{path} › {STEP} › unless"))
    if not exceptions:
        return "all", tried
    return "any", (*exceptions, Criterion(f"{name}.tried", "The earlier step was taken", below=tried))


_SUCH = {
    "drug": 'drug = { fact = "tried_drug", one_of = ["methotrexate"] }',
    "dose": 'dose = { fact = "tried_dose", at_least = 15 }',
    "duration": 'duration = { fact = "tried_until", at_least_days_after = { fact = "tried_from", days = 84 } }',
    "reason": 'reason = { fact = "stopped_for", one_of = ["no_response"] }',
}


def _test(inner: Table) -> Test | None:
    fact = inner.take("fact")
    operators = [key for key in inner.data if key in OPERATORS]
    if len(operators) != 1:
        odd = next((key for key in inner.data if key not in _SAID and key not in OPERATORS), "")
        inner.pass_over(odd)
        what = f"compares '{fact}' with '{odd}', which is no comparison." if odd and not operators else f"needs exactly one comparison for '{fact}'."
        inner.wrong(what, f"{perhaps(odd, OPERATORS)}The comparisons are {quoted(OPERATORS)}.")
        return None
    if operators[0] in PAIRED:
        return _paired(inner, fact, operators[0])
    value = inner.take(operators[0], (bool, str, int, float, date, list))
    value = _decimal(value)
    fits = {
        "one_of": isinstance(value, list) and bool(value),
        "is": not isinstance(value, list),
        "answered": value is True,
        **dict.fromkeys(DAYS, isinstance(value, Decimal) and value == int(value)),
    }.get(operators[0], isinstance(value, (Decimal, date)))
    if not fits:
        inner.wrong(f"has {operators[0]} = {value} for '{fact}'.", f"Give {_WANTED.get(operators[0], 'a number or a date')}.")
        return None
    return Test(fact, operators[0], tuple(value) if isinstance(value, list) else value) if fact else None


def _paired(inner: Table, fact: Any, operator: str) -> Test | None:
    """A comparison with another fact: the days between two dates, or a quantity for days of supply."""
    before = len(inner.mistakes)
    table = Table(inner.take(operator, dict), inner.file, f"{inner.key} › {operator}", inner.mistakes)
    other, days = table.take("fact"), _decimal(table.take("days", int))
    limit = _decimal(table.take("limit", (int, float))) if operator == "at_most_per" else None
    table.finish()
    if days is not None and days < (0 if limit is None else 1):
        table.wrong(f"has days = {days}.", "Count the days forward.")
    return Test(fact, operator, days if limit is None else (limit, days), other) if fact and len(inner.mistakes) == before else None


def _decimal(value: Any) -> Any:
    return Decimal(str(value)) if isinstance(value, (int, float)) and not isinstance(value, bool) else value
