"""Which public keys we trust a signature by: EC P-384 for ES384, RSA of 2048 bits or more for RS384, nothing else.

SMART App Launch 2 §client-confidential-asymmetric and CDS Hooks 2.0 §trusting-cds-clients: both name ES384 and RS384;
symmetric keys and ``none`` are forbidden.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from joserfc.errors import JoseError
from joserfc.jwk import ECKey, RSAKey

ALGORITHMS = ("ES384", "RS384")
PublicKey = ECKey | RSAKey


class UnusableKey(ValueError):
    """A JWK we do not take; the text says why and what to give instead."""


def public_key(jwk: Any) -> PublicKey:
    """The JWK as a key to verify with. Raises UnusableKey."""
    if not isinstance(jwk, Mapping):
        raise UnusableKey("A key must be a JSON object (RFC 7517).")
    if "d" in jwk or "k" in jwk:
        raise UnusableKey("This is a private key. Give only its public half, and make a new pair, since this one has been shown.")
    if not isinstance(jwk.get("kid"), str) or not jwk["kid"]:
        raise UnusableKey("The key has no 'kid'. Give it one: tokens name their key by it.")
    if jwk.get("use", "sig") != "sig" or "verify" not in jwk.get("key_ops", ["verify"]):
        raise UnusableKey("The key is not meant for signatures. Give one with use 'sig'.")
    try:
        if jwk.get("kty") == "EC" and jwk.get("crv") == "P-384":
            return ECKey.import_key(dict(jwk))
        if jwk.get("kty") == "RSA":
            key = RSAKey.import_key(dict(jwk))
            if key.raw_value.key_size >= 2048:
                return key
    except (JoseError, ValueError, TypeError) as error:
        raise UnusableKey(f"The key cannot be read ({type(error).__name__}). Give a JWK as RFC 7518 §6 describes it.") from None
    raise UnusableKey("Give an EC key on curve P-384 (for ES384) or an RSA key of at least 2048 bits (for RS384).")


def usable(jwks: Any) -> tuple[PublicKey, ...]:
    """Every key of a JWK Set that we would trust a signature by; others, meant for other uses, are passed over."""
    found = []
    listed = jwks.get("keys") if isinstance(jwks, Mapping) else None
    for jwk in listed if isinstance(listed, list) else []:
        try:
            found.append(public_key(jwk))
        except UnusableKey:
            continue
    return tuple(found)
