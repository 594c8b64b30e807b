"""Notice: what one subscriber must be told, which attempt at it this is, and what came of the attempt."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from fhir_pa.pas.subscription import Subscription
from fhir_pa.um.case.authorization import Authorization


class NoticeKind(StrEnum):
    """Whether the subscriber hears of an authorization, is asked whether it listens, or told that we are still there."""

    HANDSHAKE = "handshake"
    EVENT = "event"
    HEARTBEAT = "heartbeat"


class NoticeState(StrEnum):
    """What became of a notice. UNDELIVERABLE ones are the dead letters; UNSENT ones waited behind one, or came after it."""

    WAITING = "waiting"
    DELIVERED = "delivered"
    UNDELIVERABLE = "undeliverable"
    UNSENT = "unsent"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True)
class Notice:
    """One thing to tell one subscriber, now.

    ``position`` orders the notices of a subscription; ``event_number`` counts its events from 1 and is 0 for
    anything else. ``revision`` is the revision that gave rise to it, ``at`` when that was; ``authorization`` is the
    authorization as it stands at the attempt, so that nobody hears a stale state (pas.md trap 45). ``attempt`` counts
    from 1. ``subscription.events_sent`` may be ahead of ``event_number`` when later events wait already. ``further`` are the events told
    in the same notification, where the subscriber takes several at once (backport-max-count).
    """

    subscription: Subscription
    kind: NoticeKind
    position: int
    event_number: int
    at: datetime
    why: str
    attempt: int
    revision: int | None = None
    authorization: Authorization | None = None
    further: tuple[Notice, ...] = ()

    @property
    def together(self) -> tuple[Notice, ...]:
        """All that is told in this notification, in order."""
        return (self, *self.further)


@dataclass(frozen=True)
class DeliveryResult:
    """What came of one attempt. ``because`` says why it failed, without patients' data; ``hopeless`` forbids another."""

    delivered: bool
    because: str = ""
    hopeless: bool = False


@dataclass(frozen=True)
class NoticeRecord:
    """What is on file of one notice, for ``$status``, ``$events`` and people who ask whether somebody was told."""

    subscription_id: str
    position: int
    kind: NoticeKind
    event_number: int
    number: str | None
    revision: int | None
    why: str
    at: datetime
    state: NoticeState
    attempt: int
    settled_at: datetime | None
    because: str
