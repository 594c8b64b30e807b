"""The client certificate of a call, as the proxy that ends TLS verified it: whose it is, and by which thumbprint tokens are bound to it.

RFC 8705 (mutual TLS, certificate-bound tokens); HRex 1.2 §security: certificates of a public key infrastructure, holders named by URI.
The chain, the dates and the possession of the private key are proven by the TLS handshake, which is the proxy's.
"""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from urllib.parse import unquote

from cryptography import x509
from cryptography.x509.oid import ExtensionOID

from fhir_pa.auth.directory import Client
from fhir_pa.auth.signed import Statement
from ig_profiles.outcome import Unauthenticated

LONGEST = 16 * 1024
THUMBPRINT = "x5t#S256"


@dataclass(frozen=True)
class Certificate:
    """``thumbprint`` as RFC 8705 §3.1 has it; ``uris`` are the holder's names of type URI, the only ones we go by."""

    thumbprint: str
    uris: tuple[str, ...]

    @property
    def confirmation(self) -> dict[str, str]:
        """The ``cnf`` claim that binds a token to it."""
        return {THUMBPRINT: self.thumbprint}


def read(header: str) -> Certificate | None:
    """The certificate in a proxy's header, or None when it is empty. Raises Unauthenticated for what is none, or signed by itself.

    Taken are RFC 9440 (``:base64 of DER:``), the same without colons, and PEM, percent-encoded as proxies hand it on.
    """
    given = header.strip()
    if not given.strip(":"):
        return None
    try:
        found = x509.load_der_x509_certificate(_der(given)) if len(given) <= LONGEST else None
        named = _uris(found) if found else None
    except (ValueError, x509.DuplicateExtension):
        found = named = None
    if found is None or named is None:
        raise Unauthenticated("The proxy handed on a client certificate that cannot be read. Set it to send the certificate as RFC 9440 describes.")
    if found.issuer == found.subject:
        raise Unauthenticated("The client certificate is signed by itself. Use one of a certification authority both sides trust.")
    digest = hashlib.sha256(_der(given)).digest()
    return Certificate(base64.urlsafe_b64encode(digest).rstrip(b"=").decode(), named)


def check_holder(client: Client, certificate: Certificate | None) -> None:
    """Refuses a client registered with a certificate that calls without it, or with another's. Raises Unauthenticated."""
    if not client.certificate_uri:
        return
    if certificate is None:
        raise Unauthenticated(f"{client.id} is registered with a client certificate, and none came with the call. Call by mutual TLS.")
    if client.certificate_uri not in certificate.uris:
        raise Unauthenticated(f"The client certificate does not name {client.certificate_uri} as a URI, by which {client.id} is registered.")


def check_binding(said: Statement, client: Client, certificate: Certificate | None) -> None:
    """Refuses a token under any other certificate than the one it was issued to (RFC 8705 §3). Raises Unauthenticated."""
    confirmed = said.claims.get("cnf")
    bound_to = confirmed.get(THUMBPRINT) if isinstance(confirmed, dict) else None
    if bound_to is None and client.certificate_uri:
        raise Unauthenticated("The access token is bound to no certificate. Get a new one by mutual TLS.")
    if bound_to is not None and (certificate is None or certificate.thumbprint != bound_to):
        raise Unauthenticated("The access token was issued to the holder of another client certificate. Get one under the certificate you call with.")


def _der(given: str) -> bytes:
    text = unquote(given)
    if text.startswith("-----BEGIN CERTIFICATE-----"):
        text = "".join(text.split("-----")[2].split())
    return base64.b64decode(text.strip(":"), validate=True)


def _uris(certificate: x509.Certificate) -> tuple[str, ...]:
    try:
        names = certificate.extensions.get_extension_for_oid(ExtensionOID.SUBJECT_ALTERNATIVE_NAME).value
    except x509.ExtensionNotFound:
        return ()
    assert isinstance(names, x509.SubjectAlternativeName)
    return tuple(names.get_values_for_type(x509.UniformResourceIdentifier))
