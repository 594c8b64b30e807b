"""policy.toml -> editions: read what the policy's owner wrote, and name every mistake in it at once.

The format, key by key, is told to policy owners in ``fhir_pa/docs/add-a-policy.md``, and in short in ``library.py``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from ig_profiles.names import NUCC
from ig_profiles.reading import Coding
from questionnaires.authoring import codes
from questionnaires.authoring.benefits import benefits_sense, read_benefits, with_those_billed
from questionnaires.authoring.criteria import every, read_criteria
from questionnaires.authoring.mistakes import Mistake, perhaps, quoted
from questionnaires.authoring.offers import read_alternatives, read_companions
from questionnaires.authoring.schedules import read_schedules
from questionnaires.authoring.table import REQUIRED, Table
from questionnaires.policy import Certifies, Edition

LINES_OF_BUSINESS = ("medicare-advantage", "medicaid", "commercial-erisa", "qhp")
DOCUMENTATION = ("clinical", "admin", "patient")
_TAXONOMY = re.compile(r"[0-9A-Z]{9}X")


@dataclass(frozen=True)
class Wording:
    """One edition as written, with the names of the files that hold its form and its facts.

    Not ``complete``: something could not be read, and ``edition`` serves only to look for further mistakes.
    """

    edition: Edition
    form: str
    facts: str
    written: Mapping[str, Any]
    complete: bool


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
    if data.get("edition") == []:
        head.wrong("has no edition.", "Add [[edition]]: a policy speaks only through its dated editions.")
    wordings = [_edition(Table(each, file, f"edition {_name(each, position)}", mistakes), common) for position, each in enumerate(editions, 1)]
    versions = [wording.edition.version for wording in wordings]
    for version in {version for version in versions if versions.count(version) > 1}:
        head.wrong(f"has two editions called {version}.", "A new wording is a new edition: give it a version of its own.", f"edition {version}")
    return wordings, mistakes


def _name(data: Any, position: int) -> str:
    return str(data.get("version", position)) if isinstance(data, Mapping) else str(position)


def _edition(table: Table, common: Mapping[str, Any]) -> Wording:
    before = len(table.mistakes)
    form, facts = (table.take(key, str, default) or default for key, default in (("questionnaire", "questionnaire.json"), ("facts", "facts.cql")))
    read: dict[str, Any] = dict(
        common,
        version=table.take("version") or "",
        signed_by=table.take("signed_by"),
        in_force_from=_day(table, "in_force_from"),
        in_force_until=_day(table, "in_force_until", None),
        lines_of_business=table.words("lines_of_business", LINES_OF_BUSINESS),
        services=_services(table),
        covered=table.take("covered", bool, True),
        sensitive=table.take("sensitive", bool, False),
        form=table.choice("form", ("standard", "adaptive"), "standard"),
        remembers=table.words("remembers"),
        specialties=_specialties(table),
        indicated=table.words("indicated"),
        authorization=table.choice("authorization", ("needed", "not needed")),
        documentation=table.words("documentation", DOCUMENTATION),
        because=table.take("because"),
        refer_to=table.choice("refer_to", ("nurse", "physician"), "nurse"),
        certifies=_certifies(table, table.take("certifies", dict, None), "certifies"),
        certifies_less=tuple(_certifies(table, row, "certifies_less", True) for row in table.take("certifies_less", list, [])),
        criteria=tuple(read_criteria(table, table.take("criteria", list, []))),
        benefits=read_benefits(table, _services),
    )
    read["services"] = with_those_billed(read["services"], read["benefits"])
    read["schedules"] = read_schedules(table, read["services"])
    known = [criterion.id for criterion in every(read["criteria"])]
    for key, reader in (("alternatives", read_alternatives), ("companions", read_companions)):
        read[key] = reader(table, table.take(key, list, []), read["services"], known)
    table.finish()
    _sense(table, read)
    complete = len(table.mistakes) == before
    return Wording(Edition(**{**read, "questionnaire": None, "fingerprint": ""}), form, facts, table.data, complete)


def _sense(table: Table, read: Mapping[str, Any]) -> None:
    """What each key says alone may be right, and yet not make sense together."""
    if read["in_force_from"] and read["in_force_until"] and read["in_force_until"] < read["in_force_from"]:
        table.wrong("ends before it begins.", "Set in_force_until to the last day it counts, or leave it out.")
    if read["criteria"] and read["certifies"] is None:
        table.wrong("weighs criteria, but does not say what it certifies when all are met.", "Add [edition.certifies] with days = …")
    if read["certifies"] and not read["criteria"]:
        table.wrong("certifies without any criterion.", "Silence never certifies: add [[edition.criteria]], or take [edition.certifies] out.")
    if read["schedules"] and read["certifies"] is None:
        table.wrong("has schedules, but does not say what it certifies otherwise.", "Add [edition.certifies] with days = …", "schedules")
    benefits_sense(table, read["benefits"], read)
    known = [criterion.id for criterion in every(read["criteria"])]
    for name in (name for less in read["certifies_less"] for name in less.when if name not in known):
        mend = f"{perhaps(name, known)}The criteria are {quoted(known)}."
        table.wrong(f"certifies less when '{name}' is met, which is no criterion.", mend, "certifies_less")
    asked = {coding.code for coding in read["services"]}
    for criterion in every(read["criteria"]):
        for code in criterion.services:
            if code not in asked:
                what = f"has criterion '{criterion.id}' for service {code}, but the edition speaks only about {quoted(sorted(asked))}."
                table.wrong(what, "Add the code to [edition.services], or correct it.", f"criteria › {criterion.id}")
    for twin in sorted({name for name in known if known.count(name) > 1}):
        table.wrong(f"has two criteria called '{twin}'.", "Give each criterion an id of its own; decisions cite it.", f"criteria › {twin}")


def _day(table: Table, key: str, default: Any = REQUIRED) -> date | None:
    value = table.take(key, date, default)
    return value.date() if isinstance(value, datetime) else value


def _specialties(table: Table) -> tuple[Coding, ...]:
    """The fields whose physicians know such cases, by taxonomy code, each with the plan's own name for it."""
    found = table.take("specialties", dict, {}) or {}
    for code, name in found.items():
        if not _TAXONOMY.fullmatch(code) or not isinstance(name, str) or not name.strip():
            mend = 'Write it like specialties = { "207RP1001X" = "Lung medicine" }: a code of the provider taxonomy, and your name for it.'
            table.wrong(f"names the specialty {code!r} = {name!r}.", mend, "specialties")
    return tuple(Coding(NUCC, code, str(name)) for code, name in found.items())


def _services(table: Table) -> tuple[Coding, ...]:
    found: list[Coding] = []
    for name, listed in (table.take("services", dict, {}) or {}).items():
        system = codes.system(table, name, "names services", "services")
        if system is None:
            continue
        if not isinstance(listed, list) or not all(isinstance(code, str) and code.strip() for code in listed):
            table.wrong(f"has services.{name} = {listed!r}.", 'List the codes in quotes: HCPCS = ["E1390"].', "services")
        else:
            found += [Coding(system, code) for code in listed]
    return tuple(found)


def _certifies(table: Table, data: Any, key: str, conditional: bool = False) -> Certifies | None:
    if data is None:
        return None
    inner = Table(data, table.file, f"{table.key} › {key}", table.mistakes)
    days, quantity, unit = inner.take("days", int), inner.take("quantity", (int, float), None), inner.take("unit", str, None)
    when = inner.words("when") if conditional else ()
    if conditional and not when:
        inner.wrong("does not say when it certifies less.", 'Name the criteria that shorten it: when = ["group_2"].')
    inner.finish()
    if days is not None and days < 1:
        inner.wrong(f"certifies for {days} days.", "Give at least one day.")
    return Certifies(days or 1, None if quantity is None else Decimal(str(quantity)), unit, when)
