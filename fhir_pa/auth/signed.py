"""Check a signed statement (JWT, RFC 7519): who says so, by which key, for whom, until when, and only once.

Used for SMART client assertions, CDS Hooks tokens and our own tokens alike. Refusals say the reason in full; a door that
must not tell it to strangers (CDS Hooks) keeps it for the log.
"""

from __future__ import annotations

import hashlib
import math
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

from joserfc import jws, jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey

from fhir_pa.auth.keys import ALGORITHMS, PublicKey
from ig_profiles.json import parse
from ig_profiles.outcome import Refusal, Unauthenticated

SKEW = timedelta(seconds=60)
MAX_TOKEN = 16 * 1024
_COMPACT = re.compile(r"[\w-]+\.[\w-]+\.[\w-]+", re.ASCII)  # base64url without padding (RFC 7515 §2); readers of base64 forgive more


class Once(Protocol):
    """The port behind which seen tokens are remembered by all processes of this payer (``storage`` provides it)."""

    def remember_once(self, kind: str, key: str, until: datetime) -> bool:
        """Keep the key until then; False when it was already kept."""


@dataclass(frozen=True)
class Statement:
    """What a token says, before or after its signature was checked."""

    header: dict[str, Any]
    claims: dict[str, Any]

    def text(self, name: str) -> str:
        """The claim as a string; refuses when it is missing."""
        value = self.claims.get(name)
        if not isinstance(value, str) or not value:
            raise Unauthenticated(f"The token has no '{name}'. Add it as a text.")
        return value

    @property
    def kid(self) -> str:
        """The name of the key it says it was signed by."""
        value = self.header.get("kid")
        if not isinstance(value, str) or not value:
            raise Unauthenticated("The token's header has no 'kid'. Name the key it is signed by.")
        return value


def peek(token: str) -> Statement:
    """What the token claims, unverified: only to learn whose keys to check it by."""
    if len(token) > MAX_TOKEN:
        raise Unauthenticated(f"The token is longer than {MAX_TOKEN:,} characters. Leave certificates out of its header.")
    try:
        if not _COMPACT.fullmatch(token):
            raise ValueError
        compact = jws.extract_compact(token.encode("ascii"), registry=_registry())
        header, claims = compact.headers(), parse(compact.payload or b"")
    except (JoseError, ValueError, Refusal, AttributeError, TypeError):
        raise Unauthenticated("The token is not a signed JWT in compact form (three parts with dots between).") from None
    if not isinstance(header, dict) or not isinstance(claims, dict):
        raise Unauthenticated("The token's header and claims must be JSON objects.")
    if header.get("alg") not in ALGORITHMS:
        raise Unauthenticated(f"The token's alg is not one we trust. Sign with {' or '.join(ALGORITHMS)}.")
    if "crit" in header:  # RFC 7515 §4.1.11: whoever does not understand it refuses, and there is nothing we would understand
        raise Unauthenticated("The token's header marks something as critical that is not known here. Leave 'crit' out.")
    return Statement(header, claims)


def verify(token: str, keys: Iterable[PublicKey]) -> Statement:
    """The statement, its signature checked by the one key it names. Raises Unauthenticated."""
    said = peek(token)
    elliptic = said.header["alg"] == "ES384"
    named = [key for key in keys if key.kid == said.kid and isinstance(key, ECKey) == elliptic]
    if not named:
        raise Unauthenticated(f"No trusted key is called {said.kid[:80]!r} for {said.header['alg']}. Publish it, or sign with one that is there.")
    for key in named:
        try:
            read = jwt.decode(token, key, algorithms=[said.header["alg"]], registry=_registry())
        except (JoseError, ValueError):
            continue
        return Statement(dict(read.header), dict(read.claims))
    raise Unauthenticated("The token's signature does not fit the key it names. Sign it with the private half of that key.")


def check_audience(said: Statement, *expected: str) -> None:
    """Refuses unless ``aud`` names one of these addresses, forgiving only a trailing slash."""
    audience = said.claims.get("aud")
    named = [audience] if isinstance(audience, str) else audience if isinstance(audience, list) else []
    wanted = {address.rstrip("/") for address in expected}
    if not any(isinstance(item, str) and item.rstrip("/") in wanted for item in named):
        raise Unauthenticated(f"The token is not meant for this address. Set its 'aud' to {expected[0]}.")


def check_times(said: Statement, now: datetime, longest: timedelta, issued: bool = False) -> datetime:
    """When the token ends. Refuses one that has ended, is not yet valid, or lives longer than ``longest`` from now.

    Clocks may differ by ``SKEW``. With ``issued``, the token must also say when it was made (``iat``).
    """
    ends = _moment(said, "exp")
    if ends is None:
        raise Unauthenticated("The token has no 'exp'. Say when it ends, in seconds since 1970.")
    if ends + SKEW <= now:
        raise Unauthenticated("The token has expired. Make a new one for each call, and check the clock.")
    if ends > now + longest + SKEW:
        raise Unauthenticated(f"The token would live too long. Let it end within {int(longest.total_seconds() // 60)} minutes.")
    made = _moment(said, "iat")
    if issued and made is None:
        raise Unauthenticated("The token has no 'iat'. Say when it was made, in seconds since 1970.")
    if any(start is not None and start > now + SKEW for start in (made, _moment(said, "nbf"))):
        raise Unauthenticated("The token is not valid yet. Check the clock of the machine that signs it.")
    return ends


def use_once(once: Once, kind: str, said: Statement, until: datetime, body: bytes = b"") -> None:
    """Refuses a token seen before; with ``body``, one seen before with that same body (crd.md §5.1 trap 7)."""
    parts = [said.text("iss").encode(), said.text("jti").encode(), hashlib.sha256(body).digest()]
    key = hashlib.sha256(b"".join(len(part).to_bytes(4, "big") + part for part in parts)).hexdigest()
    if not once.remember_once(kind, key, until + SKEW):
        raise Unauthenticated("The token has been used before. Make a new one, with a new 'jti', for each call.")


def seconds(moment: datetime) -> int:
    """NumericDate of RFC 7519."""
    return int(moment.timestamp())


Clock = Callable[[], datetime]


def _moment(said: Statement, name: str) -> datetime | None:
    value = said.claims.get(name)
    if value is None:
        return None
    try:
        number = float(value) if not isinstance(value, (bool, str)) else math.nan
        return datetime.fromtimestamp(number, UTC)
    except (TypeError, ValueError, OverflowError, OSError):
        raise Unauthenticated(f"The token's '{name}' is not a moment. Write it as seconds since 1970.") from None


def _registry() -> jws.JWSRegistry:
    registry = jws.JWSRegistry(algorithms=list(ALGORITHMS), strict_check_header=False)
    registry.max_header_length = MAX_TOKEN
    return registry
