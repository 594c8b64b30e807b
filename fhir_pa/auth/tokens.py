"""The tokens this server gives out: short-lived access tokens for clients, short-lived tokens for people.

JWTs (RFC 9068 in shape) signed ES384 by a key all processes of this payer share through the store. A token says only who;
scopes and roles are looked up again at each use. The key changes by itself every ``TURN``; the one before is trusted for as
long as a token it signed can still be good, and no longer.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal, Protocol

from joserfc import jwt
from joserfc.jwk import ECKey

from fhir_pa.auth.certificate import Certificate
from fhir_pa.auth.signed import SKEW, Clock, Statement, check_audience, check_times, peek, seconds, verify
from ig_profiles.json import dump, parse
from ig_profiles.outcome import Unauthenticated

ACCESS = timedelta(minutes=5)
PERSON = timedelta(hours=1)
LONGEST = timedelta(hours=12)
TURN = timedelta(days=30)

Use = Literal["access", "person", "practice", "desk", "practice desk", "member", "sign-in"]
_TYPES: dict[Use, str] = {
    "access": "at+jwt",
    "person": "person+jwt",
    "practice": "practice+jwt",
    "desk": "desk+jwt",
    "practice desk": "practice-desk+jwt",
    "member": "member+jwt",
    "sign-in": "sign-in+jwt",
}


class Secrets(Protocol):
    """The port behind which the payer's own secrets are kept (``storage`` provides it)."""

    def secret(self, name: str) -> str | None:
        """The secret kept under this name, or None."""

    def keep_secret(self, name: str, value: str) -> object:
        """Keep it, unless one is kept under this name already."""


@dataclass(frozen=True)
class Mint:
    """Gives out tokens and reads them back; ``issuer`` is the payer's public URL."""

    secrets: Secrets
    issuer: str
    clock: Clock
    _read: dict[int, ECKey] = field(default_factory=dict, repr=False, compare=False)

    def access_token(self, client_id: str, scope: str, certificate: Certificate | None = None) -> str:
        """A client's token for the FHIR operations, good for ``ACCESS``; bound to the certificate it was asked for under."""
        bound = {"cnf": certificate.confirmation} if certificate else {}
        return self._sign("access", client_id, ACCESS, client_id=client_id, scope=scope, **bound)

    def person_token(self, person_id: str, lasting: timedelta = PERSON) -> str:
        """A person's token for the reviewers' interface, good for at most ``LONGEST``."""
        return self._sign("person", person_id, min(lasting, LONGEST))

    def practice_token(self, person_id: str, lasting: timedelta = PERSON) -> str:
        """What one of a practice's people takes to the provider desk; no bearer token."""
        return self._sign("practice", person_id, min(lasting, LONGEST))

    def desk_token(self, person_id: str, lasting: timedelta, desk: Use = "desk", **session: Any) -> str:
        """What the cookie of a session at a desk holds; no bearer token."""
        return self._sign(desk, person_id, min(lasting, LONGEST), **session)

    def sign_in_token(self, lasting: timedelta, **begun: str) -> str:
        """What the browser keeps while it is at the plan's own sign-in; no bearer token."""
        return self._sign("sign-in", "nobody", min(lasting, LONGEST), **begun)

    def read(self, token: str) -> tuple[Use, Statement]:
        """What one of our tokens says and what it is for. Raises Unauthenticated."""
        trusted = self._trusted()
        if peek(token).kid not in [key.kid for key in trusted]:
            raise Unauthenticated("This token was not given out by this server. Get one at its token endpoint.")
        said = verify(token, trusted)
        use = next((use for use, kind in _TYPES.items() if said.header.get("typ") == kind), None)
        if use is None:
            raise Unauthenticated("This is not an access token. Get one at the token endpoint.")
        check_audience(said, self.issuer)
        check_times(said, self.clock(), LONGEST)
        return use, said

    def _sign(self, use: Use, subject: str, lasting: timedelta, **more: Any) -> str:
        now = self.clock()
        key = self._key_of(turn_of(now))
        claims = {"iss": self.issuer, "aud": self.issuer, "sub": subject, "iat": seconds(now), "exp": seconds(now + lasting), "jti": uuid.uuid4().hex, **more}
        return jwt.encode({"alg": "ES384", "kid": key.kid, "typ": _TYPES[use]}, claims, key, algorithms=["ES384"])

    def _trusted(self) -> list[ECKey]:
        """The key in use, and the one before for as long as one of its tokens can be good."""
        now = self.clock()
        before = self._kept_key(turn_of(now) - 1) if turn_of(now - LONGEST - SKEW) < turn_of(now) else None
        return [self._key_of(turn_of(now)), *([before] if before else [])]

    def _key_of(self, turn: int) -> ECKey:
        """The key of this turn, made by whichever process needs it first."""
        if self._kept_key(turn) is None:
            fresh = ECKey.generate_key("P-384", auto_kid=True)
            self.secrets.keep_secret(key_name(turn), dump(fresh.as_dict(private=True)).decode())
        kept = self._kept_key(turn)
        if kept is None:
            raise RuntimeError("the store did not keep the token signing key")
        return kept

    def _kept_key(self, turn: int) -> ECKey | None:
        if turn not in self._read:
            kept = self.secrets.secret(key_name(turn))
            if kept is None:
                return None
            self._read[turn] = ECKey.import_key(parse(kept.encode()))
        return self._read[turn]


def turn_of(moment: datetime) -> int:
    """Which stretch of ``TURN`` this moment lies in."""
    return int(moment.timestamp() // TURN.total_seconds())


def key_name(turn: int) -> str:
    """The name under which the key of this turn is kept."""
    return f"token-signing-key-{turn}"
