"""Subscriptions: who wants to hear, found by the organizations an authorization concerns."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import sqlalchemy as sa

from fhir_pa.pas.subscription import Subscription, SubscriptionStatus
from fhir_pa.storage import document, tables
from fhir_pa.storage.ground import Ground, short
from fhir_pa.storage.outbox import Outbox
from fhir_pa.um.case.authorization import Authorization
from ig_profiles.outcome import NotFound

_subscription = tables.subscriptions.c
_FILTERS = tables.subscription_filters


class SubscriptionReading(Ground):
    """Finding subscriptions."""

    def subscription(self, subscription_id: str) -> Subscription:
        """The subscription with its present status and count of events, or NotFound."""
        row = self.row(sa.select(tables.subscriptions).where(_subscription.id == subscription_id))
        if row is None:
            raise NotFound(f"No Subscription {subscription_id} is on file. Search for yours, or create one.")
        return self.as_kept(row)

    def subscriptions(self, client: str) -> list[Subscription]:
        """Every subscription of this client."""
        return [self.as_kept(row) for row in self.rows(sa.select(tables.subscriptions).where(_subscription.client == client).order_by(_subscription.id))]

    def subscriptions_for(self, authorization: Authorization) -> list[Subscription]:
        """The subscriptions to which this authorization is an event: one of their filter values names its requestor or
        the system that sent it. Those switched off, or at their end, are left out.
        """
        return [kept for row in self.rows(_listening(authorization)) if (kept := self.as_kept(row)).status is not SubscriptionStatus.OFF]

    def as_kept(self, row: Any) -> Subscription:
        """The subscription in this row; one that is past its end is off, whatever the row says."""
        kept = document.read(row.document, Subscription)
        ended = kept.ends_at is not None and kept.ends_at <= self.clock()
        return replace(kept, status=SubscriptionStatus.OFF if ended else SubscriptionStatus(row.status), events_sent=row.events_sent)


class SubscriptionWriting(SubscriptionReading, Outbox):
    """Keeping subscriptions. Whenever one is kept as ``requested``, its handshake is put into the outbox."""

    def add_subscription(self, subscription: Subscription) -> None:
        """Keep a new subscription."""
        values = {"id": subscription.id, "client": subscription.client, "status": subscription.status, "document": document.write(subscription)}
        self.insert(tables.subscriptions, {**values, "events_sent": 0, "last_position": 0})
        self._keep_filters(subscription)
        self._welcome(subscription)

    def save_subscription(self, subscription: Subscription) -> None:
        """Keep the changed subscription, or NotFound. Its count of events stays what the outbox counted."""
        values = {"status": subscription.status, "document": document.write(subscription)}
        done = self.connection.execute(sa.update(tables.subscriptions).where(_subscription.id == subscription.id).values(**values))
        if done.rowcount != 1:
            raise NotFound(f"No Subscription {subscription.id} is on file. Create it instead.")
        self.connection.execute(sa.delete(_FILTERS).where(_FILTERS.c.subscription_id == subscription.id))
        self._keep_filters(subscription)
        self._welcome(subscription)

    def delete_subscription(self, subscription_id: str) -> None:
        """Take the subscription off the file; what waited for it is withdrawn. NotFound when there is none."""
        self.withdraw(subscription_id)
        self.connection.execute(sa.delete(_FILTERS).where(_FILTERS.c.subscription_id == subscription_id))
        done = self.connection.execute(sa.delete(tables.subscriptions).where(_subscription.id == subscription_id))
        if done.rowcount != 1:
            raise NotFound(f"No Subscription {subscription_id} is on file, so there is nothing to delete.")

    def lock_listening(self, authorization: Authorization) -> list[Any]:
        """The rows of the subscriptions to which this is an event, locked in one order so that no two events deadlock."""
        locked = self.rows(_listening(authorization).with_for_update())
        return [row for row in locked if self.as_kept(row).status is not SubscriptionStatus.OFF]

    def _keep_filters(self, subscription: Subscription) -> None:
        self.insert_missing(
            _FILTERS, [{"subscription_id": subscription.id, "value": value} for value in sorted({short(value) for value in subscription.filters})]
        )

    def _welcome(self, subscription: Subscription) -> None:
        if subscription.status == SubscriptionStatus.REQUESTED:
            self.shake_hands(subscription.id)
        elif subscription.status != SubscriptionStatus.ACTIVE:
            self.withdraw(subscription.id)


def _listening(authorization: Authorization) -> sa.Select[Any]:
    by_filter = sa.select(_FILTERS.c.subscription_id).where(_FILTERS.c.value.in_(sorted({short(value) for value in _audience(authorization)})))
    wanted = sa.and_(_subscription.id.in_(by_filter), _subscription.status != SubscriptionStatus.OFF)
    return sa.select(tables.subscriptions).where(wanted).order_by(_subscription.id)


def _audience(authorization: Authorization) -> Iterator[str]:
    """Every way a filter may name the organizations this authorization concerns."""
    request = authorization.request
    for identifier in request.requestor.identifiers:
        yield identifier.value
        yield f"{identifier.system}|{identifier.value}"
    if request.sender:
        yield request.sender
