"""Keys known: every provider's system with what it may do and the keys it proves itself by, and the server's own signing key.

Public keys are shown by their thumbprints (RFC 7638); of secrets nothing is shown.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from cryptography import x509
from joserfc.errors import JoseError
from joserfc.jwk import ECKey

from fhir_pa.auth.directory import Client
from fhir_pa.auth.keys import UnusableKey, public_key
from fhir_pa.auth.tokens import TURN, key_name, turn_of
from fhir_pa.wiring import Payer
from ig_profiles.json import parse
from ig_profiles.reading import Json


def callers(payer: Payer) -> list[Json]:
    """Every registered system."""
    return [_caller(each, payer.clock()) for each in payer.directory.clients]


def own_key(payer: Payer) -> Json:
    """The key this server signs its tokens with now: its thumbprint, since when, until when; None before the first token."""
    turn = turn_of(payer.clock())
    kept = payer.memory.secret(key_name(turn))
    begins = datetime.fromtimestamp(turn * TURN.total_seconds(), UTC)
    thumbprint = ECKey.import_key(parse(kept.encode())).thumbprint() if kept else None
    return {"thumbprint": thumbprint, "since": begins.isoformat(), "until": (begins + TURN).isoformat()}


def _caller(client: Client, at: datetime) -> Json:
    return {
        "id": client.id,
        "name": client.name,
        "scopes": sorted(map(str, client.scopes)),
        "organizations": list(client.organizations),
        "keys": [_key(each, at) for each in client.jwks],
        "keys_at": list(filter(None, dict.fromkeys((client.jwks_url, client.cds_jwks_url)))),
        "hooks_as": client.cds_issuer,
        "certificate_uri": client.certificate_uri,
        "fhir_bases": list(client.fhir_bases),
        "notified_at": list(client.notification_endpoints),
    }


def _key(jwk: Mapping[str, Any], at: datetime) -> Json:
    told: Json = {"kid": str(jwk.get("kid", "")), "kind": f"{jwk.get('kty', '')} {jwk.get('crv', '')}".strip()}
    try:
        told["thumbprint"] = public_key(jwk).thumbprint()
    except (UnusableKey, JoseError) as trouble:
        return {**told, "thumbprint": None, "trouble": str(trouble), "until": None}
    until = _until(jwk)
    return {**told, "trouble": "It is past its end." if until and until <= at else "", "until": until.isoformat() if until else None}


def _until(jwk: Mapping[str, Any]) -> datetime | None:
    """When the key ends, where it says so: by ``exp`` (seconds), or by the certificate it came with (``x5c``)."""
    if isinstance(jwk.get("exp"), int):
        return datetime.fromtimestamp(jwk["exp"], UTC)
    chain = jwk.get("x5c")
    if not isinstance(chain, list) or not chain:
        return None
    try:
        return x509.load_der_x509_certificate(base64.b64decode(str(chain[0]))).not_valid_after_utc
    except (binascii.Error, ValueError):
        return None
