"""A provider's system proves itself with a signed assertion and gets a short-lived token, for what is registered and no more."""

from __future__ import annotations

import hmac
from base64 import urlsafe_b64encode
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from threading import Barrier, Event

import pytest
from joserfc.jwk import ECKey, OctKey, RSAKey

from fhir_pa.auth.directory import Directory
from fhir_pa.auth.key_ring import FRESH, PAUSE, STALE, KeyRing
from fhir_pa.auth.keys import UnusableKey, public_key
from fhir_pa.auth.scopes import scopes
from fhir_pa.auth.signed import seconds
from fhir_pa.outbound.guarded import NotReached
from fhir_pa.web.app import authenticator_for
from ig_profiles.json import dump
from ig_profiles.outcome import Unauthenticated
from tests.fhir_pa.web_parties import EC, NOW, OAKWOOD, RSA, SMALL, STRANGER, TOKEN_URL, Clock, Payers, assertion

SUBMIT = "/v2.0/fhir/Claim/$submit"


@pytest.fixture
def party():
    return Payers.open()


@pytest.mark.parametrize("key", [EC, RSA], ids=["ES384", "RS384"])
def test_a_signed_assertion_buys_a_token_that_opens_the_operation(party, key):
    answer = party.ask_token(assertion(key))
    given = answer.get_json()
    assert (answer.status_code, given["token_type"], given["expires_in"], given["scope"]) == (200, "bearer", 300, "system/Claim.write")
    assert answer.headers["Cache-Control"] == "no-store"
    headers = {"Authorization": f"Bearer {given['access_token']}", "Content-Type": "application/fhir+json"}
    assert party.http.post(SUBMIT, data=b"{}", headers=headers).status_code == 200


SHARED = OctKey.generate_key(256, {"kid": "ec"})


BAD = {
    "expired": (assertion(exp=seconds(NOW - timedelta(minutes=2))), "expired"),
    "living longer than five minutes": (assertion(exp=seconds(NOW + timedelta(minutes=10))), "within 5 minutes"),
    "without an end": (assertion(exp=None), "exp"),
    "ending at no number": (assertion(exp="soon"), "seconds since 1970"),
    "not yet valid": (assertion(nbf=seconds(NOW + timedelta(minutes=3))), "not valid yet"),
    "for another address": (assertion(aud="https://elsewhere.example/token"), TOKEN_URL),
    "without a number": (assertion(jti=None), "jti"),
    "of an unknown client": (assertion(iss="nobody", sub="nobody"), "registered"),
    "speaking for another": (assertion(sub="another"), "iss and sub"),
    "signed by another key": (assertion(STRANGER), "signature"),
    "signed with a shared secret": (assertion(SHARED), "ES384 or RS384"),
    "signed on a smaller curve": (assertion(SMALL, "ES256"), "ES384 or RS384"),
    "no JWT at all": ("abc", "compact form"),
    "far too long": ("a" * 20_000, "longer"),
}


@pytest.mark.parametrize(("bad", "mend"), BAD.values(), ids=BAD.keys())
def test_an_assertion_that_proves_nothing_buys_nothing(party, bad, mend):
    answer = party.ask_token(bad)
    assert (answer.status_code, answer.get_json()["error"]) == (401, "invalid_client")
    assert mend in answer.get_json()["error_description"]


def test_the_alg_of_the_token_cannot_turn_a_public_key_into_a_shared_secret(party):
    """The old confusion attack: HS384 with the bytes of the public key as the secret, made by hand because libraries decline to."""
    _, claims, _ = assertion().split(".")
    head = urlsafe_b64encode(b'{"alg":"HS384","kid":"ec"}').rstrip(b"=").decode()
    mac = hmac.digest(EC.as_pem(private=False), f"{head}.{claims}".encode(), "sha384")
    forged = f"{head}.{claims}.{urlsafe_b64encode(mac).rstrip(b'=').decode()}"
    assert party.ask_token(forged).status_code == 401


