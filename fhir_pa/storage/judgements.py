"""Judgements: counted by criterion for the owner of a policy, and the rows behind each count, a page at a time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from fhir_pa.storage import tables
from fhir_pa.storage.desk_tables import judgements as table
from fhir_pa.storage.ground import Ground, told
from fhir_pa.um.case.appeal import Outcome
from fhir_pa.um.case.authorization import Authorization
from fhir_pa.um.measures.judged import judgements
from questionnaires.criteria import Truth

_row = table.c
_item, _case = tables.items.c, tables.authorizations.c
_WON = (str(Outcome.OVERTURNED), str(Outcome.PARTLY))
_OPEN = sa.and_(_row.truth != str(Truth.MET), _row.on_appeal.is_(False))
COUNTED: dict[str, sa.ColumnElement[bool]] = {
    "open": _OPEN,
    "overridden": _row.overridden.is_(True),
    "denied": _row.rested_on.is_(True),
    "appealed": _row.appeal != "",
    "overturned": _row.appeal.in_(_WON),
}


@dataclass(frozen=True)
class Tally:
    """One criterion of one edition. ``open``: decisions by a person with it not met or unknown; ``overridden``: certified all the same.

    ``denied``: decisions against the member that rest on it; ``appealed`` and ``overturned`` of these, by appeals on the merits.
    """

    edition: str
    criterion: str
    open: int
    overridden: int
    denied: int
    appealed: int
    overturned: int


class JudgementReading(Ground):
    """Counting what persons made of criteria."""

    def tallies(self, topic: str) -> list[Tally]:
        """The counts of every criterion of this policy that was ever judged, by edition."""
        sums = [sa.func.sum(sa.case((condition, 1), else_=0)) for condition in COUNTED.values()]
        asked = sa.select(_row.edition, _row.criterion, *sums).where(_row.topic == topic).group_by(_row.edition, _row.criterion)
        return [Tally(row[0], row[1], *map(int, row[2:])) for row in self.rows(asked.order_by(_row.edition, _row.criterion))]

    def judged(self, topic: str, edition: str, criterion: str, what: str, first: int, most: int) -> tuple[list[dict[str, Any]], int]:
        """So many rows behind one of the counts, the newest decision first, from the given one on; and how many there are."""
        which = sa.and_(_row.topic == topic, _row.edition == edition, _row.criterion == criterion, COUNTED[what])
        total = self.row(sa.select(sa.func.count()).select_from(table).where(which))[0]
        wanted = sa.select(table).where(which).order_by(_row.decided_at.desc(), _row.number, _row.sequence, _row.position)
        return [told(row) for row in self.rows(wanted.limit(most).offset(first))], total

    def asking_for(self, codes: Iterable[str], first: int, most: int) -> tuple[list[str], int]:
        """The numbers of so many authorizations that ask for one of these codes, the newest first; and how many there are."""
        which = _case.number.in_(sa.select(_item.number).where(_item.code.in_(sorted(set(codes)))))
        total = self.row(sa.select(sa.func.count()).select_from(tables.authorizations).where(which))[0]
        newest = sa.select(_case.number).where(which).order_by(_case.received_at.desc(), _case.number)
        return [row.number for row in self.rows(newest.limit(most).offset(first))], total


class JudgementWriting(JudgementReading):
    """Keeping judgements."""

    def keep_judgements(self, authorization: Authorization) -> None:
        """The rows of this authorization as it stands now; nothing is written where no person has signed."""
        made = [vars(each) for each in judgements(authorization)]
        if made:
            self.connection.execute(sa.delete(table).where(_row.number == authorization.number))
            self.insert(table, made)
