"""Visits: one clinician's work on one chart in one window, kept on the server under a key that only a cookie knows.

Every window has a visit and a cookie of its own, whose path is the visit's, so two charts never meet in one page.
"""

from __future__ import annotations

import hmac
import secrets
import threading
from dataclasses import dataclass, field
from typing import Any

from fhir_pa.provider.clinician.measured import Measured
from fhir_pa.provider.dtr.package import Package


@dataclass(frozen=True)
class Pending:
    """A sign-in under way: what must come back, and from whom. ``binding`` ties it to the browser that began it."""

    issuer: str
    token_endpoint: str
    jwks_uri: str | None
    verifier: str
    nonce: str
    binding: str
    until: float


@dataclass
class Visit:
    """A chart opened by a clinician. ``about`` are references of the launch; ``packages`` are the payer's forms by canonical, ``routes`` their payers."""

    key: str
    issuer: str
    token: str
    scope: str
    patient: str
    user: str
    encounter: str | None
    about: tuple[str, ...]
    until: float
    packages: dict[str, Package] = field(default_factory=dict)
    routes: dict[str, Any] = field(default_factory=dict)
    measured: Measured = field(default_factory=Measured)


class Visits:
    """Those under way, in this process's memory; safe for several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._pending: dict[str, Pending] = {}
        self._open: dict[str, Visit] = {}

    def begin(self, pending: Pending, now: float) -> str:
        """The state under which the sign-in comes back."""
        state = secrets.token_urlsafe(32)
        with self._lock:
            self._pending = {name: each for name, each in self._pending.items() if each.until > now}
            self._pending[state] = pending
        return state

    def back(self, state: str, binding: str, now: float) -> Pending | None:
        """The sign-in of this state, once, in the browser that began it."""
        with self._lock:
            pending = self._pending.pop(state, None)
        return pending if pending and pending.until > now and hmac.compare_digest(pending.binding, binding) else None

    def open(self, visit: Visit, now: float) -> str:
        """The visit's name, as it stands in addresses; it opens nothing without the key."""
        name = secrets.token_urlsafe(9)
        with self._lock:
            self._open = {each: kept for each, kept in self._open.items() if kept.until > now}
            self._open[name] = visit
        return name

    def find(self, name: str, key: str, now: float) -> Visit | None:
        """The visit of this name, for the browser that holds its key."""
        visit = self._open.get(name)
        return visit if visit and visit.until > now and hmac.compare_digest(visit.key, key) else None

    def close(self, name: str) -> None:
        """Forget a visit and its tokens."""
        with self._lock:
            self._open.pop(name, None)