@pytest.mark.filterwarnings("ignore:Key size")
def test_a_short_rsa_key_is_not_trusted():
    with pytest.raises(UnusableKey, match="2048 bits"):
        public_key(RSAKey.generate_key(1024, {"kid": "short"}).as_dict(private=False))


@pytest.mark.parametrize(
    ("jwk", "mend"),
    [
        (EC.as_dict(private=True), "public half"),
        (SMALL.as_dict(private=False), "P-384"),
        (ECKey.generate_key("P-384").as_dict(private=False), "kid"),
        ({**EC.as_dict(private=False), "use": "enc"}, "use 'sig'"),
        ({**EC.as_dict(private=False), "x": "AAAA"}, "RFC 7518"),
        ("a text", "JSON object"),
    ],
)
def test_a_key_we_would_not_trust_a_signature_by_is_told_apart(jwk, mend):
    with pytest.raises(UnusableKey, match=mend):
        public_key(jwk)


def test_an_assertion_is_good_once(party):
    once = assertion()
    assert party.ask_token(once).status_code == 200
    again = party.ask_token(once)
    assert (again.status_code, again.get_json()["error"]) == (401, "invalid_client")
    assert "new 'jti'" in again.get_json()["error_description"]


def test_an_assertion_used_at_another_process_is_known_here():
    here, there = Payers.open(), Payers.open()
    there.payer.memory.once = here.payer.memory.once
    once = assertion()
    assert there.ask_token(once).status_code == 200
    assert here.ask_token(once).status_code == 401


@pytest.mark.parametrize(
    ("changed", "status", "error"),
    [
        ({"grant_type": "password"}, 400, "unsupported_grant_type"),
        ({"client_assertion_type": "other"}, 401, "invalid_client"),
        ({"scope": ""}, 400, "invalid_scope"),
        ({"scope": "system/Patient.rs"}, 400, "invalid_scope"),
        ({"scope": "patient/Claim.write"}, 400, "invalid_scope"),
        ({"client_id": "another"}, 401, "invalid_client"),
    ],
)
def test_the_refusal_speaks_oauth(party, changed, status, error):
    answer = party.ask_token(assertion(), **changed)
    assert (answer.status_code, answer.get_json()["error"]) == (status, error)


def test_a_missing_or_doubled_parameter_is_named(party):
    assert "grant_type" in party.http.post("/oauth/token", data={}).get_json()["error_description"]
    twice = {"grant_type": ["client_credentials"] * 2, "client_assertion_type": "x", "client_assertion": "y"}
    assert "more than once" in party.http.post("/oauth/token", data=twice).get_json()["error_description"]


@pytest.mark.parametrize(
    ("asked", "given"),
    [
        ("system/Claim.cu", "system/Claim.cu"),
        ("system/claim.write", "system/claim.write"),
        ("system/Claim.cruds", "system/claim.cud"),
        ("system/Claim.write system/Patient.read", "system/Claim.write"),
        ("system/questionnaire.rs system/valueset.rs", "system/questionnaire.rs"),
        ("system/*.*", "system/claim.cud system/questionnaire.rs system/subscription.cruds"),
    ],
)
def test_only_registered_scopes_are_granted(party, asked, given):
    assert party.ask_token(assertion(), asked).get_json()["scope"] == given


def test_a_token_ends_after_five_minutes(party):
    headers = {**party.bearer(), "Content-Type": "application/fhir+json"}
    party.payer.clock.now = NOW + timedelta(minutes=6, seconds=1)
    answer = party.http.post(SUBMIT, data=b"{}", headers=headers)
    assert answer.status_code == 401
    assert "expired" in answer.get_json()["issue"][0]["details"]["text"]


def test_a_token_of_another_payer_is_refused(party):
    foreign = Payers.open().bearer()
    assert party.http.post(SUBMIT, data=b"{}", headers={**foreign, "Content-Type": "application/json"}).status_code == 401


