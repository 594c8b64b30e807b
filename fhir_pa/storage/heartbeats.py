"""Heartbeats: a subscriber that asked for them hears from us in every period, if only that nothing happened.

Each beat is a piece of durable work that waits in the queue and asks for the next one in the transaction in which it is
done (Subscriptions R5 Backport 1.1, backport-heartbeat-period). A handshake begins a line of beats and ends any older one.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import sqlalchemy as sa

from fhir_pa.pas.notice import Notice, NoticeKind, NoticeState
from fhir_pa.pas.subscription import SubscriptionStatus
from fhir_pa.storage import tables
from fhir_pa.storage.subscriptions import SubscriptionWriting

LEAST_SECONDS = 10  # however often a subscriber wants to hear

_notice = tables.notices.c


class Heartbeats(SubscriptionWriting):
    """Keeping a line of beats for each subscription that asked for them."""

    def begin_beating(self, handshake: Notice) -> None:
        """The first beat of the line that this handshake begins, if the subscriber asked for heartbeats."""
        subscription = handshake.subscription
        if subscription.heartbeat_seconds is not None:
            key = f"{subscription.id}:beat:{handshake.position}:1"
            self.queue.enqueue_beat(self.connection, key, subscription.id, float(max(subscription.heartbeat_seconds, LEAST_SECONDS)))

    def beat_for(self, subscription_id: str, key: str) -> bool:
        """Put a heartbeat into the line when nothing was told for a period, and ask for the next beat.

        ``key`` is that of this piece of work. False when the line of beats is at its end: the subscription is gone, not
        active any more, or another handshake has begun another one. To be run again after a crash it needs no memory.
        """
        row = self.lock(subscription_id)
        _, _, begun, count = key.rsplit(":", 3)
        subscription = self.as_kept(row) if row is not None else None
        if subscription is None or subscription.heartbeat_seconds is None or subscription.status is not SubscriptionStatus.ACTIVE:
            return False
        if self._last_handshake(subscription_id) != int(begun):
            return False
        period = timedelta(seconds=max(subscription.heartbeat_seconds, LEAST_SECONDS))
        now = self.clock()
        due = self._last_told(subscription_id) + period
        if due <= now and self.head(subscription_id) is None:
            self._forget_beats(subscription_id)
            self.put(row, {"kind": NoticeKind.HEARTBEAT, "event_number": 0, "why": "heartbeat", "at": now, "due_at": now})
        wait = due - now if due > now else period
        self.queue.enqueue_beat(self.connection, f"{subscription_id}:beat:{begun}:{int(count) + 1}", subscription_id, wait.total_seconds())
        return True

    def _last_handshake(self, subscription_id: str) -> int:
        mine = sa.and_(_notice.subscription_id == subscription_id, _notice.kind == NoticeKind.HANDSHAKE)
        found = self.row(sa.select(sa.func.max(_notice.position).label("position")).where(mine))
        return int(found.position or 0)

    def _last_told(self, subscription_id: str) -> datetime:
        """When the subscriber last heard anything."""
        heard = sa.and_(_notice.subscription_id == subscription_id, _notice.state == NoticeState.DELIVERED)
        row = self.row(sa.select(_notice.settled_at).where(heard).order_by(_notice.settled_at.desc()).limit(1))
        return row.settled_at if row is not None else datetime.min.replace(tzinfo=UTC)

    def _forget_beats(self, subscription_id: str) -> None:
        """Heartbeats that were heard prove nothing any more, and would fill the table."""
        heard = sa.and_(_notice.subscription_id == subscription_id, _notice.kind == NoticeKind.HEARTBEAT, _notice.state == NoticeState.DELIVERED)
        self.connection.execute(sa.delete(tables.notices).where(heard))
