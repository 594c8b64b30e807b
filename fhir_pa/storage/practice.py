"""What practices watch: lines of their own cases and of nobody else's, narrowed, counted and a page at a time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from fhir_pa.storage import practice_tables
from fhir_pa.storage import tables as kept
from fhir_pa.storage.ground import Ground
from fhir_pa.um.case.authorization import Authorization
from fhir_pa.um.measures.practice_lines import Kind, Line, lines, seen_by

_TABLE = practice_tables.practice_lines
_line, _case = _TABLE.c, kept.authorizations.c
_FORGET = sa.delete(_TABLE).where(_line.number == sa.bindparam("old"))
_SHOWN = [column for column in _TABLE.c if column.name not in ("npi", "place")]
_MEANT = [_case.reference, _case.action, _case.received_at, _case.legal_due_at]


@dataclass(frozen=True)
class Lines:
    """Which lines are meant; what is empty does not narrow. ``npis`` are the practice's own: without any, nothing is found.

    ``first`` and ``last`` bound the moment a line turns on (``last`` is not included), ``shown_at`` the time it is shown.
    ``counted`` keeps lines with a quantity, the least left first; ``newest`` turns the order.
    """

    npis: tuple[str, ...]
    kinds: tuple[Kind, ...]
    first: datetime | None = None
    last: datetime | None = None
    shown_at: datetime | None = None
    open_end: bool = False
    counted: bool = False
    newest: bool = False
    sought: str = ""


class PracticeReading(Ground):
    """Reading what a practice watches."""

    def practice_lines(self, wanted: Lines, first: int = 0, most: int = 25) -> list[dict[str, Any]]:
        """So many lines from the given one on (0 is the first)."""
        order: list[sa.ColumnElement[Any]] = [_line.at.desc() if wanted.newest else _line.at, _line.number, _line.part]
        if wanted.counted:
            order.insert(0, _line.share)
        page = sa.select(*_TABLE.primary_key).where(*_narrowed(wanted)).order_by(*order).limit(most).offset(first).subquery()
        same = sa.and_(*(_line[key.name] == page.c[key.name] for key in _TABLE.primary_key))
        found = sa.select(*_SHOWN, *_MEANT).join(page, same).join(kept.authorizations, _case.number == _line.number)
        return [row._asdict() for row in self.rows(found.order_by(*order))]

    def practice_counts(self, wanted: Mapping[str, Lines]) -> dict[str, int]:
        """How many lines there are of each, in one question."""
        counts = [sa.select(sa.func.count()).select_from(_TABLE).where(*_narrowed(each)).scalar_subquery().label(name) for name, each in wanted.items()]
        return dict(self.row(sa.select(*counts))._mapping)


class PracticeWriting(PracticeReading):
    """Keeping what practices watch."""

    def show_practices(self, authorization: Authorization) -> None:
        """The lines of the case as it stands now, for every practice that may see it."""
        self.connection.execute(_FORGET, {"old": authorization.number})
        watched = [_row(authorization, line) for line in lines(authorization)]
        rows = [{**row, "npi": npi, "place": place} for place, npi in enumerate(sorted(seen_by(authorization))) for row in watched]
        if rows:
            self.insert(_TABLE, rows)


def _narrowed(wanted: Lines) -> list[sa.ColumnElement[bool]]:
    found: list[sa.ColumnElement[bool]] = [_of(_line.npi, wanted.npis), _of(_line.kind, tuple(map(str, wanted.kinds)))]
    if len(wanted.npis) > 1:
        found.append(_once(wanted.npis))
    if wanted.first:
        found.append(_line.at >= wanted.first)
    if wanted.last:
        found.append(_line.at < wanted.last)
    if wanted.shown_at:
        found += [sa.or_(_line.since.is_(None), _line.since <= wanted.shown_at), sa.or_(_line.until.is_(None), _line.until > wanted.shown_at)]
    if wanted.open_end:
        found.append(_line.continued.is_(False))
    if wanted.counted:
        found.append(_line.share.is_not(None))
    if wanted.sought:
        columns = (_line.number, _line.member, _line.member_number, _line.services)
        found.append(sa.or_(*(column.icontains(wanted.sought, autoescape=True) for column in columns)))
    return found


def _of(column: sa.Column[Any], values: tuple[str, ...]) -> sa.ColumnElement[bool]:
    return column == values[0] if len(values) == 1 else column.in_(values)


def _once(npis: tuple[str, ...]) -> sa.ColumnElement[bool]:
    """Of a line that several of the practice's NPIs may see, the one row of the least of them."""
    other = _TABLE.alias("other")
    same = (other.c.number == _line.number, other.c.kind == _line.kind, other.c.part == _line.part, other.c.npi < _line.npi, other.c.npi.in_(npis))
    return sa.or_(_line.place == 0, ~sa.exists(sa.select(sa.literal(1)).select_from(other).where(*same)))


def _row(authorization: Authorization, line: Line) -> dict[str, Any]:
    request = authorization.request
    member, told = request.member, {name: value for name, value in vars(line).items() if name not in ("items", "certified", "left")}
    about = [item for item in authorization.items if not line.items or item.sequence in line.items]
    return {
        **told,
        "kind": str(line.kind),
        "awaits": str(line.awaits),
        "certified": _written(line.certified),
        "left": _written(line.left),
        "items": " ".join(map(str, line.items)),
        "number": authorization.number,
        "member": member.name,
        "member_number": next((each.value for each in member.identifiers), ""),
        "services": " ".join(coding.code for item in about for coding in item.requested.service.codes[:1]),
        "requestor": request.requestor.name,
        "line_of_business": request.line_of_business,
        "urgent": authorization.clock.urgent,
    }


def _written(value: Any) -> str | None:
    return None if value is None else f"{value.normalize():f}"
