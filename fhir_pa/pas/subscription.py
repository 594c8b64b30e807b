"""Subscription: who wants to hear of which authorizations, by which channel, as the payer keeps it (pas.md §1.7)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from ig_profiles.reading import Json


class SubscriptionStatus(StrEnum):
    """Where a subscription stands (FHIR R4 subscription-status); only the subscriber leads it back from ERROR."""

    REQUESTED = "requested"
    ACTIVE = "active"
    ERROR = "error"
    OFF = "off"


class Content(StrEnum):
    """How much a notification tells (Subscriptions R5 Backport, payload content)."""

    EMPTY = "empty"
    ID_ONLY = "id-only"
    FULL_RESOURCE = "full-resource"


@dataclass(frozen=True)
class Subscription:
    """One agreed subscription of one client.

    ``filters`` are the organization values asked for, each ``value`` or ``system|value``; any of them is enough.
    ``headers`` are sent as they stand (``Name: value``). ``events_sent`` counts the events of this subscription since
    it started, whether or not they arrived; the store keeps that count and ignores what a caller writes there.
    ``heartbeat_seconds``, ``timeout_seconds`` and ``max_count`` are absent when the subscriber did not ask.
    It is silent from ``ends_at`` on. ``resource`` is the Subscription as received.
    """

    id: str
    client: str
    guide: str
    endpoint: str
    headers: tuple[str, ...] = ()
    content: Content = Content.ID_ONLY
    filters: tuple[str, ...] = ()
    status: SubscriptionStatus = SubscriptionStatus.REQUESTED
    heartbeat_seconds: int | None = None
    timeout_seconds: int | None = None
    max_count: int | None = None
    ends_at: datetime | None = None
    events_sent: int = 0
    resource: Json = field(default_factory=dict)
