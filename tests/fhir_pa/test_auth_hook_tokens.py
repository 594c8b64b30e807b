"""Every way a CDS client's token can be right or wrong, tried with real signatures on a server process and a key server of its own.

CDS Hooks 2.0 §trusting-cds-clients; crd.md §1.12 and traps 7 to 10, 45.
"""

from __future__ import annotations

import hmac
import json
import time
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from joserfc import jws
from joserfc.jwk import ECKey, OctKey, OKPKey

from tests.fhir_pa.signing_parties import ISSUER, SERVICE, WORLD, Payer, serving
from tests.fhir_pa.web_parties import EC, RSA, STRANGER, Payers, hook_token

REFUSED = "The call could not be authenticated."
Forge = Callable[[Payer], str]


@pytest.fixture(scope="module")
def payer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Payer]:
    """One server for all rows of the matrix; no row changes it for another."""
    with serving(tmp_path_factory.mktemp("payer")) as opened:
        yield opened


def part(value: Any) -> str:
    """One part of a compact JWS."""
    return urlsafe_b64encode(value if isinstance(value, bytes) else json.dumps(value).encode()).rstrip(b"=").decode()


def unsigned(payer: Payer) -> str:
    """What alg none looks like."""
    head, claims, _ = payer.token().split(".")
    return f"{part({'alg': 'none', 'typ': 'JWT', 'kid': 'ec'})}.{claims}."


def confused(payer: Payer) -> str:
    """The old confusion attack: an HMAC with the bytes of the public key as the secret, which libraries decline to make."""
    _, claims, _ = payer.token().split(".")
    head = part({"alg": "HS384", "typ": "JWT", "kid": "ec"})
    return f"{head}.{claims}.{part(hmac.digest(EC.as_pem(private=False), f'{head}.{claims}'.encode(), 'sha384'))}"


def with_claims(**changed: Any) -> Forge:
    """A well signed token whose payload was changed afterwards."""

    def forge(payer: Payer) -> str:
        head, _, signature = payer.token().split(".")
        now = int(time.time())
        return f"{head}.{part({'iss': ISSUER, 'aud': WORLD + SERVICE, 'iat': now, 'exp': now + 300, 'jti': 'x', **changed})}.{signature}"

    return forge


def in_plain_base64(payer: Payer) -> str:
    """The very signature, in the alphabet of base64 where that differs; tried until it does."""
    while True:
        head, claims, signature = payer.token().split(".")
        if {"-", "_"} & set(signature):
            return f"{head}.{claims}.{signature.replace('-', '+').replace('_', '/')}"


def with_a_critical_header(payer: Payer) -> str:
    """Well signed, but its header names a rule as critical that we do not know (RFC 7515 §4.1.11): by hand, as libraries decline."""
    said = f"{part({'alg': 'ES384', 'kid': 'ec', 'crit': ['b64x'], 'b64x': 1})}.{payer.token().split('.')[1]}"
    return f"{said}.{part(jws.JWSRegistry.algorithms['ES384'].sign(said.encode(), EC))}"


def padded(payer: Payer) -> str:
    """The signature with the padding base64url leaves out; 96 bytes need none, so a surplus one."""
    return payer.token(RSA, "RS384") + "=="


GOOD: dict[str, Forge] = {
    "ES384": lambda payer: payer.token(),
    "RS384": lambda payer: payer.token(RSA, "RS384"),
    "jku left out": lambda payer: payer.token(header={"jku": None}),
    "keys given out of band": lambda payer: payer.token(iss="https://fernhill.example", header={"jku": None}),
    "typ left out": lambda payer: payer.token(header={"typ": None}),
    "typ in small letters": lambda payer: payer.token(header={"typ": "jwt"}),
    "aud as a list": lambda payer: payer.token(aud=["https://elsewhere.example", WORLD + SERVICE]),
    "aud with a slash at its end": lambda payer: payer.token(aud=WORLD + SERVICE + "/"),
    "iss with a slash at its end": lambda payer: payer.token(iss=ISSUER + "/"),
    "iat half a minute ahead": lambda payer: payer.token(iat=int(time.time()) + 30),
    "exp half a minute ago": lambda payer: payer.token(exp=int(time.time()) - 30),
    "exp in an hour": lambda payer: payer.token(exp=int(time.time()) + 3590),
    "exp with a fraction": lambda payer: payer.token(exp=time.time() + 60.5),
    "nbf now": lambda payer: payer.token(nbf=int(time.time())),
    "claims and headers nobody knows": lambda payer: payer.token(tenant="north", header={"x5t": "abc"}),
}

