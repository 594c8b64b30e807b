"""Operating: the queue, the line of each subscriber and the clocks, counted and listed for those who run the server.

Nobody's name is in any of it: an operator sees numbers of authorizations, not members.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from fhir_pa.pas.notice import NoticeKind, NoticeState
from fhir_pa.storage import tables
from fhir_pa.storage import worklist_tables as waiting
from fhir_pa.storage.ground import Ground, told

_notice, _subscription, _line = tables.notices.c, tables.subscriptions.c, waiting.worklist.c
UNHEARD = (NoticeState.UNDELIVERABLE, NoticeState.UNSENT)


class OperatingReading(Ground):
    """What an operator looks at."""

    def work_counted(self) -> list[dict[str, Any]]:
        """What is queued, delayed or running, by kind of work and state, with the moment the oldest was put there."""
        return self.queue.counted(self.connection)

    def work_listed(self, name: str, first: int, most: int) -> list[dict[str, Any]]:
        """So many pieces of that work, the oldest first."""
        return self.queue.listed(self.connection, name, first, most)

    def lines_counted(self) -> list[dict[str, Any]]:
        """Each subscription with its client, status, and how many notices are in which state."""
        states = [sa.func.sum(sa.case((_notice.state == state, 1), else_=0)).label(str(state)) for state in NoticeState]
        joined = tables.subscriptions.outerjoin(tables.notices, _notice.subscription_id == _subscription.id)
        asked = sa.select(_subscription.id, _subscription.client, _subscription.status, *states).select_from(joined)
        return [told(row) for row in self.rows(asked.group_by(_subscription.id, _subscription.client, _subscription.status).order_by(_subscription.id))]

    def deliveries(self, subscription: str, state: str, first: int, most: int) -> tuple[list[Mapping[str, Any]], int]:
        """So many notices of this subscription in this state, the newest first, and how many there are; empty does not narrow.

        ``unheard`` stands for the dead letters and what waits unsent behind them: events only.
        """
        which = [_notice.subscription_id == subscription] if subscription else []
        if state == "unheard":
            which += [_notice.state.in_(UNHEARD), _notice.kind == NoticeKind.EVENT]
        elif state:
            which.append(_notice.state == state)
        total = self.row(sa.select(sa.func.count()).select_from(tables.notices).where(*which))[0]
        newest = sa.select(tables.notices).where(*which).order_by(_notice.at.desc(), _notice.subscription_id.desc(), _notice.position.desc())
        return [told(row) for row in self.rows(newest.limit(most).offset(first))], total

    def clocks_near(self, by: datetime, first: int, most: int) -> tuple[list[Mapping[str, Any]], int]:
        """So many of the cases that are due by then, the first due first, and how many there are."""
        which = _line.due_at <= by
        asked = sa.select(_line.number, _line.waits_for, _line.due_at, _line.source, _line.role, _line.urgent, _line.line_of_business, _line.owner)
        total = self.row(sa.select(sa.func.count()).select_from(waiting.worklist).where(which))[0]
        return [told(row) for row in self.rows(asked.where(which).order_by(_line.due_at, _line.number).limit(most).offset(first))], total

    def workers_seen(self) -> list[Mapping[str, Any]]:
        """Every worker that gave a sign of life and was not forgotten yet, with the moment of the last one."""
        return [told(row) for row in self.rows(sa.select(tables.workers).order_by(tables.workers.c.executor_id))]
