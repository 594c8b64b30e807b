"""The public keys of each provider's system: given inline, or read from its JWK Set and kept for a while."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock

from fhir_pa.auth.directory import Client
from fhir_pa.auth.keys import PublicKey, usable
from fhir_pa.auth.signed import Clock
from fhir_pa.outbound.addresses import NotAllowed
from fhir_pa.outbound.guarded import NotReached
from ig_profiles.json import parse
from ig_profiles.outcome import Refusal, Unauthenticated

FRESH = timedelta(minutes=10)
STALE = timedelta(hours=4)
PAUSE = timedelta(seconds=10)


@dataclass(frozen=True)
class _Kept:
    keys: tuple[PublicKey, ...]
    read_at: datetime | None
    tried_at: datetime


class KeyRing:
    """Keys by client. ``fetch`` reads one registered URL and returns its bytes, or raises; it is guarded and capped.

    A key not found in a kept set is looked for once more at the source, so that a client may change keys at any time; but
    never more often than every ``PAUSE``, so that a stranger cannot make us hammer it. A source that is down leaves the
    kept keys in use for at most ``STALE``, and one that stalls holds up one call, not all.
    """

    def __init__(self, fetch: Callable[[str], bytes], clock: Clock) -> None:
        self._fetch = fetch
        self._clock = clock
        self._inline: dict[str, tuple[PublicKey, ...]] = {}
        self._kept: dict[str, _Kept] = {}
        self._locks: defaultdict[str, Lock] = defaultdict(Lock)

    def of(self, client: Client, kid: str) -> tuple[PublicKey, ...]:
        """The keys its SMART client assertions are checked by."""
        if client.jwks_url:
            return self._at(client.jwks_url, kid)
        if client.id not in self._inline:
            self._inline[client.id] = usable({"keys": list(client.jwks)})
        return self._inline[client.id]

    def of_hooks(self, client: Client, kid: str, jku: str | None) -> tuple[PublicKey, ...]:
        """The keys its CDS Hooks tokens are checked by. A ``jku`` counts only when it is the one registered."""
        registered = client.cds_jwks_url or client.jwks_url
        if jku is not None and jku != registered:
            raise Unauthenticated(f"jku {jku[:200]!r} is not registered for {client.id}. Set cds_jwks_url to it, or send no jku.")
        return self._at(client.cds_jwks_url, kid) if client.cds_jwks_url else self.of(client, kid)

    def _at(self, url: str, kid: str) -> tuple[PublicKey, ...]:
        kept = self._kept.get(url)
        if kept is None or self._look_again(kept, kid):
            kept = self._looked(url, kid, kept)
        if kept is None or not self._usable(kept):
            raise Unauthenticated(f"The JWK Set at {url} could not be read. See that it is served there, as JSON, without a redirect.")
        return kept.keys

    def _looked(self, url: str, kid: str, kept: _Kept | None) -> _Kept | None:
        """The keys after a look at their source. Only one call looks at a time; whoever finds his key in the kept ones does not wait."""
        served = kept is not None and self._usable(kept) and any(key.kid == kid for key in kept.keys)
        if not self._locks[url].acquire(blocking=not served):
            return kept
        try:
            meanwhile = self._kept.get(url)
            if meanwhile is None or self._look_again(meanwhile, kid):
                self._kept[url] = self._read(url, meanwhile)
            return self._kept[url]
        finally:
            self._locks[url].release()

    def _usable(self, kept: _Kept) -> bool:
        return kept.read_at is not None and self._clock() - kept.read_at <= STALE

    def _look_again(self, kept: _Kept, kid: str) -> bool:
        now = self._clock()
        if now - kept.tried_at < PAUSE:
            return False
        return kept.read_at is None or now - kept.read_at > FRESH or all(key.kid != kid for key in kept.keys)

    def _read(self, url: str, before: _Kept | None) -> _Kept:
        now = self._clock()
        try:
            return _Kept(usable(parse(self._fetch(url))), now, now)
        except (NotAllowed, NotReached, Refusal):
            return _Kept(before.keys if before else (), before.read_at if before else None, now)
