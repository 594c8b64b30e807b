"""Notices: an event told to every subscriber it concerns, taken by a worker in order, and settled after each attempt."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import takewhile
from typing import Any

import sqlalchemy as sa

from fhir_pa.pas.notice import Notice, NoticeKind, NoticeRecord, NoticeState
from fhir_pa.pas.subscription import SubscriptionStatus
from fhir_pa.storage import tables
from fhir_pa.storage.authorizations import AuthorizationReading
from fhir_pa.storage.heartbeats import Heartbeats
from fhir_pa.storage.subscriptions import SubscriptionReading
from fhir_pa.um.case.authorization import Authorization
from ig_profiles.outcome import Conflict

_notice = tables.notices.c
_subscription = tables.subscriptions.c


class NoticeReading(AuthorizationReading, SubscriptionReading):
    """Reading what was told to whom."""

    def notices(self, subscription_id: str | None = None, number: str | None = None, state: NoticeState | None = None) -> list[NoticeRecord]:
        """The notices on file of this subscription, about this authorization, in this state; in the order of events."""
        wanted = [
            column == value
            for column, value in ((_notice.subscription_id, subscription_id), (_notice.number, number), (_notice.state, state))
            if value is not None
        ]
        return [_record(row) for row in self.rows(sa.select(tables.notices).where(*wanted).order_by(_notice.at, _notice.subscription_id, _notice.position))]

    def queued(self) -> list[str]:
        """The keys of work that is queued, delayed or running, for people who look after the server."""
        return self.queue.unfinished(self.connection)


class NoticeWriting(NoticeReading, Heartbeats):
    """Telling subscribers."""

    def notify(self, authorization: Authorization, why: str, at: datetime) -> int:
        """Tell everybody who subscribed to this authorization's changes; returns to how many.

        Call it once for each change, after ``add`` or ``save``, in the same transaction. An event that comes before the
        handshake waits behind it.
        """
        audience = self.lock_listening(authorization)
        about = {"number": authorization.number, "revision": authorization.revision, "why": why}
        for row in audience:
            self.put(row, {"kind": NoticeKind.EVENT, "event_number": row.events_sent + 1, "at": at, "due_at": self.clock(), **about})
        return len(audience)

    def take(self, subscription_id: str, holder: str, seconds: float) -> Notice | None:
        """The notice whose turn it is, held for so many seconds; None when none waits, or another worker holds it.

        With it come the events right behind it, as many as the subscriber takes in one notification. The same holder takes
        it again: a worker that was killed and started anew continues at once.
        """
        if self.lock(subscription_id) is None:
            return None
        if self.subscription(subscription_id).status is SubscriptionStatus.OFF:
            self.withdraw(subscription_id)
            return None
        head, now = self.head(subscription_id), self.clock()
        if head is None or (head.held_by not in (None, holder) and head.held_until > now):
            return None
        this = sa.and_(_notice.subscription_id == subscription_id, _notice.position == head.position)
        self.connection.execute(sa.update(tables.notices).where(this).values(held_by=holder, held_until=now + timedelta(seconds=seconds)))
        return replace(self._notice(head), further=tuple(self._behind(head)))

    def delivered(self, notice: Notice) -> bool:
        """The subscriber heard it, and what was told with it. False when it was settled meanwhile, so that this worker steps aside."""
        heard = {"state": NoticeState.DELIVERED, "settled_at": self.clock(), "because": ""}
        if not self._settle(notice, heard):
            return False
        for each in notice.further:
            self._settle(each, heard)
        if notice.kind is NoticeKind.HANDSHAKE:
            self._turn(notice.subscription.id, SubscriptionStatus.REQUESTED, SubscriptionStatus.ACTIVE)
            self.begin_beating(notice)
        return True

    def failed(self, notice: Notice, because: str, again_in: float | None) -> bool:
        """The subscriber did not hear it: another attempt in so many seconds, or none any more.

        The next attempt is queued by the same transaction that records this one. Giving up leaves a dead letter, turns
        the subscription to error and closes its line; only the subscriber can re-activate it (pas.md rule 68).
        """
        subscription_id, attempt = notice.subscription.id, notice.attempt + 1
        if again_in is not None:
            again = {"attempt": attempt, "due_at": self.clock() + timedelta(seconds=again_in), "held_by": None, "held_until": None}
            settled = self._settle(notice, {**again, "because": because})
            if settled:
                self.queue.enqueue(self.connection, f"{subscription_id}:{notice.position}:{attempt}", subscription_id, again_in)
            return settled
        settled = self._settle(notice, {"state": NoticeState.UNDELIVERABLE, "settled_at": self.clock(), "because": because})
        if settled:
            self._turn(subscription_id, notice.subscription.status, SubscriptionStatus.ERROR)
            self.close_line(subscription_id, NoticeState.UNSENT)
        return settled

    def redeliver(self, subscription_id: str) -> int:
        """Put what was never heard back into the line, in its old order; returns how many. NotFound, or Conflict while
        the subscription is not active: only the subscriber leads it back from an error (pas.md rule 68).
        """
        self.lock(subscription_id)
        status = self.subscription(subscription_id).status
        if status is not SubscriptionStatus.ACTIVE:
            advice = "Its client has to update it first; redeliver when it is active again."
            raise Conflict(f"Subscription {subscription_id} is {status}, so that nobody listens. {advice}")
        called, now = self.head(subscription_id) is not None, self.clock()
        unheard = sa.and_(
            _notice.subscription_id == subscription_id, _notice.kind == NoticeKind.EVENT, _notice.state.in_((NoticeState.UNDELIVERABLE, NoticeState.UNSENT))
        )
        waiting = {"state": NoticeState.WAITING, "attempt": 1, "due_at": now, "held_by": None, "held_until": None, "settled_at": None}
        count: int = self.connection.execute(sa.update(tables.notices).where(unheard).values(**waiting)).rowcount
        if count and not called:
            self._call_again(self.head(subscription_id))
        return count

    def pass_on(self, subscription_id: str) -> None:
        """This worker stops: whoever comes next continues the line."""
        if self.lock(subscription_id) is not None and (head := self.head(subscription_id)) is not None:
            self._call_again(head)

    def call_forgotten(self, overdue: timedelta) -> int:
        """Call a worker to every line whose head is overdue and held by nobody; returns to how many.

        The queue does not lose work, so this finds nothing unless somebody emptied the queue's tables.
        """
        now = self.clock()
        free = sa.or_(_notice.held_until.is_(None), _notice.held_until < now)
        overdue_ones = sa.select(_notice.subscription_id).where(_notice.state == NoticeState.WAITING, _notice.due_at < now - overdue, free).distinct()
        called = 0
        for row in self.rows(overdue_ones):
            if self.lock(row.subscription_id) is None:
                continue
            head = self.head(row.subscription_id)
            if head is not None and head.due_at < now - overdue and (head.held_until is None or head.held_until < now):
                self._call_again(head)
                called += 1
        return called

    def _call_again(self, head: Any) -> None:
        now = self.clock()
        this = sa.and_(_notice.subscription_id == head.subscription_id, _notice.position == head.position)
        self.connection.execute(sa.update(tables.notices).where(this).values(due_at=now, held_by=None, held_until=None))
        key = f"{head.subscription_id}:{head.position}:{head.attempt}:{now.isoformat()}"
        self.queue.enqueue(self.connection, key, head.subscription_id)

    def _settle(self, notice: Notice, values: dict[str, Any]) -> bool:
        self.lock(notice.subscription.id)
        this = sa.and_(_notice.subscription_id == notice.subscription.id, _notice.position == notice.position)
        open_ = sa.and_(this, _notice.state == NoticeState.WAITING, _notice.attempt == notice.attempt)
        return self.connection.execute(sa.update(tables.notices).where(open_).values(**values)).rowcount == 1

    def _turn(self, subscription_id: str, before: SubscriptionStatus, after: SubscriptionStatus) -> None:
        same = sa.and_(_subscription.id == subscription_id, _subscription.status == before)
        self.connection.execute(sa.update(tables.subscriptions).where(same).values(status=after))

    def _behind(self, head: Any) -> Iterator[Notice]:
        """The events that may be told together with this one: those next in the line, before anything that is no event."""
        most = self.subscription(head.subscription_id).max_count or 1
        if most == 1 or head.kind != NoticeKind.EVENT:
            return
        waiting = sa.and_(_notice.subscription_id == head.subscription_id, _notice.state == NoticeState.WAITING, _notice.position > head.position)
        rows = self.rows(sa.select(tables.notices).where(waiting).order_by(_notice.position).limit(most - 1))
        yield from map(self._notice, takewhile(lambda row: row.kind == NoticeKind.EVENT, rows))

    def _notice(self, row: Any) -> Notice:
        authorization = self.authorization(row.number) if row.number else None
        subscription = self.subscription(row.subscription_id)
        plain = Notice(subscription, NoticeKind(row.kind), row.position, row.event_number, row.at, row.why, row.attempt, row.revision)
        return replace(plain, authorization=authorization)


def _record(row: Any) -> NoticeRecord:
    return NoticeRecord(
        subscription_id=row.subscription_id,
        position=row.position,
        kind=NoticeKind(row.kind),
        event_number=row.event_number,
        number=row.number,
        revision=row.revision,
        why=row.why,
        at=row.at,
        state=NoticeState(row.state),
        attempt=row.attempt,
        settled_at=row.settled_at,
        because=row.because,
    )
