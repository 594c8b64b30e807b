"""Who calls a CDS Hooks service: the JWT a CDS client signs for one address, checked against the registered issuers and keys.

CDS Hooks 2.0 §trusting-cds-clients; crd.md §1.12. Strict about signature, issuer, key and address; lenient about a token used
again with another body, which test tools do, unless ``strict`` is set.
"""

from __future__ import annotations

from datetime import timedelta

from fhir_pa.auth.caller import Caller
from fhir_pa.auth.directory import Directory
from fhir_pa.auth.key_ring import KeyRing
from fhir_pa.auth.signed import Clock, Once, check_audience, check_times, peek, use_once, verify
from ig_profiles.outcome import Unauthenticated

LONGEST = timedelta(hours=1)


def caller(token: str, url: str, body: bytes, strict: bool, directory: Directory, ring: KeyRing, once: Once, clock: Clock) -> Caller:
    """The CDS client that signed this token for this address (the public URL called). Raises Unauthenticated."""
    said = peek(token)
    client = directory.client_of_issuer(said.text("iss"))
    if client is None:
        raise Unauthenticated(f"iss {said.text('iss')[:200]!r} is not registered as the cds_issuer of any client.")
    if str(said.header.get("typ", "JWT")).upper() != "JWT":
        raise Unauthenticated("The token's typ is not JWT.")
    jku = said.header.get("jku")
    proved = verify(token, ring.of_hooks(client, said.kid, jku if jku is None else str(jku)))
    check_audience(proved, url)
    ends = check_times(proved, clock(), LONGEST, issued=True)
    use_once(once, "CDS Hooks token", proved, ends, b"" if strict else url.encode() + b"\n" + body)
    return Caller("CDS Hooks token", client=client, scopes=client.scopes)
