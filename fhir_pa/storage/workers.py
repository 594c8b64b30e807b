"""Which workers are alive, by their own heartbeat, so that the work of a dead one can be taken over."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from fhir_pa.storage import tables
from fhir_pa.storage.ground import Ground

_worker = tables.workers.c


class WorkerWriting(Ground):
    """Heartbeats."""

    def _now(self) -> Any:
        """The database's clock where several machines beat, because theirs may differ."""
        return sa.func.clock_timestamp() if self.on_postgresql else self.clock()

    def beat(self, executor_id: str) -> None:
        """This worker is alive now."""
        beaten = sa.update(tables.workers).where(_worker.executor_id == executor_id).values(seen_at=self._now())
        if self.connection.execute(beaten).rowcount == 0:
            self.connection.execute(sa.insert(tables.workers).values(executor_id=executor_id, seen_at=self._now()))

    def leave(self, executor_id: str) -> None:
        """This worker has stopped."""
        self.connection.execute(sa.delete(tables.workers).where(_worker.executor_id == executor_id))

    def living(self, silence: timedelta) -> frozenset[str]:
        """The workers heard within this time; those silent for longer are forgotten."""
        self.connection.execute(
            sa.delete(tables.workers).where(
                _worker.seen_at < self._now() - sa.literal(silence, sa.Interval) if self.on_postgresql else _worker.seen_at < self.clock() - silence
            )
        )
        return frozenset(row.executor_id for row in self.rows(sa.select(_worker.executor_id)))