BAD: dict[str, tuple[Forge, str]] = {
    "alg none": (unsigned, "compact form"),
    "alg none with a signature": (lambda payer: f"{part({'alg': 'none', 'kid': 'ec'})}.{'.'.join(payer.token().split('.')[1:])}", "alg is not one we trust"),
    "HS256": (lambda payer: payer.token(OctKey.generate_key(256, {"kid": "ec"}), "HS256"), "alg is not one we trust"),
    "HS384 with the public key as secret": (confused, "alg is not one we trust"),
    "ES256": (lambda payer: payer.token(ECKey.generate_key("P-256", {"kid": "ec"}), "ES256"), "alg is not one we trust"),
    "ES512": (lambda payer: payer.token(ECKey.generate_key("P-521", {"kid": "ec"}), "ES512"), "alg is not one we trust"),
    "RS256": (lambda payer: payer.token(RSA, "RS256"), "alg is not one we trust"),
    "PS384": (lambda payer: payer.token(RSA, "PS384"), "alg is not one we trust"),
    "EdDSA": (lambda payer: payer.token(OKPKey.generate_key("Ed25519", {"kid": "ec"}), "EdDSA"), "alg is not one we trust"),
    "ES384 naming the RSA key": (lambda payer: payer.token(header={"kid": "rsa"}), "No trusted key is called 'rsa' for ES384"),
    "alg left out": (lambda payer: f"{part({'kid': 'ec'})}.{'.'.join(payer.token().split('.')[1:])}", "compact form"),
    "aud of another service": (lambda payer: payer.token(aud=WORLD + SERVICE.replace("sign", "select")), "not meant for this address"),
    "aud of the other base": (lambda payer: payer.token(aud=WORLD + SERVICE.replace("2.0", "2.2")), "not meant for this address"),
    "aud of another host": (lambda payer: payer.token(aud="https://pa.fernhill.example" + SERVICE), "not meant for this address"),
    "aud of the host behind the proxy": (lambda payer: payer.token(aud=f"http://127.0.0.1:{payer.port}{SERVICE}"), "not meant for this address"),
    "aud that only begins like ours": (lambda payer: payer.token(aud=WORLD + SERVICE + "/feedback"), "not meant for this address"),
    "aud in a list of others": (lambda payer: payer.token(aud=["https://a.example", 7, None]), "not meant for this address"),
    "aud missing": (lambda payer: payer.token(aud=None), "not meant for this address"),
    "aud of an odd kind": (lambda payer: payer.token(aud={"url": WORLD + SERVICE}), "not meant for this address"),
    "exp past": (lambda payer: payer.token(exp=int(time.time()) - 90), "has expired"),
    "exp missing": (lambda payer: payer.token(exp=None), "no 'exp'"),
    "exp in two hours": (lambda payer: payer.token(exp=int(time.time()) + 7200), "would live too long"),
    "exp in words": (lambda payer: payer.token(exp="tomorrow"), "is not a moment"),
    "exp beyond every calendar": (lambda payer: payer.token(exp=10**30), "is not a moment"),
    "exp true": (lambda payer: payer.token(exp=True), "is not a moment"),
    "iat in the future": (lambda payer: payer.token(iat=int(time.time()) + 200), "not valid yet"),
    "iat missing": (lambda payer: payer.token(iat=None), "no 'iat'"),
    "nbf in the future": (lambda payer: payer.token(nbf=int(time.time()) + 200), "not valid yet"),
    "jti missing": (lambda payer: payer.token(jti=None), "no 'jti'"),
    "jti empty": (lambda payer: payer.token(jti=""), "no 'jti'"),
    "jti a number": (lambda payer: payer.token(jti=7), "no 'jti'"),
    "iss missing": (lambda payer: payer.token(iss=None), "no 'iss'"),
    "iss unknown": (lambda payer: payer.token(iss="https://stranger.example"), "is not registered as the cds_issuer"),
    "iss that only begins like a known one": (lambda payer: payer.token(iss=ISSUER + ".evil.example"), "is not registered as the cds_issuer"),
    "jku of a stranger": (lambda payer: payer.token(header={"jku": "https://stranger.example/jwks.json"}), "is not registered for oakwood-ehr"),
    "jku without TLS": (lambda payer: payer.token(header={"jku": "http://ehr.oakwood.example/jwks.json"}), "is not registered for oakwood-ehr"),
    "jku inside the payer's network": (lambda payer: payer.token(header={"jku": "http://169.254.169.254/latest"}), "is not registered for oakwood-ehr"),
    "jku beside the registered one": (lambda payer: payer.token(header={"jku": f"{payer.keys.url}/jwks.json?of=me"}), "is not registered for oakwood-ehr"),
    "jku where the keys are out of band": (lambda payer: payer.token(iss="https://fernhill.example"), "is not registered for out-of-band"),
    "registered jku that redirects": (
        lambda payer: payer.token(iss="https://moved.example", header={"jku": f"{payer.keys.url}/moved.json"}),
        "could not be read",
    ),
    "key in the token's own header": (lambda payer: payer.token(STRANGER, header={"jwk": STRANGER.as_dict(private=False)}), "signature does not fit"),
    "kid unknown": (lambda payer: payer.token(header={"kid": "other"}), "No trusted key is called 'other'"),
    "kid missing": (lambda payer: payer.token(header={"kid": None}), "no 'kid'"),
    "signed by a stranger under a known name": (lambda payer: payer.token(STRANGER), "signature does not fit"),
    "payload changed": (with_claims(sub="somebody"), "signature does not fit"),
    "signature changed": (lambda payer: _changed_at_its_end(payer.token()), "signature does not fit"),
    "signature cut": (lambda payer: payer.token()[:-4], "signature does not fit"),
    "signature of another token": (lambda payer: f"{payer.token().rpartition('.')[0]}.{payer.token().rpartition('.')[2]}", "signature does not fit"),
    "signature in base64, not base64url": (in_plain_base64, "compact form"),
    "padding": (padded, "compact form"),
    "a fourth part": (lambda payer: payer.token() + ".abc", "compact form"),
    "white space inside": (lambda payer: payer.token().replace(".", ". ", 1), "compact form"),
    "typ of an access token": (lambda payer: payer.token(header={"typ": "at+jwt"}), "typ is not JWT"),
    "header that is no JSON": (lambda payer: f"{part(b'{alg')}.{payer.token().partition('.')[2]}", "compact form"),
    "header that is a list": (lambda payer: f"{part([])}.{payer.token().partition('.')[2]}", "compact form"),
    "critical header nobody knows": (with_a_critical_header, "marks something as critical"),
    "no token at all": (lambda payer: "garbage", "compact form"),
    "far too long": (lambda payer: payer.token(sub="x" * 20_000), "longer than"),
}


