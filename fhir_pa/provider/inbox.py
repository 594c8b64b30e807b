"""What arrived at the provider's rest-hook, in the order it arrived, and what each notification says."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any

from ig_profiles.reading import Json, many, one, text


@dataclass(frozen=True)
class Notification:
    """One delivery: when it came, which channel headers it bore, what kind it is, and the Bundle itself.

    ``kind`` is the backport's notification type: handshake, heartbeat or event-notification.
    """

    name: str
    received_at: str
    kind: str
    subscription: str
    event_number: str | None
    focus: str | None
    authorized: bool
    bundle: Json


@dataclass
class Inbox:
    """Notifications kept in order; safe for several threads of one process. ``hear`` is shown each as it comes."""

    hear: Callable[[Notification], None] | None = None
    _kept: list[Notification] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def keep(self, notification: Notification) -> None:
        """Take one delivery in."""
        with self._lock:
            self._kept.append(notification)
        if self.hear:
            self.hear(notification)

    def view(self, name: str | None = None) -> list[dict[str, Any]]:
        """Every delivery as JSON, or those of one endpoint."""
        with self._lock:
            return [asdict(item) for item in self._kept if name in (None, item.name)]


def read_notification(name: str, bundle: Json, received_at: str, authorized: bool) -> Notification:
    """The delivery in our words (Subscriptions R5 Backport, backport-subscription-status-r4 in the first entry).

    Raises ValueError when the Bundle is no notification.
    """
    status = one(bundle, "entry", "resource")
    if text(bundle, "type") != "history" or text(status, "resourceType") != "Parameters":
        raise ValueError("A notification is a history Bundle whose first entry is the subscription status as Parameters.")
    kind = _part(status, "type", "valueCode")
    subscription = _part(status, "subscription", "valueReference")
    if not isinstance(kind, str) or subscription is None:
        raise ValueError("The subscription status must carry 'type' and 'subscription'.")
    event = next((item for item in many(status, "parameter") if item.get("name") == "notification-event"), None)
    numbers = [part.get("valueString") for part in many(event, "part") if part.get("name") == "event-number"]
    focus = [text(part, "valueReference", "reference") for part in many(event, "part") if part.get("name") == "focus"]
    return Notification(name, received_at, kind, str(text(subscription, "reference")), _first(numbers), _first(focus), authorized, bundle)


def _part(status: Json, name: str, value: str) -> Any:
    return next((item.get(value) for item in many(status, "parameter") if item.get("name") == name), None)


def _first(values: list[Any]) -> str | None:
    return next((str(value) for value in values if value), None)
