"""The alternatives and companions of an edition in policy.toml -> offers; what is wrong with them, in their author's words."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from ig_profiles.reading import Coding
from questionnaires.authoring import codes
from questionnaires.authoring.mistakes import perhaps, quoted
from questionnaires.authoring.table import REQUIRED, Table
from questionnaires.offers import ORDER_KINDS, Alternative, Companion

_SUCH = 'offer = { CPT = "72148", display = "MRI of the lumbar spine without contrast" }'


def read_alternatives(table: Table, rows: Any, services: Collection[Coding], criteria: Collection[str]) -> tuple[Alternative, ...]:
    """What may be ordered in the place of these services; ``criteria`` are the ids of the edition's."""
    found = []
    for inner, common in _rows(table, rows, "alternatives", services, criteria):
        required, order, saves = inner.take("required", bool, None), inner.choice("order", ORDER_KINDS, None), inner.take("saves", str, "")
        if required is None and "required" not in inner.data:
            inner.wrong("does not say whether it comes first.", "Write required = true when the plan pays for it first, required = false when either will do.")
        inner.finish()
        if common and required is not None:
            found.append(Alternative(**common, required=required, order=order, saves=saves or ""))
    return tuple(found)


def read_companions(table: Table, rows: Any, services: Collection[Coding], criteria: Collection[str]) -> tuple[Companion, ...]:
    """What may be ordered besides these services."""
    found = []
    for inner, common in _rows(table, rows, "companions", services, criteria):
        order, days = inner.choice("order", ORDER_KINDS, REQUIRED), inner.take("within_days", int, None)
        if days is not None and days < 1:
            inner.wrong(f"has within_days = {days}.", "Give at least one day, or leave it out to look back without end.")
        inner.finish()
        if common and order is not None:
            found.append(Companion(**common, order=order, within_days=days))
    return tuple(found)


def _rows(table: Table, rows: Any, key: str, services: Collection[Coding], criteria: Collection[str]) -> list[tuple[Table, dict[str, Any]]]:
    """Each row with what both kinds of offer have in common; empty where that cannot be read."""
    tables = [Table(row, table.file, f"{table.key} › {key} › {position}", table.mistakes) for position, row in enumerate(rows or (), 1)]
    return [(inner, _common(inner, services, criteria)) for inner in tables]


def _common(inner: Table, services: Collection[Coding], criteria: Collection[str]) -> dict[str, Any]:
    coding, because = _coding(inner), inner.take("because")
    said = {"coding": coding, "because": because, "services": inner.words("services"), "unless": inner.words("unless")}
    spoken = sorted({each.code for each in services})
    for code in said["services"]:
        if code not in spoken:
            what = f"goes with service {code}, but the edition speaks only about {quoted(spoken)}."
            inner.wrong(what, "Add the code to services of the edition, or correct it.")
    for name in said["unless"]:
        if name not in criteria:
            inner.wrong(f"is taken back by '{name}', which is no criterion.", f"{perhaps(name, criteria)}The criteria are {quoted(criteria)}.")
    if coding is not None and coding.code in said["services"]:
        inner.wrong(f"offers {coding.code} for {coding.code}.", "Offer another code, or take it out of its services.")
    return said if coding is not None and because else {}


def _coding(inner: Table) -> Coding | None:
    offer = Table(inner.take("offer", dict), inner.file, f"{inner.key} › offer", inner.mistakes)
    if "offer" not in inner.data:
        return None
    names = [name for name in offer.data if name != "display"]
    display = offer.take("display")
    if len(names) != 1:
        for name in names:
            offer.pass_over(name)
        offer.wrong(f"names {len(names)} codes.", f"Name one code by its system, and say in your own words what it is: {_SUCH}")
        return None
    system, code = codes.system(offer, names[0], "names its code", ""), offer.take(names[0])
    offer.finish()
    return Coding(system, code, display) if system and code and display else None
