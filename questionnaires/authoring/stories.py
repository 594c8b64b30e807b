"""cases.toml -> the stories a policy's owner signs, and every mistake in how they are written.

One story, in short::

    [[case]]
    title = "Saturation 86 % at rest, seen in the clinic"
    signed_by = "Ada Quill, MD, 2025-12-01"
    services = { HCPCS = ["E1390"] }
    on = 2026-11-21                                   # the day of the service; today is the same day
    line_of_business = "medicare-advantage"           # optional
    quantity = 4                                      # optional: how many of each service, and until which day
    until = 2028-11-29
    edition = "2026.1"                                # optional: the newest
    expected = "certify"                              # or "refer", or by code: { E1390 = "certify", E0431 = "refer" }
    findings = { hypoxemia = "met" }                  # optional: met, not met, unknown, by criterion
    says = "the report of the last CT of the chest"   # optional: words that some finding must contain
    bundle = "cases/orla.json"                        # optional: FHIR resources, run through facts.cql
    [case.answers]                                    # optional: what the form says
    spo2 = 86
    [case.facts]                                      # optional: what the record says
    room_air = true
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from ig_profiles.reading import Coding, Json, many
from questionnaires.authoring.codes import CODE_SYSTEMS
from questionnaires.authoring.criteria import every
from questionnaires.authoring.mistakes import Mistake, perhaps, quoted
from questionnaires.authoring.table import Table
from questionnaires.authoring.wording import LINES_OF_BUSINESS
from questionnaires.cases import CERTIFY, EXCLUDE, REFER, Case
from questionnaires.criteria import Answer, Answers, Truth
from questionnaires.elm import facts_of
from questionnaires.facts import Fact
from questionnaires.form import Question, questions
from questionnaires.library import Volume


def read_cases(data: Mapping[str, Any], folder: Path, volumes: list[Volume]) -> tuple[list[Case], list[Mistake]]:
    """Every story in a cases.toml, as far as it can be read against the policy's editions, and every mistake."""
    mistakes: list[Mistake] = []
    file = f"{folder.name}/cases.toml"
    head = Table(data, file, "", mistakes)
    cases = [_case(Table(row, file, _name(row, at), mistakes), folder, volumes) for at, row in enumerate(head.take("case", list) or [], 1)]
    head.finish()
    return [case for case in cases if case is not None], mistakes


def _name(row: Any, position: int) -> str:
    return str(row.get("title", f"case {position}")) if isinstance(row, Mapping) else f"case {position}"


def _case(table: Table, folder: Path, volumes: list[Volume]) -> Case | None:
    before = len(table.mistakes)
    version = table.take("edition", str, None)
    volume = next((each for each in reversed(volumes) if version in (None, each.edition.version)), None)
    if version and volumes and volume is None:
        table.wrong(f"tells of edition {version}.", f"The editions are {quoted(each.edition.version for each in volumes)}.")
    asked = questions(volume.questionnaire) if volume and volume.questionnaire else {}
    services = _services(table)
    said = {
        "title": table.take("title"),
        "signed_by": table.take("signed_by"),
        "edition": version,
        "services": services,
        "on": table.take("on", date),
        "line_of_business": table.choice("line_of_business", LINES_OF_BUSINESS, ""),
        "answers": _answers(table, asked),
        "facts": _facts(table, {*asked, *facts_of(volume.elm if volume else None)}, asked),
        "resources": _resources(table, folder),
        "expected": _expected(table, services),
        "findings": _findings(table, volume),
        "says": table.take("says", str, ""),
        "quantity": _amount(table),
        "until": table.take("until", date, None),
    }
    table.finish()
    return Case(**said) if volume is not None and len(table.mistakes) == before else None


def _services(table: Table) -> tuple[Coding, ...]:
    rows = table.take("services", dict, {})
    for system in rows:
        if system not in CODE_SYSTEMS and "://" not in system:
            table.wrong(f"names a service by '{system}'.", f"{perhaps(system, CODE_SYSTEMS)}Use {quoted(CODE_SYSTEMS)}.")
    return tuple(Coding(CODE_SYSTEMS.get(system, system), str(code)) for system, codes in rows.items() for code in many(codes))


def _amount(table: Table) -> Decimal | None:
    value = table.take("quantity", (int, float), None)
    return None if value is None else Decimal(str(value))


def _expected(table: Table, services: tuple[Coding, ...]) -> Mapping[str, str]:
    value = table.take("expected", (str, dict))
    by_code = value if isinstance(value, dict) else {service.code: value for service in services}
    for code, word in by_code.items():
        if word not in (CERTIFY, REFER, EXCLUDE):
            table.wrong(f"expects {word!r}.", "Software can only certify or refer, or repeat what an edition excludes (exclude). Only people decline.")
        if code not in {service.code for service in services}:
            table.wrong(f"expects something for {code}, which it does not ask for.", f"The services are {quoted(service.code for service in services)}.")
    return by_code


def _findings(table: Table, volume: Volume | None) -> Mapping[str, str]:
    rows = table.take("findings", dict, {})
    known = [criterion.id for criterion in every(volume.edition.criteria)] if volume else []
    for criterion, truth in rows.items():
        if criterion not in known and volume:
            table.wrong(f"names a criterion '{criterion}'.", f"{perhaps(criterion, known)}The criteria are {quoted(known)}.")
        if truth not in tuple(Truth):
            table.wrong(f"expects '{criterion}' to be {truth!r}.", f"Choose one of {quoted(Truth)}.")
    return rows


def _answers(table: Table, asked: Mapping[str, Question]) -> Answers:
    rows = table.take("answers", dict, {})
    for name in rows:
        if name not in asked:
            table.wrong(f"answers '{name}', which the questionnaire does not ask.", f"{perhaps(name, asked)}It asks {quoted(asked)}.")
    return {name: Answer(name, _values(value, asked.get(name)), unit=asked[name].unit if name in asked else None) for name, value in rows.items()}


def _facts(table: Table, known: set[str], asked: Mapping[str, Question]) -> Mapping[str, Fact]:
    rows = table.take("facts", dict, {})
    for name in rows:
        if name not in known:
            table.wrong(f"knows '{name}', which nobody finds.", f"{perhaps(name, known)}The facts are {quoted(sorted(known))}.")
    return {name: Fact(name, _values(value, asked.get(name)), unit=asked[name].unit if name in asked else None) for name, value in rows.items()}


def _values(value: Any, question: Question | None) -> tuple[Any, ...]:
    options = {option.code: option for option in question.options} if question else {}
    found = value if isinstance(value, list) else [value]
    return tuple(Decimal(str(each)) if isinstance(each, (int, float)) and not isinstance(each, bool) else options.get(each, each) for each in found)


def _resources(table: Table, folder: Path) -> tuple[Json, ...]:
    name = table.take("bundle", str, None)
    if name is None:
        return ()
    try:
        bundle = json.loads((folder / name).read_text(encoding="utf-8"), parse_float=Decimal)
    except (OSError, ValueError) as error:
        table.wrong(f"tells of the bundle '{name}', which cannot be read: {error}.", "Put a FHIR Bundle in JSON there; the path starts at the policy's folder.")
        return ()
    return tuple(many(bundle, "entry", "resource"))
