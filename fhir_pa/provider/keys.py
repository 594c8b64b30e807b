"""The provider's signing keys and what is signed with them: the hook's JWT, the client assertion, the EHR's own tokens.

CDS Hooks "Trusting CDS Clients" (ES384, jku), SMART Backend Services (private_key_jwt, ES384), and a short-lived bearer
token by which the payer may read the chart the hook is about.
"""

from __future__ import annotations

import json
import os
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, KeySet

from ig_profiles.reading import Json

ALGORITHM = "ES384"
ASSERTION_SECONDS = 300


class BadToken(Exception):
    """A bearer token this EHR did not sign, or one that is no longer good."""


@dataclass(frozen=True)
class Keys:
    """One key for each trust: the CDS client's, the backend service's, and the EHR's for its own access tokens."""

    hooks: ECKey
    backend: ECKey
    access: ECKey

    @classmethod
    def new(cls) -> Keys:
        """Fresh P-384 keys with names of their own."""
        hooks, backend, access = (
            ECKey.generate_key("P-384", {"kid": f"{name}-{uuid.uuid4().hex[:8]}", "use": "sig", "alg": ALGORITHM}) for name in ("hooks", "backend", "access")
        )
        return cls(hooks, backend, access)

    @classmethod
    def load(cls, path: Path) -> Keys:
        """The keys kept in a file by ``save``."""
        kept = json.loads(path.read_text())
        return cls(*(ECKey.import_key(kept[name]) for name in ("hooks", "backend", "access")))

    def save(self, path: Path) -> None:
        """Keep the private keys where only this account can read them."""
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            json.dump({name: getattr(self, name).as_dict(private=True) for name in ("hooks", "backend", "access")}, file)

    def public_set(self) -> Json:
        """The JWKS others verify us with: hook and backend keys, public halves only."""
        return dict(KeySet([self.hooks, self.backend]).as_dict(private=False))

    def hook_token(self, issuer: str, audience: str, jwks_url: str, now: int) -> str:
        """The JWT that accompanies one hook call; good for five minutes, used once."""
        claims = {"iss": issuer, "aud": audience, "iat": now, "exp": now + ASSERTION_SECONDS, "jti": uuid.uuid4().hex}
        return _signed(self.hooks, claims, jku=jwks_url)

    def client_assertion(self, client_id: str, token_url: str, now: int) -> str:
        """The private_key_jwt a backend service shows at the token endpoint (SMART App Launch §backend services)."""
        claims = {"iss": client_id, "sub": client_id, "aud": token_url, "iat": now, "exp": now + ASSERTION_SECONDS, "jti": uuid.uuid4().hex}
        return _signed(self.backend, claims)

    def access_token(self, base: str, patient_id: str, scope: str, now: int, seconds: int = ASSERTION_SECONDS) -> str:
        """A bearer token for reading one patient's chart at this FHIR base."""
        claims = {"iss": base, "aud": base, "sub": patient_id, "scope": scope, "iat": now, "exp": now + seconds, "jti": uuid.uuid4().hex}
        return _signed(self.access, claims)

    def patient_of(self, token: str, base: str, now: int) -> str:
        """Whose chart the bearer may read. Raises BadToken."""
        try:
            claims = jwt.decode(token, self.access, algorithms=[ALGORITHM]).claims
            jwt.JWTClaimsRegistry(now=now, aud={"essential": True, "value": base}, exp={"essential": True}, sub={"essential": True}).validate(claims)
        except (JoseError, ValueError) as error:
            raise BadToken("The bearer token is not one of ours, or has expired. Use the one handed out in fhirAuthorization.") from error
        return str(claims["sub"])


def _signed(key: ECKey, claims: dict[str, Any], **header: str) -> str:
    return jwt.encode({"alg": ALGORITHM, "typ": "JWT", "kid": key.kid, **header}, claims, key, algorithms=[ALGORITHM])
