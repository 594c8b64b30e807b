"""The tokens this server gives out: short-lived access tokens for clients, short-lived tokens for people.

JWTs (RFC 9068 in shape) signed ES384 by a key all processes of this payer share through the store. A token says only who;
scopes and roles are looked up again at each use.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from typing import Literal, Protocol

from joserfc import jwt
from joserfc.jwk import ECKey

from fhir_pa.auth.signed import Clock, Statement, check_audience, check_times, peek, seconds, verify
from ig_profiles.json import dump, parse
from ig_profiles.outcome import Unauthenticated

ACCESS = timedelta(minutes=5)
PERSON = timedelta(hours=1)
LONGEST = timedelta(hours=12)
_KEY = "token-signing-key"

Use = Literal["access", "person"]
_TYPES: dict[Use, str] = {"access": "at+jwt", "person": "person+jwt"}


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

    def access_token(self, client_id: str, scope: str) -> str:
        """A client's token for the FHIR operations, good for ``ACCESS``."""
        return self._sign("access", client_id, ACCESS, client_id=client_id, scope=scope)

    def person_token(self, person_id: str, lasting: timedelta = PERSON) -> str:
        """A person's token for the reviewers' interface, good for at most ``LONGEST``."""
        return self._sign("person", person_id, min(lasting, LONGEST))

    def read(self, token: str) -> tuple[Use, Statement]:
        """What one of our tokens says and what it is for. Raises Unauthenticated."""
        if peek(token).kid != self._key.kid:
            raise Unauthenticated("This token was not given out by this server. Get one at its token endpoint.")
        said = verify(token, [self._key])
        use = next((use for use, kind in _TYPES.items() if said.header.get("typ") == kind), None)
        if use is None:
            raise Unauthenticated("This is not an access token. Get one at the token endpoint.")
        check_audience(said, self.issuer)
        check_times(said, self.clock(), LONGEST)
        return use, said

    def _sign(self, use: Use, subject: str, lasting: timedelta, **more: str) -> str:
        now = self.clock()
        claims = {"iss": self.issuer, "aud": self.issuer, "sub": subject, "iat": seconds(now), "exp": seconds(now + lasting), "jti": uuid.uuid4().hex, **more}
        return jwt.encode({"alg": "ES384", "kid": self._key.kid, "typ": _TYPES[use]}, claims, self._key, algorithms=["ES384"])

    @cached_property
    def _key(self) -> ECKey:
        kept = self.secrets.secret(_KEY)
        if kept is None:
            fresh = ECKey.generate_key("P-384", auto_kid=True)
            self.secrets.keep_secret(_KEY, dump(fresh.as_dict(private=True)).decode())
            kept = self.secrets.secret(_KEY)
        if kept is None:
            raise RuntimeError("the store did not keep the token signing key")
        return ECKey.import_key(parse(kept.encode()))
