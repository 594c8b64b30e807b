"""What the test EHR shows of an exchange lets nobody in, and changes nothing else of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from fhir_pa.provider.keys import Keys
from fhir_pa.provider.test_ehr.redaction import HIDDEN, without_secrets
from fhir_pa.provider.wire import Call
from ig_profiles.json import dump, parse

JSON = (("Content-Type", "application/fhir+json"),)
FORM = (("Content-Type", "application/x-www-form-urlencoded"),)
CALL = Call("POST", "http://payer.example/v2.2/fhir/Claim/$submit", JSON, b"{}", 200, JSON, b"{}", datetime(2026, 11, 21, tzinfo=UTC), 12.5)


@pytest.fixture(scope="module")
def token() -> str:
    return Keys.new().access_token("http://ehr.example/fhir", "orla-penhallow", "patient/*.rs", 1_795_000_000)


def test_a_bearer_token_is_hidden_and_what_it_says_of_itself_is_shown(token: str) -> None:
    shown = dict(without_secrets(replace(CALL, headers=(("Authorization", f"Bearer {token}"), *JSON))).headers)["Authorization"]
    assert token.rpartition(".")[2] not in shown and token.split(".")[1] not in shown
    assert shown.startswith("Bearer (hidden") and "sub=orla-penhallow" in shown and "scope=patient/*.rs" in shown


@pytest.mark.parametrize("name", ["access_token", "id_token", "client_assertion", "refresh_token"])
def test_a_token_in_a_body_is_hidden_wherever_it_stands(token: str, name: str) -> None:
    body = dump({"fhirAuthorization": {name: token, "subject": "oakwood-ehr"}, "list": [{name: "opaque"}]})
    shown = parse(without_secrets(replace(CALL, body=body)).body)
    assert token not in str(shown)
    assert shown["fhirAuthorization"]["subject"] == "oakwood-ehr" and shown["list"] == [{name: HIDDEN}]


def test_the_header_a_subscription_hands_over_is_hidden() -> None:
    body = dump({"resourceType": "Subscription", "channel": {"header": ["Authorization: Bearer only-the-payer-knows", "X-Plain: yes"]}})
    shown = parse(without_secrets(replace(CALL, body=body)).body)
    assert shown["channel"]["header"] == [f"Authorization: Bearer {HIDDEN}", "X-Plain: yes"]


def test_what_an_oauth_form_and_a_launch_address_carry_is_hidden(token: str) -> None:
    form = f"grant_type=authorization_code&code=c0de&code_verifier=v&client_assertion={token}&redirect_uri=http://app.example/callback".encode()
    shown = without_secrets(replace(CALL, headers=FORM, body=form, url="http://app.example/callback?code=c0de&state=st4te")).body.decode()
    assert "c0de" not in shown and token not in shown and "redirect_uri=http://app.example/callback" in shown
    for address in ("http://app.example/callback?code=c0de&state=st4te", "http://app.example/launch?iss=http://ehr.example/fhir&launch=l4unch"):
        shown = without_secrets(replace(CALL, url=address, answer_headers=(("Location", address),)))
        assert not {"c0de", "st4te", "l4unch"} & set(shown.url.replace("&", "=").split("=")) and shown.answer_headers == (("Location", shown.url),)


def test_a_signed_token_is_hidden_where_nobody_would_look_for_one(token: str) -> None:
    stray = without_secrets(replace(CALL, headers=(), body=f"assertion={token}&x=1".encode(), answer=dump({"note": f"Use {token} today."})))
    assert token not in stray.body.decode() + stray.answer.decode() and stray.body.endswith(b"&x=1")
    assert parse(stray.answer)["note"].startswith("Use (hidden")


def test_a_cookie_keeps_its_name_and_loses_its_value() -> None:
    shown = without_secrets(replace(CALL, answer_headers=(("Set-Cookie", "dtr_visit=s3cret; HttpOnly; Path=/visits/x"),)))
    assert shown.answer_headers == (("Set-Cookie", f"dtr_visit={HIDDEN}; HttpOnly; Path=/visits/x"),)


def test_a_search_for_a_code_is_no_secret() -> None:
    search = replace(CALL, method="GET", url="http://ehr.example/fhir/Observation?patient=orla&code=http://loinc.org%7C59408-5")
    assert without_secrets(search).url == search.url


def test_what_holds_no_secret_is_shown_to_the_last_digit() -> None:
    body = b'{"value": 86.10, "code": "A1",  "state": "OH"}'
    assert without_secrets(replace(CALL, body=body, answer=body)) == replace(CALL, body=body, answer=body)
    hidden = without_secrets(replace(CALL, body=b'{"access_token": "x", "value": 86.10}')).body
    assert hidden == b'{"access_token":"(hidden)","value":86.10}'