def _changed_at_its_end(token: str) -> str:
    head, claims, signature = token.split(".")
    return f"{head}.{claims}.{signature[:-2]}{'AA' if signature[-2:] != 'AA' else 'BA'}"


def last_line(payer: Payer, request_before: int) -> str:
    """What the server logged since."""
    for _ in range(100):
        said = payer.log.read_text()[request_before:]
        if "answered" in said:
            return said
        time.sleep(0.02)
    raise AssertionError("the server logged nothing")


@pytest.mark.trap(9, 10, 45)
@pytest.mark.requirement("cds-hooks-2.0:176", "cds-hooks-2.0:199", "cds-hooks-2.0:16")
@pytest.mark.parametrize("forge", GOOD.values(), ids=GOOD.keys())
def test_a_token_that_is_right_opens_the_service(payer: Payer, forge: Forge) -> None:
    status, answer = payer.call(f"Bearer {forge(payer)}")
    assert status == 200, answer


@pytest.mark.trap(9, 10, 45)
@pytest.mark.filterwarnings("ignore:EdDSA is deprecated")
@pytest.mark.requirement("cds-hooks-2.0:201", "cds-hooks-2.0:203", "cds-hooks-2.0:176")
@pytest.mark.parametrize(("forge", "reason"), BAD.values(), ids=BAD.keys())
def test_a_token_that_is_wrong_opens_nothing_and_only_the_log_says_why(payer: Payer, forge: Forge, reason: str) -> None:
    token, before = forge(payer), len(payer.log.read_text())
    status, answer = payer.call(f"Bearer {token}")
    assert (status, answer["resourceType"], answer["issue"][0]["details"]["text"]) == (401, "OperationOutcome", REFUSED)
    said = last_line(payer, before)
    assert "answered 401" in said and "Unauthenticated: " in said and reason in said
    assert not [piece for piece in token.split(".") if len(piece) > 12 and piece[:24] in said], "a token, or a part of one, was logged"


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer ", "Basic b2FrOm9haw==", "bearer-ish x.y.z", "Bearer \xff", "Bearer a b c"])
def test_a_header_that_holds_no_token_opens_nothing(payer: Payer, header: str) -> None:
    assert payer.call(header)[0] == 401


