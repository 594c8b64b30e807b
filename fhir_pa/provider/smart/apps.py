"""The apps registered with the test EHR, and the proof by which each shows that it is itself (SMART asymmetric clients)."""

from __future__ import annotations

from dataclasses import dataclass

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from ig_profiles.reading import Json

JWT_BEARER = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
ALGORITHMS = ["ES384", "RS384"]
LEEWAY_SECONDS = 60  # two clocks seldom agree


@dataclass(frozen=True)
class App:
    """One registered app: where it is launched, where codes may be sent, its public keys, and what it may at most ask for."""

    id: str
    name: str
    launch_url: str
    redirect_uris: tuple[str, ...]
    keys: Json
    scope: str

    def shows_itself(self, assertion_type: str, assertion: str, token_url: str, now: int) -> bool:
        """Whether the assertion is this app's own, for this endpoint, and still good (private_key_jwt)."""
        if assertion_type != JWT_BEARER:
            return False
        own = jwt.ClaimsOption(essential=True, value=self.id)
        try:
            claims = jwt.decode(assertion, KeySet.import_key_set(self.keys), algorithms=ALGORITHMS).claims  # type: ignore[arg-type]
            audience = jwt.ClaimsOption(essential=True, value=token_url)
            expected = jwt.JWTClaimsRegistry(now=now, leeway=LEEWAY_SECONDS, iss=own, sub=own, aud=audience, exp={"essential": True})
            expected.validate(claims)
        except (JoseError, ValueError):
            return False
        return True
