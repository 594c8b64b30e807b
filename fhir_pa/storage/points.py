"""Points: what cases bring to the tracker of a practice, counted by the database, and the first rows behind each count.

The counts are those of ``um/measures/counted.py`` over the whole cases; here no case is opened.
"""

from __future__ import annotations

from datetime import date, datetime
from functools import cache
from typing import Any

import sqlalchemy as sa

from fhir_pa.storage import tables
from fhir_pa.storage.ground import Ground
from fhir_pa.storage.point_tables import points as table
from fhir_pa.um.case.appeal import Outcome
from fhir_pa.um.case.authorization import Authorization
from fhir_pa.um.case.peer_to_peer import Stage
from fhir_pa.um.deciding.request import Identifier
from fhir_pa.um.measures.counted import Counted, Group, Tally, summed
from fhir_pa.um.measures.failures import SOON
from fhir_pa.um.measures.points import FAILURES, IN_TIME, About, Point, points

_row = table.c
_FORGET = sa.delete(table).where(_row.number == sa.bindparam("old"))
_SINCE, _TODAY, _SOON = (sa.bindparam(name, type_=sa.Date()) for name in ("since", "today", "soon"))
_NOW, _FIRST = (sa.bindparam(name, type_=tables.Moment()) for name in ("now", "first"))
_OVER = _row.at < _NOW
_HAPPENED = sa.case(
    (_row.about == str(About.ASKED), 0),
    (_row.about == str(About.PLANNED), sa.case((_row.on <= _TODAY, 1), else_=0)),
    (_row.about.in_((str(About.WINDOW), str(About.ADMISSION))), sa.case((_OVER, 1), else_=0)),
    (_row.about == str(About.CALL), sa.case((sa.or_(_row.what == str(Stage.MISSED_BY_PROVIDER), sa.and_(_row.what == str(Stage.OFFERED), _OVER)), 1), else_=0)),
    else_=1,
)
_FAILS = tuple(str(each) for each in FAILURES if each is not About.PLANNED)
_COUNTS = sa.or_(
    _row.about.in_(_FAILS),
    sa.and_(_row.about == str(About.PLANNED), _row.on <= _SOON),
    sa.and_(_row.about.in_(tuple(map(str, IN_TIME))), _row.on >= _SINCE),
)
_HAS_ROWS = sa.or_(
    _row.about.in_((*_FAILS, str(About.PLANNED), str(About.CAUSE))),
    sa.and_(_row.about == str(About.APPEAL), _row.what == str(Outcome.UPHELD)),
    sa.and_(_row.about == str(About.CALL), _HAPPENED == 1),
)
# Rows are shown together that stand behind one number: those of a failure, of a cause, of appeals upheld, of calls missed.
_NUMBER = sa.case((_row.about == str(About.CAUSE), "cause:" + _row.what), (_row.about.in_(tuple(map(str, IN_TIME))), _row.about), else_=_row.what)
_ORDER = (_HAPPENED, _row.on.desc(), _row.number, _row.part, _row.about)


class PointReading(Ground):
    """Counting points."""

    def counted(self, npis: tuple[str, ...], since: date, first: datetime, now: datetime, most: int | None = None) -> Counted:
        """What the cases of these practices (of everybody where none is named) bring, of those received from the first moment until now.

        ``since`` is the day from which is counted what happened in a time; of the rows behind a number at most so many are read.
        """
        told = {"since": since, "today": now.date(), "soon": now.date() + SOON, **_received(npis, first, now)}
        tallies: dict[Group, Tally] = {
            (About(row.about), row.what): (row.points, int(row.happened), int(row.days)) for row in self.connection.execute(_counts(bool(npis)), told)
        }
        found: dict[Group, list[tuple[str, Point]]] = {}
        if tallies:
            for row in self.connection.execute(_rows(bool(npis), most is not None), {**told, **({} if most is None else {"most": most})}):
                found.setdefault((About(row.about), row.what), []).append((row.number, _read(row)))
        return summed(tallies, found, now)

    def members_with_stays(self, npis: tuple[str, ...], first: datetime, now: datetime) -> list[Identifier]:
        """The numbers of every member with a case of these practices that is looked at while it goes on."""
        return [Identifier(row.what, row.says) for row in self.connection.execute(_with_stays(bool(npis)), _received(npis, first, now))]


class PointWriting(PointReading):
    """Keeping points."""

    def keep_points(self, authorization: Authorization, anew: bool = False) -> None:
        """The points of the case as it stands now; ``anew`` where its first revision may have some already."""
        if anew or authorization.revision > 1:
            self.connection.execute(_FORGET, {"old": authorization.number})
        made = points(authorization)
        if made:
            case = {"number": authorization.number, "npi": authorization.request.requestor.npi, "received_at": authorization.opening_clock.received_at}
            self.insert(table, [{**case, **vars(each), "about": str(each.about), "what": str(each.what)} for each in made])


def _received(npis: tuple[str, ...], first: datetime, now: datetime) -> dict[str, Any]:
    return {"first": first, "now": now, **({"npis": npis} if npis else {})}


def _of(theirs: bool, npi: sa.ColumnElement[Any], received_at: sa.ColumnElement[Any]) -> list[sa.ColumnElement[bool]]:
    return [*([npi.in_(sa.bindparam("npis", expanding=True))] if theirs else []), received_at >= _FIRST, received_at <= _NOW]


@cache
def _counts(theirs: bool) -> sa.Select[Any]:
    """How many there are of each, made once: of some practices, or of everybody."""
    days, happened = sa.func.sum(_row["count"]).label("days"), sa.func.sum(_HAPPENED).label("happened")
    told = sa.select(_row.about, _row.what, sa.func.count().label("points"), happened, days)
    return told.where(*_of(theirs, _row.npi, _row.received_at), _COUNTS).group_by(_row.about, _row.what)


@cache
def _rows(theirs: bool, some: bool) -> sa.Select[Any]:
    """The rows behind the numbers in their order: ``some`` of each, or all."""
    meant = [*_of(theirs, _row.npi, _row.received_at), _COUNTS, _HAS_ROWS]
    if not some:
        return sa.select(table).where(*meant).order_by(*_ORDER)
    place = sa.func.row_number().over(partition_by=_NUMBER, order_by=_ORDER).label("place")
    numbered = sa.select(*table.primary_key, place).where(*meant).subquery()
    same = sa.and_(*(_row[key.name] == numbered.c[key.name] for key in table.primary_key))
    return sa.select(table).join(numbered, same).where(numbered.c.place <= sa.bindparam("most")).order_by(numbered.c.place)


@cache
def _with_stays(theirs: bool) -> sa.Select[Any]:
    """The numbers of their members, made once."""
    return sa.select(_row.what, _row.says).where(*_of(theirs, _row.npi, _row.received_at), _row.about == str(About.STAY)).distinct()


def _read(row: Any) -> Point:
    return Point(About(row.about), row.part, row.on, row.what, row.says, row.item, row.at, row.count)
