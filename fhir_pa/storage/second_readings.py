"""Second readings: kept whole, found by whether they were read and when the decision was made."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from fhir_pa.storage import document
from fhir_pa.storage.ground import Ground
from fhir_pa.storage.second_reading_tables import second_readings
from fhir_pa.um.measures.second_reading import SecondReading
from ig_profiles.outcome import Conflict, NotFound

_row = second_readings.c


class SecondReadingReading(Ground):
    """Finding them."""

    def second_reading(self, identity: str) -> SecondReading:
        """The one with this id. Raises NotFound."""
        row = self.row(sa.select(_row.document).where(_row.id == identity))
        if row is None:
            raise NotFound(f"No second reading {identity[:40]} is on file. Take the id from the list.", expression="id")
        return document.read(row.document, SecondReading)

    def second_readings(self, waiting: bool, most: int = 500) -> list[SecondReading]:
        """Those that wait for their reader, the first drawn first; or else those that were read, the last read first."""
        which = _row.read_at.is_(None) if waiting else _row.read_at.is_not(None)
        rows = self.rows(sa.select(_row.document).where(which).order_by(_row.read_at.desc(), _row.id).limit(most))
        return [document.read(row.document, SecondReading) for row in rows]

    def second_readings_of(self, since: datetime, until: datetime) -> list[SecondReading]:
        """Those that were read of decisions made in this time."""
        wanted = sa.and_(_row.read_at.is_not(None), _row.decided_at >= since, _row.decided_at < until)
        return [document.read(row.document, SecondReading) for row in self.rows(sa.select(_row.document).where(wanted).order_by(_row.id))]

    def drawn(self, since: datetime, until: datetime) -> set[tuple[str, int, int]]:
        """Which decisions of this time were drawn already: number, item and position."""
        rows = self.rows(sa.select(_row.number, _row.item, _row.position).where(_row.decided_at >= since, _row.decided_at < until))
        return {(row.number, row.item, row.position) for row in rows}


class SecondReadingWriting(SecondReadingReading):
    """Keeping them."""

    def add_second_readings(self, drawn: Iterable[SecondReading]) -> None:
        """Keep those that were drawn; one drawn at the same moment by somebody else is kept once."""
        self.insert_missing(second_readings, [_kept(each) for each in drawn])

    def keep_second_reading(self, reading: SecondReading) -> None:
        """Keep what its reader said. Raises Conflict when somebody else has said it meanwhile."""
        waits = sa.and_(_row.id == reading.id, _row.read_at.is_(None))
        done = self.connection.execute(sa.update(second_readings).where(waits).values(**_kept(reading)))
        if done.rowcount != 1:
            raise Conflict("Somebody else has read it meanwhile. Take another from the list.", expression="id")


def _kept(reading: SecondReading) -> dict[str, Any]:
    return {
        "id": reading.id,
        "number": reading.number,
        "item": reading.item,
        "position": reading.position,
        "decided_at": reading.decided_at,
        "read_at": reading.read_at,
        "document": document.write(reading),
    }
