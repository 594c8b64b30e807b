"""Signing in with the plan's own accounts: OpenID Connect's authorization code flow with PKCE, against one registered provider.

Source: OpenID Connect Core 1.0 §3.1 and §3.1.3.7 (what is checked of an ID token), RFC 7636 (PKCE), RFC 9700.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol
from urllib.parse import quote, urlencode

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from fhir_pa.auth.directory import PlanAccounts
from fhir_pa.auth.signed import Clock, Statement, check_audience, check_times
from ig_profiles.json import parse
from ig_profiles.outcome import Refusal, Unauthenticated
from ig_profiles.reading import Json

ALGORITHMS = ["RS256", "PS256", "ES256", "ES384"]
LONGEST = timedelta(hours=24)
Read = Callable[[str], bytes]
Post = Callable[[str, bytes, Mapping[str, str]], bytes]


@dataclass(frozen=True)
class Begun:
    """What must be remembered until the browser comes back: it proves that the answer belongs to this question."""

    state: str
    nonce: str
    verifier: str

    @classmethod
    def new(cls) -> Begun:
        """Three values nobody can guess."""
        return cls(*(secrets.token_urlsafe(32) for _ in range(3)))


class Listed(Protocol):
    """Somebody the payer lists, with the names of his or her accounts."""

    @property
    def id(self) -> str: ...
    @property
    def accounts(self) -> tuple[str, ...]: ...


@dataclass(frozen=True)
class PlanSignIn:
    """Sends people to the plan's provider, and learns from its answer who they are. ``back`` is the registered redirect address."""

    accounts: PlanAccounts
    people: Iterable[Listed]
    back: str
    read: Read
    post: Post
    clock: Clock

    def address(self, begun: Begun) -> str:
        """Where to send the browser."""
        challenge = base64.urlsafe_b64encode(hashlib.sha256(begun.verifier.encode()).digest()).rstrip(b"=").decode()
        asked = {
            "response_type": "code",
            "client_id": self.accounts.client_id,
            "redirect_uri": self.back,
            "scope": "openid email",
            "state": begun.state,
            "nonce": begun.nonce,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
        }
        return f"{self._provider()['authorization_endpoint']}?{urlencode(asked)}"

    def person(self, begun: Begun, answered: Mapping[str, str]) -> str:
        """The id of the person the provider vouches for. Raises Unauthenticated, which says why nobody was let in."""
        if not hmac.compare_digest(begun.state.encode(), answered.get("state", "").encode()):
            raise Unauthenticated("The answer does not belong to the sign-in begun in this browser. Begin again.")
        if "code" not in answered:
            raise Unauthenticated("Your plan's account was not let in. Begin again, or ask whoever looks after it.")
        provider = self._provider()
        said = self._verified(self._id_token(provider, answered["code"], begun.verifier), provider, begun.nonce)
        known = [said.text("sub"), *([str(said.claims["email"])] if said.claims.get("email_verified") is True and "email" in said.claims else [])]
        person = next((each for each in self.people if set(known) & set(each.accounts)), None)
        if person is None:
            raise Unauthenticated(f"No [[person]] has your account among its accounts. Have '{known[-1]}' added.")
        return person.id

    def _provider(self) -> Json:
        """The provider's own description, which must be about the issuer that was registered."""
        told = self._json(self.read(f"{self.accounts.issuer}/.well-known/openid-configuration"))
        if str(told.get("issuer", "")).rstrip("/") != self.accounts.issuer:
            raise Unauthenticated("The provider of your plan's accounts calls itself otherwise than it was registered ([oidc] issuer).")
        return told

    def _id_token(self, provider: Json, code: str, verifier: str) -> str:
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": self.back, "code_verifier": verifier}
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
        if "client_secret_basic" in provider.get("token_endpoint_auth_methods_supported", ["client_secret_basic"]):
            both = f"{quote(self.accounts.client_id, safe='')}:{quote(self.accounts.client_secret, safe='')}"
            headers["Authorization"] = f"Basic {base64.b64encode(both.encode()).decode()}"
        else:
            form |= {"client_id": self.accounts.client_id, "client_secret": self.accounts.client_secret}
        token = self._json(self.post(str(provider["token_endpoint"]), urlencode(form).encode(), headers)).get("id_token")
        if not isinstance(token, str):
            raise Unauthenticated("The provider of your plan's accounts did not say who you are. Begin again.")
        return token

    def _verified(self, token: str, provider: Json, nonce: str) -> Statement:
        keys = KeySet.import_key_set(self._json(self.read(str(provider["jwks_uri"]))))  # type: ignore[arg-type]
        try:
            read = jwt.decode(token, keys, algorithms=ALGORITHMS)
        except (JoseError, ValueError) as fault:
            raise Unauthenticated("What the provider said of you is not signed by a key it publishes. Begin again.") from fault
        said = Statement(dict(read.header), dict(read.claims))
        if said.text("iss").rstrip("/") != self.accounts.issuer:
            raise Unauthenticated("What was said of you comes from another issuer. Begin again.")
        check_audience(said, self.accounts.client_id)
        check_times(said, self.clock(), LONGEST, issued=True)
        if said.claims.get("azp", self.accounts.client_id) != self.accounts.client_id or not hmac.compare_digest(said.text("nonce").encode(), nonce.encode()):
            raise Unauthenticated("What was said of you was meant for another sign-in. Begin again.")
        return said

    def _json(self, body: bytes) -> Json:
        try:
            found = parse(body)
        except Refusal:
            found = None
        if not isinstance(found, dict):
            raise Unauthenticated("The provider of your plan's accounts answered in a way that cannot be read. Try again later.")
        return found
