"""The outbox: a place in the line for each thing a subscriber must be told, and exactly one worker called to the line.

While a subscription has notices waiting, one piece of work for it is queued, delayed or running; it tells them in
order. Every change of a line locks the subscription's row first, so that two processes never number or call twice.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from fhir_pa.pas.notice import NoticeKind, NoticeState
from fhir_pa.pas.subscription import SubscriptionStatus
from fhir_pa.storage import tables
from fhir_pa.storage.ground import Ground

HANDSHAKE_AFTER_SECONDS = 0.5  # the subscriber must have read our answer first (pas.md trap 52)

_subscription = tables.subscriptions.c
_notice = tables.notices.c


class Outbox(Ground):
    """Putting notices into the line of a subscription."""

    def lock(self, subscription_id: str) -> Any:
        """The subscription's row, ours until the transaction ends, or None when it is gone."""
        return self.row(sa.select(tables.subscriptions).where(_subscription.id == subscription_id).with_for_update())

    def shake_hands(self, subscription_id: str) -> None:
        """Ask the subscriber whether it listens."""
        at = self.clock() + timedelta(seconds=HANDSHAKE_AFTER_SECONDS)
        self.put(self.lock(subscription_id), {"kind": NoticeKind.HANDSHAKE, "event_number": 0, "why": "subscribed", "at": self.clock(), "due_at": at})

    def put(self, row: Any, notice: dict[str, Any]) -> None:
        """Put the notice at the end of the line of this (locked) subscription, and call a worker if none is called yet.

        A subscription in error is not told any more: the event counts, and waits unsent for the subscriber to ask.
        """
        position = row.last_position + 1
        state = NoticeState.UNSENT if row.status == SubscriptionStatus.ERROR else NoticeState.WAITING
        called = state is NoticeState.UNSENT or self.head(row.id) is not None
        kept = {"subscription_id": row.id, "position": position, "state": state, "attempt": 1, "because": "", **notice}
        self.insert(tables.notices, kept)
        counts = {"last_position": position, "events_sent": max(row.events_sent, notice["event_number"])}
        self.connection.execute(sa.update(tables.subscriptions).where(_subscription.id == row.id).values(**counts))
        if not called:
            delay = (notice["due_at"] - self.clock()).total_seconds()
            self.queue.enqueue(self.connection, f"{row.id}:{position}:1", row.id, max(delay, 0.0))

    def head(self, subscription_id: str) -> Any:
        """The row of the notice whose turn it is, or None."""
        waiting = sa.and_(_notice.subscription_id == subscription_id, _notice.state == NoticeState.WAITING)
        return self.row(sa.select(tables.notices).where(waiting).order_by(_notice.position).limit(1))

    def withdraw(self, subscription_id: str) -> None:
        """Nothing that waits is told any more, because the subscriber does not want it."""
        self.lock(subscription_id)
        self.close_line(subscription_id, NoticeState.WITHDRAWN)

    def close_line(self, subscription_id: str, state: NoticeState) -> None:
        """Give every waiting notice of this subscription this last state."""
        waiting = sa.and_(_notice.subscription_id == subscription_id, _notice.state == NoticeState.WAITING)
        self.connection.execute(sa.update(tables.notices).where(waiting).values(state=state, settled_at=self.clock()))
