"""What stands beside reviews, by due time and a page at a time: notices of admission, demands for money back."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from fhir_pa.storage.beside_tables import beside_reviews as table
from fhir_pa.storage.ground import Ground, told
from fhir_pa.um.case.authorization import Authorization
from fhir_pa.um.stays.beside import Kind, lines

_row = table.c
_FORGET = sa.delete(table).where(_row.number == sa.bindparam("old"))


class BesideReading(Ground):
    """Reading what stands beside reviews."""

    def beside(self, kind: Kind, also_closed: bool, sought: str, first: int, most: int) -> tuple[list[dict[str, Any]], int]:
        """So many lines of this kind from the given one on, what falls due first coming first, and how many there are.

        Open ones, unless told otherwise; closed ones stand after them, the newest first. ``sought`` is part of a number, name or claim.
        """
        wanted: list[sa.ColumnElement[bool]] = [_row.kind == str(kind), *([] if also_closed else [_row.is_open.is_(True)])]
        if sought:
            wanted.append(sa.or_(*(column.icontains(sought, autoescape=True) for column in (_row.number, _row.member, _row.requestor, _row.claim))))
        total = self.row(sa.select(sa.func.count()).select_from(table).where(*wanted))[0]
        closed_last = (_row.is_open.desc(), sa.case((_row.is_open, _row.due_at)), _row.told_at.desc(), _row.number, _row.part)
        rows = self.rows(sa.select(table).where(*wanted).order_by(*closed_last).limit(most).offset(first))
        return [told(row) for row in rows], total

    def open_beside(self) -> dict[str, int]:
        """How many open lines there are of each kind."""
        counts = sa.select(_row.kind, sa.func.count()).where(_row.is_open.is_(True)).group_by(_row.kind)
        return {str(each): 0 for each in Kind} | {row[0]: row[1] for row in self.rows(counts)}


class BesideWriting(BesideReading):
    """Keeping what stands beside reviews."""

    def keep_beside(self, authorization: Authorization) -> None:
        """The lines of the case as it stands now; a case that has none never had one, so nothing is asked of the database."""
        made = list(lines(authorization))
        if made:
            request = authorization.request
            case = {"number": authorization.number, "member": request.member.name, "requestor": request.requestor.name}
            self.connection.execute(_FORGET, {"old": authorization.number})
            rows = [{**case, "line_of_business": request.line_of_business, **vars(each)} for each in made]
            self.insert(table, [{**row, "kind": str(row["kind"]), "state": str(row["state"])} for row in rows])