def test_a_scope_withdrawn_is_withdrawn_at_once():
    before = Payers.open()
    headers = {**before.bearer(), "Content-Type": "application/json"}
    after = Payers.open()
    after.payer.memory.secrets = before.payer.memory.secrets
    object.__setattr__(after.payer, "directory", Directory(clients=(replace(OAKWOOD, scopes=scopes("system/Questionnaire.rs")),)))
    caller = authenticator_for(after.payer).bearer(headers["Authorization"])
    assert {str(scope) for scope in caller.scopes} == {"system/questionnaire.rs"}


def key_ring(answers, clock):
    """A ring whose source gives these answers one after another, and the list of what it was asked."""
    asked = []

    def fetch(url):
        asked.append(url)
        answer = answers[min(len(asked), len(answers)) - 1]
        if isinstance(answer, Exception):
            raise answer
        return answer

    return KeyRing(fetch, clock), asked


BY_URL = replace(OAKWOOD, jwks=(), jwks_url="https://ehr.oakwood.example/jwks.json")
OLD = dump({"keys": [EC.as_dict(private=False)]})
NEW = dump({"keys": [ECKey.generate_key("P-384", {"kid": "new"}).as_dict(private=False), {"kty": "oct", "k": "x", "kid": "ec"}]})


def test_a_key_set_is_read_once_and_kept():
    ring, asked = key_ring([OLD], Clock())
    assert [key.kid for key in ring.of(BY_URL, "ec")] == [key.kid for key in ring.of(BY_URL, "ec")] == ["ec"]
    assert asked == ["https://ehr.oakwood.example/jwks.json"]


def test_a_new_key_is_looked_for_but_not_without_a_pause():
    clock = Clock()
    ring, asked = key_ring([OLD, NEW], clock)
    ring.of(BY_URL, "ec")
    assert [key.kid for key in ring.of(BY_URL, "new")] == ["ec"], "asked again too soon: the kept keys stand"
    clock.now += PAUSE
    assert [key.kid for key in ring.of(BY_URL, "new")] == ["new"]
    assert len(asked) == 2


def test_a_source_that_is_down_leaves_the_kept_keys_in_use_for_a_while():
    clock = Clock()
    ring, _ = key_ring([OLD, NotReached("down")], clock)
    ring.of(BY_URL, "ec")
    clock.now += FRESH + PAUSE
    assert ring.of(BY_URL, "ec")
    clock.now += STALE
    with pytest.raises(Unauthenticated, match="could not be read"):
        ring.of(BY_URL, "ec")


@pytest.mark.parametrize("served", [b"<html>", b"[]", b'{"keys": 7}', b'{"keys": [7, {"kty": "EC"}]}'])
def test_a_source_that_serves_no_keys_proves_nobody(served):
    ring, _ = key_ring([served], Clock())
    with pytest.raises(Unauthenticated):
        if not ring.of(BY_URL, "ec"):
            raise Unauthenticated("no keys")


def test_a_source_that_stalls_holds_up_one_call_and_not_those_whose_key_is_at_hand():
    clock, asked, goes_on = Clock(), [], Event()

    def fetch(url):
        asked.append(url)
        if len(asked) > 1:
            assert goes_on.wait(20)
        return OLD

    ring = KeyRing(fetch, clock)
    ring.of(BY_URL, "ec")
    clock.now += FRESH + PAUSE
    with ThreadPoolExecutor(1) as another:
        stalled = another.submit(ring.of, BY_URL, "ec")
        while len(asked) < 2:
            pass
        assert [key.kid for key in ring.of(BY_URL, "ec")] == ["ec"], "answered while the other call still waits"
        assert not stalled.done()
        goes_on.set()
        assert [key.kid for key in stalled.result(20)] == ["ec"]
    assert len(asked) == 2


def test_of_many_calls_that_seek_a_new_key_one_asks_for_all():
    clock, asked = Clock(), []
    together = Barrier(6)

    def fetch(url):
        asked.append(url)
        return NEW

    ring = KeyRing(fetch, clock)

    def call():
        together.wait(20)
        return [key.kid for key in ring.of(BY_URL, "new")]

    with ThreadPoolExecutor(6) as calls:
        assert [each.result(20) for each in [calls.submit(call) for _ in range(6)]] == [["new"]] * 6
    assert len(asked) == 1
