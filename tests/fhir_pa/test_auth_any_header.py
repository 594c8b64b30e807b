"""Whatever stands in the headers by which callers prove themselves: nobody is let in by it, and nothing breaks."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode

from hypothesis import given, settings
from hypothesis import strategies as st

from fhir_pa.auth.certificate import read
from ig_profiles.outcome import Unauthenticated
from tests.fhir_pa.web_parties import ISSUER, Payers, hook_token, sign

SERVICE = "/v2.2/cds-services/order-sign-crd"
PARTY = Payers.open(client_certificate_header="Client-Cert", trusted_proxies=("127.0.0.1",))
ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
HEADER = st.text(st.characters(min_codepoint=32, max_codepoint=255), max_size=80)


def status(**headers: str) -> int:
    return int(PARTY.http.post(SERVICE, data=b"{}", headers={"Content-Type": "application/json", **headers}).status_code)


@given(HEADER)
def test_any_text_as_authorization_is_401(header: str) -> None:
    assert status(Authorization=header) == status(Authorization=f"Bearer {header}") == 401


@given(st.sampled_from(["iss", "aud", "exp", "iat", "nbf", "jti"]), ANY_JSON)
@settings(max_examples=150)
def test_any_json_as_a_claim_of_a_well_signed_token_is_taken_or_refused(claim: str, value: object) -> None:
    assert status(**hook_token(SERVICE, **{claim: value})) in (200, 401)


@given(st.sampled_from(["kid", "typ", "jku", "alg", "cty", "b64", "crit", "zip"]), ANY_JSON)
@settings(max_examples=150)
def test_any_json_in_the_header_of_a_token_is_taken_or_refused(name: str, value: object) -> None:
    good = hook_token(SERVICE)["Authorization"].removeprefix("Bearer ")
    from_scratch = sign({"iss": ISSUER})
    assert status(Authorization=f"Bearer {_with(good, name, value)}") == status(Authorization=f"Bearer {_with(from_scratch, name, value)}") == 401


@given(HEADER)
def test_any_text_as_a_client_certificate_is_none_or_refused(header: str) -> None:
    try:
        assert read(header) is None
        assert not header.strip().strip(":")
    except Unauthenticated as refusal:
        assert "RFC 9440" in refusal.issues[0].text


def _with(token: str, name: str, value: object) -> str:
    """The token with this in its header; its signature no longer fits."""
    head, rest = token.split(".", 1)
    said = {**json.loads(urlsafe_b64decode(head + "=" * (-len(head) % 4))), name: value, "added": 1}
    return f"{urlsafe_b64encode(json.dumps(said).encode()).rstrip(b'=').decode()}.{rest}"
