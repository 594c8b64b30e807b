"""Follow-ups: kept whole, found by work type, stage, owner or authorization."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from fhir_pa.storage import document
from fhir_pa.storage.follow_up_tables import follow_ups
from fhir_pa.storage.ground import Ground
from fhir_pa.um.measures.follow_up import CLOSED, FollowUp
from ig_profiles.outcome import Conflict, NotFound

_row = follow_ups.c


class FollowUpReading(Ground):
    """Finding follow-ups."""

    def follow_up(self, identity: str) -> tuple[FollowUp, int]:
        """The one with this id, and how often it was changed. Raises NotFound."""
        row = self.row(sa.select(follow_ups).where(_row.id == identity))
        if row is None:
            raise NotFound(f"No follow-up {identity[:40]} is on file. Take the id from the list.", expression="id")
        return document.read(row.document, FollowUp), int(row.changes)

    def follow_ups(
        self, work: str = "", owner: str = "", number: str = "", also_closed: bool = False, first: int = 0, most: int = 500
    ) -> tuple[list[FollowUp], int]:
        """So many from the given one on of this work type, owner and authorization where they are named, the oldest first, and how many there are.

        Open ones, unless told otherwise.
        """
        wanted = [column == value for column, value in ((_row.work, work), (_row.owner, owner), (_row.number, number)) if value]
        if not also_closed:
            wanted.append(_row.stage.not_in([str(each) for each in CLOSED]))
        total = self.row(sa.select(sa.func.count()).select_from(follow_ups).where(*wanted))[0]
        rows = self.rows(sa.select(follow_ups).where(*wanted).order_by(_row.opened_at, _row.id).limit(most).offset(first))
        return [document.read(row.document, FollowUp) for row in rows], total

    def open_follow_ups(self) -> dict[str, int]:
        """How many are open of each work type that has any."""
        told = sa.select(_row.work, sa.func.count()).where(_row.stage.not_in([str(each) for each in CLOSED])).group_by(_row.work)
        return {row[0]: row[1] for row in self.rows(told)}


class FollowUpWriting(FollowUpReading):
    """Keeping follow-ups."""

    def add_follow_up(self, followed: FollowUp) -> None:
        """Keep a new one."""
        self.insert(follow_ups, {**_kept(followed), "changes": 0})

    def save_follow_up(self, followed: FollowUp, before: int) -> None:
        """Keep a change of one that was changed so often before. Raises Conflict when somebody else changed it meanwhile."""
        mine = sa.and_(_row.id == followed.id, _row.changes == before)
        done = self.connection.execute(sa.update(follow_ups).where(mine).values(**_kept(followed), changes=before + 1))
        if done.rowcount != 1:
            raise Conflict("Somebody else changed this meanwhile. Read it again, and write if it still holds.", expression="id")


def _kept(followed: FollowUp) -> dict[str, Any]:
    return {
        "id": followed.id,
        "work": str(followed.work),
        "stage": str(followed.stage),
        "owner": followed.owner,
        "number": followed.number or None,
        "opened_at": followed.opened_at,
        "document": document.write(followed),
    }
