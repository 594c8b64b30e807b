"""The CDS Hooks addresses: discovery for all, services for known clients, CORS, and refusals in the dialect spoken."""

from __future__ import annotations

import json
from base64 import urlsafe_b64encode
from datetime import timedelta

import pytest
from joserfc.jwk import OctKey

from fhir_pa.auth.signed import seconds
from ig_profiles.outcome import Unprocessable
from tests.fhir_pa.web_parties import NOW, RSA, STRANGER, Payers, hook_token

JSON = {"Content-Type": "application/json"}
SIGN = "/v2.0/cds-services/order-sign-crd"


@pytest.fixture
def party():
    return Payers.open()


@pytest.mark.requirement("cds-hooks-2.0:176", "cds-hooks-2.0:199", "cds-hooks-2.0:16")
@pytest.mark.parametrize(("base", "dialect"), [("/cds-services", "2.0.1"), ("/v2.0/cds-services", "2.0.1"), ("/v2.2/cds-services", "2.2")])
def test_a_service_hears_the_dialect_of_its_base(party, base, dialect):
    path = f"{base}/order-sign-crd"
    answer = party.http.post(path, data=b'{"hook":"order-sign"}', headers={**hook_token(path), **JSON})
    assert (answer.status_code, answer.mimetype) == (200, "application/json")
    name, service, body, spoken, caller, _ = party.told.heard[-1]
    assert (name, service, body, spoken, caller.id) == ("hook", "order-sign-crd", b'{"hook":"order-sign"}', dialect, "oakwood-ehr")


@pytest.mark.trap(10)
def test_a_key_for_rs384_is_taken_too(party):
    assert party.http.post(SIGN, data=b"{}", headers={**hook_token(SIGN, RSA), **JSON}).status_code == 200


@pytest.mark.requirement("cds-hooks-2.0:4", "cds-hooks-2.0:5", "cds-hooks-2.0:13")
def test_discovery_needs_no_token_and_is_readable_by_every_page(party):
    answer = party.http.get("/v2.2/cds-services", headers={"Origin": "https://any.example"})
    assert answer.status_code == 200
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert party.told.heard[-1][:2] == ("discovery", "2.2")


def test_feedback_is_heard_and_answered_with_nothing(party):
    path = f"{SIGN}/feedback"
    answer = party.http.post(path, data=b'{"feedback":[]}', headers={**hook_token(path), **JSON})
    assert (answer.status_code, answer.data) == (200, b"")
    assert party.told.heard[-1][:2] == ("feedback", "order-sign-crd")


BAD = {
    "expired": {"exp": seconds(NOW - timedelta(minutes=2))},
    "never ending": {"exp": None},
    "living for a day": {"exp": seconds(NOW + timedelta(days=1))},
    "made in the future": {"iat": seconds(NOW + timedelta(minutes=5))},
    "made at no time": {"iat": None},
    "not yet valid": {"nbf": seconds(NOW + timedelta(minutes=5))},
    "for another address": {"aud": "http://127.0.0.1:8080/v2.2/cds-services/order-sign-crd"},
    "for nobody": {"aud": None},
    "of an unknown issuer": {"iss": "https://stranger.example"},
    "without a number": {"jti": None},
    "signed by a stranger under a known name": {"key": STRANGER},
    "signed with a shared secret": {"key": OctKey.generate_key(256, {"kid": "ec"})},
    "naming another key set": {"header": {"jku": "https://stranger.example/jwks.json"}},
    "naming an unknown key": {"header": {"kid": "other"}},
}


@pytest.mark.requirement("cds-hooks-2.0:203", "cds-hooks-2.0:176")
@pytest.mark.parametrize("bad", BAD.values(), ids=BAD.keys())
def test_a_token_is_refused_without_saying_why(party, bad, caplog):
    with caplog.at_level("INFO", logger="fhir_pa.web"):
        answer = party.http.post(SIGN, data=b"{}", headers={**hook_token(SIGN, **bad), **JSON})
    assert answer.status_code == 401
    assert answer.get_json()["issue"][0]["details"]["text"] == "The call could not be authenticated."
    assert "Unauthenticated: " in caplog.text, "the reason is for the log"
    assert party.told.heard == []


@pytest.mark.requirement("cds-hooks-2.0:201")
def test_alg_none_is_refused(party):
    head, claims, _ = hook_token(SIGN)["Authorization"].removeprefix("Bearer ").split(".")
    unsigned = urlsafe_b64encode(json.dumps({"alg": "none", "kid": "ec"}).encode()).rstrip(b"=").decode()
    for token in (f"{unsigned}.{claims}.", f"{head}.{claims}.", f"{head}.{claims}", "", "a.b.c"):
        assert party.http.post(SIGN, data=b"{}", headers={"Authorization": f"Bearer {token}", **JSON}).status_code == 401


