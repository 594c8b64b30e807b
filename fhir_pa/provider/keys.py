"""The provider's signing keys and what is signed with them: the hook's JWT, the client assertion, the EHR's own tokens.

CDS Hooks "Trusting CDS Clients" (ES384, jku), SMART Backend Services and SMART apps (private_key_jwt, ES384), and short-lived
bearer tokens by which the payer or an app may read the chart it is about.
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
NAMES = ("hooks", "backend", "access", "app")


class BadToken(Exception):
    """A bearer token this EHR did not sign, or one that is no longer good."""


@dataclass(frozen=True)
class Bearer:
    """Whose chart a token opens, what may be done there, and who works with it (a reference, for tokens of an app)."""

    patient: str
    scope: str
    user: str | None


@dataclass(frozen=True)
class Keys:
    """One key for each trust: the CDS client's, the backend service's, the EHR's for its own tokens, the clinician's app's."""

    hooks: ECKey
    backend: ECKey
    access: ECKey
    app: ECKey

    @classmethod
    def new(cls) -> Keys:
        """Fresh P-384 keys with names of their own."""
        fresh = (ECKey.generate_key("P-384", {"kid": f"{name}-{uuid.uuid4().hex[:8]}", "use": "sig", "alg": ALGORITHM}) for name in NAMES)
        return cls(*fresh)

    @classmethod
    def load(cls, path: Path) -> Keys:
        """The keys kept in a file by ``save``."""
        kept = json.loads(path.read_text())
        return cls(*(ECKey.import_key(kept[name]) for name in NAMES))

    def save(self, path: Path) -> None:
        """Keep the private keys where only this account can read them."""
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            json.dump({name: getattr(self, name).as_dict(private=True) for name in NAMES}, file)

    def public_set(self) -> Json:
        """The JWKS others verify us with: hook and backend keys, public halves only."""
        return dict(KeySet([self.hooks, self.backend]).as_dict(private=False))

    def hook_token(self, issuer: str, audience: str, jwks_url: str | None, now: int) -> str:
        """The JWT that accompanies one hook call; good for five minutes, used once. Without ``jwks_url`` the keys are those registered."""
        claims = {"iss": issuer, "aud": audience, "iat": now, "exp": now + ASSERTION_SECONDS, "jti": uuid.uuid4().hex}
        return _signed(self.hooks, claims, **({"jku": jwks_url} if jwks_url else {}))

    def client_assertion(self, client_id: str, token_url: str, now: int) -> str:
        """The private_key_jwt a backend service shows at the token endpoint (SMART App Launch §backend services)."""
        claims = {"iss": client_id, "sub": client_id, "aud": token_url, "iat": now, "exp": now + ASSERTION_SECONDS, "jti": uuid.uuid4().hex}
        return _signed(self.backend, claims)

    def token_set(self) -> Json:
        """The JWKS by which an app verifies the EHR's id tokens; apart from ``public_set``, whose keys speak to payers."""
        return dict(KeySet([self.access]).as_dict(private=False))

    def app_set(self) -> Json:
        """The JWKS with which the clinician's app is registered at the EHR."""
        return dict(KeySet([self.app]).as_dict(private=False))

    def app_assertion(self, client_id: str, token_url: str, now: int) -> str:
        """The private_key_jwt the clinician's app shows at the EHR's token endpoint (SMART App Launch §asymmetric)."""
        claims = {"iss": client_id, "sub": client_id, "aud": token_url, "iat": now, "exp": now + ASSERTION_SECONDS, "jti": uuid.uuid4().hex}
        return _signed(self.app, claims)

    def access_token(self, base: str, patient_id: str, scope: str, now: int, seconds: int = ASSERTION_SECONDS, user: str | None = None) -> str:
        """A bearer token for one patient's chart at this FHIR base; ``user`` is who works with it in an app."""
        claims = {"iss": base, "aud": base, "sub": patient_id, "scope": scope, "iat": now, "exp": now + seconds, "jti": uuid.uuid4().hex}
        return _signed(self.access, {**claims, **({"fhirUser": user} if user else {})})

    def id_token(self, issuer: str, client_id: str, user: str, nonce: str | None, now: int, seconds: int) -> str:
        """Who signed in, for the app (OpenID Connect; SMART's ``fhirUser`` claim is an absolute reference)."""
        claims = {"iss": issuer, "aud": client_id, "sub": user, "fhirUser": f"{issuer}/{user}", "iat": now, "exp": now + seconds}
        return _signed(self.access, {**claims, **({"nonce": nonce} if nonce else {})})

    def bearer(self, token: str, base: str, now: int) -> Bearer:
        """What the token opens. Raises BadToken."""
        try:
            claims = jwt.decode(token, self.access, algorithms=[ALGORITHM]).claims
            jwt.JWTClaimsRegistry(now=now, aud={"essential": True, "value": base}, exp={"essential": True}, sub={"essential": True}).validate(claims)
        except (JoseError, ValueError) as error:
            raise BadToken("The bearer token is not one of ours, or has expired. Use the one handed out in fhirAuthorization or at launch.") from error
        return Bearer(str(claims["sub"]), str(claims.get("scope", "")), claims.get("fhirUser"))

    def patient_of(self, token: str, base: str, now: int) -> str:
        """Whose chart the bearer may read. Raises BadToken."""
        return self.bearer(token, base, now).patient


def _signed(key: ECKey, claims: dict[str, Any], **header: str) -> str:
    return jwt.encode({"alg": ALGORITHM, "typ": "JWT", "kid": key.kid, **header}, claims, key, algorithms=[ALGORITHM])
