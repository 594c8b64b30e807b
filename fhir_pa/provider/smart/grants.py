"""What the authorization server remembers for a short while: launches of the EHR, and codes waiting for their token request."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
import threading
from dataclasses import dataclass, field, replace
from typing import Generic, TypeVar

LAUNCH_SECONDS = 300
CODE_SECONDS = 60


@dataclass(frozen=True)
class Context:
    """Who works on whose chart about what; ``about`` are references, e.g. ``Coverage/1`` and ``DeviceRequest/1``."""

    user: str
    patient: str
    encounter: str | None = None
    about: tuple[str, ...] = ()


@dataclass(frozen=True)
class Grant:
    """What an app was permitted, to be exchanged once by the app that knows the verifier of ``challenge`` (PKCE S256)."""

    client_id: str
    redirect_uri: str
    challenge: str
    scope: str
    context: Context
    nonce: str | None = None

    def proven_by(self, verifier: str) -> bool:
        """Whether this is the verifier whose hash came with the authorization request (RFC 7636)."""
        digest = hashlib.sha256(verifier.encode()).digest()
        return hmac.compare_digest(base64.urlsafe_b64encode(digest).rstrip(b"=").decode(), self.challenge)


Kept = TypeVar("Kept")


@dataclass
class Once(Generic[Kept]):
    """Things kept under a secret name until they are taken once, or are over; safe for several threads."""

    seconds: int
    _kept: dict[str, tuple[float, Kept]] = field(default_factory=dict, repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def keep(self, thing: Kept, now: float) -> str:
        """The name under which the thing can be taken."""
        name = secrets.token_urlsafe(32)
        with self._lock:
            self._kept = {key: row for key, row in self._kept.items() if row[0] > now}
            self._kept[name] = (now + self.seconds, thing)
        return name

    def take(self, name: str, now: float) -> Kept | None:
        """The thing, and never again; None when there is none or its time is over."""
        with self._lock:
            until, thing = self._kept.pop(name, (0.0, None))
        return thing if until > now else None


def about(context: Context, *references: str) -> Context:
    """The context with these references added, each once."""
    return replace(context, about=tuple(dict.fromkeys((*context.about, *references))))