@pytest.mark.trap(7)
def test_a_token_may_carry_several_bodies_but_each_only_once(party):
    headers = {**hook_token(SIGN), **JSON}
    assert party.http.post(SIGN, data=b'{"a":1}', headers=headers).status_code == 200
    assert party.http.post(SIGN, data=b'{"a":2}', headers=headers).status_code == 200
    assert party.http.post(SIGN, data=b'{"a":1}', headers=headers).status_code == 401


@pytest.mark.trap(7)
def test_strictly_a_token_is_good_for_one_call():
    party = Payers.open(cds_strict_replay=True)
    headers = {**hook_token(SIGN), **JSON}
    assert party.http.post(SIGN, data=b'{"a":1}', headers=headers).status_code == 200
    assert party.http.post(SIGN, data=b'{"a":2}', headers=headers).status_code == 401


def test_an_access_token_for_fhir_does_not_open_a_hook(party):
    assert party.http.post(SIGN, data=b"{}", headers={**party.bearer(), **JSON}).status_code == 401


@pytest.mark.requirement("crd-2.0.1:158", "crd-2.2:hook-9")
@pytest.mark.parametrize(
    ("base", "body", "status"),
    [
        ("/v2.0/cds-services", {}, 422),
        ("/v2.2/cds-services", {}, 400),
        ("/v2.0/cds-services", {"extension": {"davinci-crd.requestedVersion": "2.2"}}, 400),
        ("/v2.2/cds-services", {"extension": {"davinci-crd.requestedVersion": "2.0"}}, 422),
        ("/v2.2/cds-services", {"extension": "odd"}, 400),
    ],
)
def test_content_that_breaks_the_hook_has_the_status_of_the_dialect_spoken(party, base, body, status):
    party.told.raises = Unprocessable("hook is missing. Add it.", expression="hook")
    path = f"{base}/order-sign-crd"
    answer = party.http.post(path, data=json.dumps(body), headers={**hook_token(path), **JSON})
    assert answer.status_code == status
    assert answer.get_json()["issue"][0]["expression"] == ["hook"]


def test_a_deeply_nested_body_breaks_nothing(party):
    party.told.raises = Unprocessable("hook is missing. Add it.")
    answer = party.http.post(SIGN, data=b"[" * 100_000, headers={**hook_token(SIGN), **JSON})
    assert answer.status_code == 422


@pytest.mark.trap(39)
@pytest.mark.requirement("cds-hooks-2.0:208")
@pytest.mark.parametrize("path", ["/cds-services", "/v2.2/cds-services/order-sign-crd", "/v2.0/cds-services/order-sign-crd/feedback"])
def test_a_preflight_needs_no_token(path):
    party = Payers.open(cds_origins=("https://ehr.oakwood.example",))
    answer = party.http.options(path, headers={"Origin": "https://ehr.oakwood.example", "Access-Control-Request-Method": "POST"})
    assert answer.status_code == 204
    assert answer.headers["Access-Control-Allow-Origin"] in ("https://ehr.oakwood.example", "*")
    assert "Authorization" in answer.headers["Access-Control-Allow-Headers"]
    assert "Origin" in answer.headers["Vary"]


@pytest.mark.requirement("cds-hooks-2.0:208")
def test_a_page_of_another_origin_may_not_read_a_service_but_an_allowed_one_reads_even_refusals():
    party = Payers.open(cds_origins=("https://ehr.oakwood.example",))
    stranger = party.http.post(SIGN, data=b"{}", headers={"Origin": "https://stranger.example", **JSON})
    known = party.http.post(SIGN, data=b"{}", headers={"Origin": "https://ehr.oakwood.example", **JSON})
    assert (stranger.status_code, known.status_code) == (401, 401)
    assert "Access-Control-Allow-Origin" not in stranger.headers
    assert known.headers["Access-Control-Allow-Origin"] == "https://ehr.oakwood.example"


@pytest.mark.requirement("crd-2.0.1:158", "crd-2.2:hook-9")
def test_our_own_failure_names_the_request_and_nothing_else(party, caplog):
    party.told.raises = KeyError("Ilsabet Crane")
    answer = party.http.post(SIGN, data=b"{}", headers={**hook_token(SIGN), **JSON, "X-Request-Id": "r-17"})
    assert answer.status_code == 500
    assert answer.get_json()["issue"][0]["diagnostics"] == "request r-17"
    assert "Ilsabet" not in caplog.text + answer.text, "an exception's message may quote a patient"
    assert "KeyError" in caplog.text