def test_no_header_and_two_headers_open_nothing_even_when_both_are_good(payer: Payer) -> None:
    assert payer.call()[0] == 401
    good = [f"Bearer {payer.token()}" for _ in range(2)]
    assert payer.call(*good)[0] == 401
    assert payer.call("Bearer nonsense", good[0])[0] == 401
    assert payer.call(good[1], "Bearer nonsense")[0] == 401


@pytest.mark.trap(7)
def test_a_token_may_carry_other_bodies_but_no_body_twice(payer: Payer) -> None:
    header = f"Bearer {payer.token()}"
    assert [payer.call(header, body=body)[0] for body in (b'{"a":1}', b'{"a":2}', b'{"a":1}')] == [200, 200, 401]


@pytest.mark.trap(10)
def test_no_key_server_but_the_registered_ones_was_ever_asked_and_a_redirect_was_not_followed_to_trust(payer: Payer) -> None:
    payer.call(f"Bearer {payer.token()}")
    payer.call(f"Bearer {payer.token(iss='https://moved.example', header={'jku': f'{payer.keys.url}/moved.json'})}")
    assert set(payer.keys.asked) <= {"/jwks.json", "/moved.json"} and "/moved.json" in payer.keys.asked


def test_a_stranger_cannot_make_us_hammer_a_key_server(payer: Payer) -> None:
    payer.call(f"Bearer {payer.token()}")
    before = len(payer.keys.asked)
    for number in range(12):
        payer.call(f"Bearer {payer.token(header={'kid': f'guess-{number}'})}")
    assert len(payer.keys.asked) - before <= 2, "a key not found is looked for at most once every ten seconds"


def test_discovery_needs_no_token_and_feedback_does() -> None:
    party = Payers.open()
    assert party.http.get("/cds-services").status_code == 200
    feedback = "/v2.2/cds-services/order-sign-crd/feedback"
    assert party.http.post(feedback, data=b"{}", content_type="application/json").status_code == 401
    assert party.http.post(feedback, data=b"{}", headers={**hook_token(feedback), "Content-Type": "application/json"}).status_code == 200
    elsewhere = hook_token(feedback.removesuffix("/feedback"))
    assert party.http.post(feedback, data=b"{}", headers={**elsewhere, "Content-Type": "application/json"}).status_code == 401
