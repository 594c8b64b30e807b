"""The one thing the web asks about callers: from an Authorization header to a Caller, or a refusal."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from fhir_pa.auth import backend_services, cds_client
from fhir_pa.auth.caller import Caller, open_caller
from fhir_pa.auth.certificate import Certificate, check_binding, check_holder
from fhir_pa.auth.directory import Directory
from fhir_pa.auth.key_ring import KeyRing
from fhir_pa.auth.pace import Pace
from fhir_pa.auth.scopes import grant, scopes
from fhir_pa.auth.signed import Clock, Once, Statement
from fhir_pa.auth.tokens import Mint, Secrets
from ig_profiles.outcome import Unauthenticated


class Ports(Once, Secrets, Protocol):
    """What authentication asks of the store."""

    def was_seen(self, kind: str, key: str) -> bool:
        """Whether this was remembered once."""


@dataclass(frozen=True)
class Authenticator:
    """Knows who is calling. ``public_url`` is this server as the world knows it, without a trailing slash."""

    directory: Directory
    ring: KeyRing
    once: Once
    mint: Mint
    clock: Clock
    public_url: str
    pace: Pace
    open: bool = False
    strict_replay: bool = False

    @property
    def token_url(self) -> str:
        """The token endpoint: the ``aud`` of client assertions."""
        return f"{self.public_url}/oauth/token"

    def token(self, form: Mapping[str, list[str]], certificate: Certificate | None = None) -> dict[str, Any]:
        """The token endpoint's answer; ``certificate`` is the one the call came under. Raises backend_services.TokenRefused."""
        return backend_services.token(form, certificate, self.token_url, self.directory, self.ring, self.once, self.mint, self.clock)

    def bearer(self, header: str | None, certificate: Certificate | None = None) -> Caller:
        """Who sent this Authorization header to a FHIR or reviewers' address. Raises Unauthenticated."""
        if header is None and self.open:
            return open_caller()
        use, said = self.mint.read(_bearer(header))
        if use not in ("access", "person"):
            raise Unauthenticated("A session of the desk is no access token. Ask the payer to run: fhir-pa people token <id>.")
        return self._person(said) if use == "person" else self._client(said, certificate)

    def hook(self, header: str | None, path: str, body: bytes, certificate: Certificate | None = None) -> Caller:
        """Which CDS client called the service at this path with this body. Raises Unauthenticated."""
        if header is None and self.open:
            return open_caller()
        caller = cds_client.caller(_bearer(header), self.public_url + path, body, self.strict_replay, self.directory, self.ring, self.once, self.clock)
        if caller.client:
            check_holder(caller.client, certificate)
        return caller

    def _client(self, said: Statement, certificate: Certificate | None) -> Caller:
        client = self.directory.client(said.text("sub"))
        if client is None:
            raise Unauthenticated("The client this token was given to is no longer registered.")
        check_binding(said, client, certificate)
        check_holder(client, certificate)
        still_held = grant(said.text("scope"), client.scopes)
        return Caller("access token", client=client, scopes=scopes(still_held))

    def _person(self, said: Statement) -> Caller:
        person = self.directory.person(said.text("sub"))
        if person is None:
            raise Unauthenticated("The person this token was given to is no longer in the payer's directory.")
        return Caller("person token", person=person)


def _bearer(header: str | None) -> str:
    if not header:
        raise Unauthenticated("No access token came with the call. Send one as 'Authorization: Bearer …'.", message_id="no-token")
    kind, _, token = header.strip().partition(" ")
    if kind.lower() != "bearer" or not token.strip():
        raise Unauthenticated("The Authorization header is not of the form 'Bearer …'.")
    return token.strip()
