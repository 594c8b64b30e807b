"""SMART Backend Services: a provider's system proves itself with a signed assertion and gets a short-lived access token.

SMART App Launch 2 §backend-services: client_credentials with private_key_jwt; RFC 6749 §5.2 for refusals. A client registered with a
certificate may prove itself by that alone (tls_client_auth, RFC 8705 §2.1); a token asked for under a certificate is bound to it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from fhir_pa.auth.certificate import Certificate, check_holder
from fhir_pa.auth.directory import Client, Directory
from fhir_pa.auth.key_ring import KeyRing
from fhir_pa.auth.scopes import grant
from fhir_pa.auth.signed import Clock, Once, check_audience, check_times, peek, use_once, verify
from fhir_pa.auth.tokens import ACCESS, Mint
from ig_profiles.outcome import Unauthenticated

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
LONGEST_ASSERTION = timedelta(minutes=5)
_PARAMETERS = ("grant_type", "client_assertion_type", "client_assertion")


class TokenRefused(Exception):
    """The token endpoint's refusal, in the words of RFC 6749 §5.2."""

    def __init__(self, error: str, description: str) -> None:
        self.error = error
        self.description = description
        super().__init__(f"{error}: {description}")

    def as_json(self) -> dict[str, str]:
        """The body of the answer. ASCII without quotes or backslashes, as RFC 6749 asks of error_description."""
        plain = self.description.replace('"', "'").replace("\\", "/").encode("ascii", "replace").decode()
        return {"error": self.error, "error_description": plain}


def token(
    form: Mapping[str, list[str]], certificate: Certificate | None, url: str, directory: Directory, ring: KeyRing, once: Once, mint: Mint, clock: Clock
) -> dict[str, Any]:
    """The answer to one token request; ``url`` is the token endpoint as the world knows it. Raises TokenRefused."""
    by_certificate = "client_assertion" not in form and _holder(form, certificate, directory)
    for name in _PARAMETERS[:1] if by_certificate else _PARAMETERS:
        if name not in form:
            raise TokenRefused("invalid_request", f"The parameter {name} is missing. Send it form-encoded, as SMART Backend Services describes.")
    for name, values in form.items():
        if len(values) > 1:
            raise TokenRefused("invalid_request", f"The parameter {name[:40]} stands more than once.")
    if form["grant_type"][0] != "client_credentials":
        raise TokenRefused("unsupported_grant_type", "Only client_credentials is offered here.")
    if not by_certificate and form["client_assertion_type"][0] != ASSERTION_TYPE:
        raise TokenRefused("invalid_client", f"client_assertion_type must be {ASSERTION_TYPE}.")
    try:
        client = by_certificate or _prove(form["client_assertion"][0], url, directory, ring, once, clock)
        check_holder(client, certificate)
    except Unauthenticated as refusal:
        raise TokenRefused("invalid_client", refusal.issues[0].text) from refusal
    if "client_id" in form and form["client_id"][0] != client.id:
        raise TokenRefused("invalid_client", "client_id is not the one the assertion speaks for.")
    granted = grant(form.get("scope", [""])[0], client.scopes)
    if not granted:
        registered = " ".join(str(scope) for scope in sorted(client.scopes))
        raise TokenRefused("invalid_scope", f"None of the scopes asked for is registered. Registered: {registered or 'none'}.")
    given = mint.access_token(client.id, granted, certificate)
    return {"access_token": given, "token_type": "bearer", "expires_in": int(ACCESS.total_seconds()), "scope": granted}


def _holder(form: Mapping[str, list[str]], certificate: Certificate | None, directory: Directory) -> Client | None:
    """The client that says who it is by client_id and shows a certificate, when it is registered with one; checked by the caller."""
    client = directory.client(form.get("client_id", [""])[0])
    return client if certificate is not None and client is not None and client.certificate_uri else None


def _prove(assertion: str, url: str, directory: Directory, ring: KeyRing, once: Once, clock: Clock) -> Client:
    said = peek(assertion)
    issuer = said.text("iss")
    if said.text("sub") != issuer:
        raise Unauthenticated("iss and sub of the assertion must both be the client id.")
    client = directory.client(issuer)
    if client is None:
        raise Unauthenticated("No client with this id is registered here. Ask the payer to register it.")
    proved = verify(assertion, ring.of(client, said.kid))
    check_audience(proved, url)
    ends = check_times(proved, clock(), LONGEST_ASSERTION)
    use_once(once, "client assertion", proved, ends)
    return client
