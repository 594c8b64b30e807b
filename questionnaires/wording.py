"""policy.toml -> editions: read what the policy's owner wrote, and name every mistake in it at once.

The format, key by key, is told to policy owners in ``fhir_pa/docs/add-a-policy.md``, and in short in ``library.py``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from ig_profiles import names
from ig_profiles.reading import Coding
from questionnaires.criteria import GROUPS, OPERATORS, Axis, Criterion, Test
from questionnaires.mistakes import Mistake, perhaps, quoted
from questionnaires.policy import Certifies, Edition

CODE_SYSTEMS = {"HCPCS": names.HCPCS, "CPT": names.CPT, "RXNORM": names.RXNORM, "NDC": names.NDC, "SNOMED": names.SNOMED, "LOINC": names.LOINC}
LINES_OF_BUSINESS = ("medicare-advantage", "medicaid", "commercial-erisa", "qhp")
DOCUMENTATION = ("clinical", "admin", "patient")

_REQUIRED: Any = object()
_SENTENCE = "Write it in plain words, in quotes."
_MENDS = {
    "signed_by": "Name the person who signs this edition, and the day: signed_by = \"Ada Quill, MD, 2025-12-01\".",
    "because": "Give the payer's reason in one sentence; it is what the provider and the member read.",
    "in_force_from": "Give the first day it counts, without quotes: in_force_from = 2026-01-01.",
    "version": "Number the edition: version = \"2026.1\".",
    "source": "Name the coverage determination, guideline or study it rests on; owners and members may ask for it.",
}


@dataclass(frozen=True)
class Wording:
    """One edition as written, with the names of the files that hold its form and its facts."""

    edition: Edition
    form: str
    facts: str
    written: Mapping[str, Any]


class Table:
    """One TOML table being read: each key is taken once; keys nobody takes are mistakes."""

    def __init__(self, data: Any, file: str, key: str, mistakes: list[Mistake]) -> None:
        self.data: dict[str, Any] = dict(data) if isinstance(data, Mapping) else {}
        self.file, self.key, self.mistakes, self._taken = file, key, mistakes, list[str]()

    def wrong(self, what: str, mend: str, below: str = "") -> None:
        """Note a mistake here."""
        self.mistakes.append(Mistake(self.file, " › ".join(filter(None, (self.key, below))), what, mend))

    def take(self, key: str, kind: type | tuple[type, ...] = str, default: Any = _REQUIRED) -> Any:
        """The value at the key when it is of this kind; else the default, and a mistake."""
        self._taken.append(key)
        if key not in self.data:
            if default is _REQUIRED:
                self.wrong(f"has no '{key}'.", _MENDS.get(key, f"Add the line: {key} = …"))
            return None if default is _REQUIRED else default
        value = self.data[key]
        kinds = kind if isinstance(kind, tuple) else (kind,)
        if not isinstance(value, kinds) or (isinstance(value, bool) and bool not in kinds) or value == "":
            wanted = {str: "text in quotes", date: "a date like 2026-01-01", int: "a whole number", list: "a list in brackets", dict: "a table"}
            word = wanted.get(kinds[0], "true or false")
            self.wrong(f"has {key} = {value!r}, which is not {word}.", f"Write {word}.")
            return None if default is _REQUIRED else default
        return value

    def choice(self, key: str, allowed: tuple[str, ...], default: Any = _REQUIRED) -> Any:
        """The word at the key when it is one of those allowed."""
        value = self.take(key, str, default)
        if value is not None and value not in allowed:
            self.wrong(f"has {key} = {value!r}.", f"{perhaps(value, allowed)}Choose one of {quoted(allowed)}.")
            return None
        return value

    def words(self, key: str, allowed: tuple[str, ...] = ()) -> tuple[str, ...]:
        """A list of words, each one of those allowed when any are named."""
        found = tuple(self.take(key, list, []) or ())
        for word in found:
            if not isinstance(word, str) or (allowed and word not in allowed):
                choice = f"Choose from {quoted(allowed)}." if allowed else _SENTENCE
                self.wrong(f"has {word!r} in {key}.", f"{perhaps(str(word), allowed)}{choice}")
        return tuple(word for word in found if isinstance(word, str))

    def finish(self) -> None:
        """Every key that was not asked for is unknown."""
        for key in self.data:
            if key not in self._taken:
                self.wrong(f"has a key '{key}' that means nothing.", f"{perhaps(key, self._taken)}The keys here are {quoted(self._taken)}.")


def read_policy(data: Mapping[str, Any], file: str) -> tuple[list[Wording], list[Mistake]]:
    """Every edition in a policy file, as far as it can be read, and every mistake. ``file`` names it in the mistakes."""
    mistakes: list[Mistake] = []
    head = Table(data, file, "", mistakes)
    common = {key: head.take(key) for key in ("topic", "title", "owner", "source")}
    common |= {"phone": head.take("phone", str, None), "policy_link": head.take("policy_link", str, None)}
    editions = head.take("edition", list) or []
    head.finish()
    if common["topic"] and file.split("/")[-2:-1] not in ([], [common["topic"]]):
        folder = file.split("/")[-2]
        head.wrong(f"has topic = {common['topic']!r}, but its folder is called '{folder}'.", "Give both the same name.")
    wordings = [_edition(Table(each, file, f"edition {_name(each, position)}", mistakes), common) for position, each in enumerate(editions, 1)]
    versions = [wording.edition.version for wording in wordings if wording]
    for version in {version for version in versions if versions.count(version) > 1}:
        head.wrong(f"has two editions called {version}.", "A new wording is a new edition: give it a version of its own.", f"edition {version}")
    return [wording for wording in wordings if wording], mistakes


def _name(data: Any, position: int) -> str:
    return str(data.get("version", position)) if isinstance(data, Mapping) else str(position)


def _edition(table: Table, common: Mapping[str, Any]) -> Wording | None:
    before = len(table.mistakes)
    form, facts = table.take("questionnaire", str, "questionnaire.json"), table.take("facts", str, "facts.cql")
    read = dict(
        common,
        version=table.take("version"),
        signed_by=table.take("signed_by"),
        in_force_from=_day(table, "in_force_from"),
        in_force_until=_day(table, "in_force_until", None),
        lines_of_business=table.words("lines_of_business", LINES_OF_BUSINESS),
        services=_services(table),
        covered=table.take("covered", bool, True),
        authorization=table.choice("authorization", ("needed", "not needed")),
        documentation=table.words("documentation", DOCUMENTATION),
        because=table.take("because"),
        refer_to=table.choice("refer_to", ("nurse", "physician"), "nurse"),
        certifies=_certifies(table),
        criteria=tuple(_criteria(table, table.take("criteria", list, []))),
    )
    table.finish()
    _sense(table, read)
    if len(table.mistakes) > before or None in (common["topic"], common["title"], common["owner"], common["source"]):
        return None
    return Wording(Edition(**read, questionnaire=None, fingerprint=""), form, facts, table.data)


def _sense(table: Table, read: Mapping[str, Any]) -> None:
    """What each key says alone may be right, and yet not make sense together."""
    if read["in_force_from"] and read["in_force_until"] and read["in_force_until"] < read["in_force_from"]:
        table.wrong("ends before it begins.", "Set in_force_until to the last day it counts, or leave it out.")
    if read["criteria"] and read["certifies"] is None:
        table.wrong("weighs criteria, but does not say what it certifies when all are met.", "Add [edition.certifies] with days = …")
    if read["certifies"] and not read["criteria"]:
        table.wrong("certifies without any criterion.", "Silence never certifies: add [[edition.criteria]], or take [edition.certifies] out.")
    asked = {coding.code for coding in read["services"]}
    for criterion in _every(read["criteria"]):
        for code in criterion.services:
            if code not in asked:
                what = f"has criterion '{criterion.id}' for service {code}, but the edition speaks only about {quoted(sorted(asked))}."
                table.wrong(what, "Add the code to [edition.services], or correct it.", f"criteria › {criterion.id}")
    found = [criterion.id for criterion in _every(read["criteria"])]
    for twin in sorted({name for name in found if found.count(name) > 1}):
        table.wrong(f"has two criteria called '{twin}'.", "Give each criterion an id of its own; decisions cite it.", f"criteria › {twin}")


def _every(criteria: tuple[Criterion, ...]) -> list[Criterion]:
    return [each for criterion in criteria for each in (criterion, *_every(criterion.below))]


def _day(table: Table, key: str, default: Any = _REQUIRED) -> date | None:
    value = table.take(key, date, default)
    return value.date() if isinstance(value, datetime) else value


def _services(table: Table) -> tuple[Coding, ...]:
    found: list[Coding] = []
    for system, codes in (table.take("services", dict, {}) or {}).items():
        if system not in CODE_SYSTEMS and "://" not in system:
            mend = f"{perhaps(system, CODE_SYSTEMS)}Use {quoted(CODE_SYSTEMS)}, or the full address of the code system."
            table.wrong(f"names services by '{system}', a code system nobody knows.", mend, "services")
        elif not isinstance(codes, list) or not all(isinstance(code, str) and code.strip() for code in codes):
            table.wrong(f"has services.{system} = {codes!r}.", 'List the codes in quotes: HCPCS = ["E1390"].', "services")
        else:
            found += [Coding(CODE_SYSTEMS.get(system, system), code) for code in codes]
    return tuple(found)


def _certifies(table: Table) -> Certifies | None:
    data = table.take("certifies", dict, None)
    if data is None:
        return None
    inner = Table(data, table.file, f"{table.key} › certifies", table.mistakes)
    days, quantity, unit = inner.take("days", int), inner.take("quantity", (int, float), None), inner.take("unit", str, None)
    inner.finish()
    if days is not None and days < 1:
        inner.wrong(f"certifies for {days} days.", "Give at least one day.")
    return Certifies(days or 1, None if quantity is None else Decimal(str(quantity)), unit)


def _criteria(table: Table, rows: Any, path: str = "criteria") -> list[Criterion]:
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
        said["below"] = tuple(_criteria(table, inner.take(groups[0], list), path))
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
    known = {"id", "title", "because", "axis", "source", "services", "accepts", "fact"}
    operators = [key for key in inner.data if key in OPERATORS]
    if len(operators) != 1:
        odd = next((key for key in inner.data if key not in known and key not in OPERATORS), "")
        inner._taken += [odd] if not operators else []
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
        wanted = {"one_of": "a list of values", "is": "one value", "within_days": "a number of days", "at_least_days_ago": "a number of days", "answered": "true"}
        inner.wrong(f"has {operators[0]} = {value} for '{fact}'.", f"Give {wanted.get(operators[0], 'a number or a date')}.")
        return None
    return Test(fact, operators[0], tuple(value) if isinstance(value, list) else value) if fact else None
