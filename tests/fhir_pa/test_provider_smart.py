"""The test EHR as a SMART host: who is let in with what, and what an app may write into a chart."""

from __future__ import annotations

import base64
import hashlib
import re
import time
from datetime import date
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from flask.testing import FlaskClient
from joserfc import jwt
from joserfc.jwk import KeySet

from fhir_pa.provider.ehr import build
from fhir_pa.provider.keys import Keys
from fhir_pa.provider.patients import charts_on
from fhir_pa.provider.smart.apps import JWT_BEARER, App
from fhir_pa.provider.smart.scopes import allows, narrowed
from ig_profiles.reading import Json

URL = "http://127.0.0.1:9090"
BACK = "http://127.0.0.1:9191/callback"
VERIFIER = "a-verifier-of-at-least-forty-three-characters-in-length"
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
SCOPE = "openid fhirUser launch launch/patient patient/*.rs patient/QuestionnaireResponse.cu"


@pytest.fixture
def keys() -> Keys:
    return Keys.new()


@pytest.fixture
def ehr(keys: Keys) -> FlaskClient:
    app = App("forms", "Forms", "http://127.0.0.1:9191/launch", (BACK,), keys.app_set(), SCOPE)
    return build(charts_on(date(2026, 11, 21)), keys, URL, "Bearer x", apps=(app,)).test_client()


def asking(**changed: str) -> dict[str, str]:
    usual = {"response_type": "code", "client_id": "forms", "redirect_uri": BACK, "state": "s-1", "scope": SCOPE, "aud": f"{URL}/fhir", "nonce": "n-1"}
    return {**usual, "code_challenge": CHALLENGE, "code_challenge_method": "S256", **changed}


def launched(ehr: FlaskClient) -> str:
    answer = ehr.post("/launches", data={"patient": "orla-penhallow", "app": "forms"})
    where = parse_qs(urlsplit(answer.headers["Location"]).query)
    assert where["iss"] == [f"{URL}/fhir"]
    return where["launch"][0]


def said(answer: Any) -> dict[str, str]:
    assert answer.headers["Location"].startswith(f"{BACK}?")
    return {name: values[0] for name, values in parse_qs(urlsplit(answer.headers["Location"]).query).items()}


def exchanged(ehr: FlaskClient, keys: Keys, code: str, **changed: str) -> Any:
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": BACK, "code_verifier": VERIFIER, "client_assertion_type": JWT_BEARER}
    return ehr.post("/oauth/token", data={**form, "client_assertion": keys.app_assertion("forms", f"{URL}/oauth/token", int(time.time())), **changed})


def opened(ehr: FlaskClient, keys: Keys, **changed: str) -> Json:
    code = said(ehr.get("/oauth/authorize", query_string=asking(launch=launched(ehr), **changed)))["code"]
    body: Json = exchanged(ehr, keys, code).json
    return body


@pytest.mark.requirement("dtr-2.0.1:117", "dtr-2.0.1:119", "dtr-2.0.1:123", "dtr-2.0.1:124", "dtr-2.0.1:125", "dtr-2.2:spec-111", "dtr-2.2:spec-112")
def test_a_launch_from_the_chart_brings_its_patient_user_and_orders(ehr: FlaskClient, keys: Keys) -> None:
    token = opened(ehr, keys)
    assert (token["patient"], token["encounter"], token["token_type"]) == ("orla-penhallow", "orla-penhallow-visit", "Bearer")
    assert token["fhirContext"] == [{"reference": "Coverage/orla-penhallow-larkfield"}, {"reference": "DeviceRequest/orla-penhallow-order-e1390"}]
    published = KeySet.import_key_set(ehr.get("/oauth/jwks.json").json)
    claims = jwt.decode(token["id_token"], published, algorithms=["ES384"]).claims
    assert (claims["fhirUser"], claims["aud"], claims["nonce"]) == (f"{URL}/fhir/Practitioner/halvard-brisk", "forms", "n-1")
    seen = ehr.get("/fhir/Observation?patient=orla-penhallow", headers={"Authorization": f"Bearer {token['access_token']}"})
    assert seen.json["total"] == 2


def test_a_standalone_app_sends_the_clinician_to_choose_a_patient(ehr: FlaskClient, keys: Keys) -> None:
    page = ehr.get("/oauth/authorize", query_string=asking())
    assert "Teodric Amble" in page.text
    assert set(re.findall(r'type="hidden" name="(\w+)"', page.text)) == set(asking())
    chosen = ehr.post("/oauth/authorize", data={**asking(), "patient": "teodric-amble", "user": "halvard-brisk", "choice": "open"})
    assert exchanged(ehr, keys, said(chosen)["code"]).json["patient"] == "teodric-amble"
    back = said(ehr.post("/oauth/authorize", data={**asking(), "patient": "teodric-amble", "user": "halvard-brisk", "choice": "back"}))
    assert (back["error"], back["state"]) == ("access_denied", "s-1")


@pytest.mark.parametrize(
    "changed",
    [{"code_challenge": ""}, {"code_challenge_method": "plain"}, {"state": ""}, {"aud": "https://other.example/fhir"}],
    ids=["no challenge", "plain challenge", "no state", "another base"],
)
def test_an_authorization_request_without_its_safeguards_is_sent_back(ehr: FlaskClient, changed: dict[str, str]) -> None:
    answer = said(ehr.get("/oauth/authorize", query_string=asking(**changed)))
    assert answer["error"] == "invalid_request"
    assert "PKCE" in answer["error_description"]


@pytest.mark.parametrize("changed", [{"redirect_uri": "http://elsewhere.example/callback"}, {"client_id": "stranger"}])
def test_nobody_is_sent_to_an_address_that_is_not_registered(ehr: FlaskClient, changed: dict[str, str]) -> None:
    answer = ehr.get("/oauth/authorize", query_string=asking(**changed))
    assert (answer.status_code, answer.headers.get("Location")) == (400, None)
    assert "not registered" in answer.text


def test_a_launch_and_a_code_serve_once(ehr: FlaskClient, keys: Keys) -> None:
    launch = launched(ehr)
    code = said(ehr.get("/oauth/authorize", query_string=asking(launch=launch)))["code"]
    assert said(ehr.get("/oauth/authorize", query_string=asking(launch=launch)))["error"] == "invalid_request"
    assert exchanged(ehr, keys, code).status_code == 200
    assert exchanged(ehr, keys, code).json["error"] == "invalid_grant"


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"code_verifier": "somebody-else-who-stole-the-code-but-not-the-verifier"}, "invalid_grant"),
        ({"redirect_uri": "http://127.0.0.1:9191/other"}, "invalid_grant"),
        ({"client_assertion": "nonsense"}, "invalid_client"),
        ({"client_assertion": Keys.new().app_assertion("forms", f"{URL}/oauth/token", int(time.time()))}, "invalid_client"),
        ({"client_assertion_type": "secret"}, "invalid_client"),
    ],
    ids=["another verifier", "another address", "no assertion", "another's key", "another way"],
)
def test_a_code_is_exchanged_only_by_the_app_that_asked(ehr: FlaskClient, keys: Keys, changed: dict[str, str], error: str) -> None:
    code = said(ehr.get("/oauth/authorize", query_string=asking(launch=launched(ehr))))["code"]
    answer = exchanged(ehr, keys, code, **changed)
    assert answer.json["error"] == error
    assert "access_token" not in answer.json


def form(**changed: Any) -> Json:
    return {"resourceType": "QuestionnaireResponse", "status": "in-progress", "subject": {"reference": "Patient/orla-penhallow"}, **changed}


@pytest.mark.requirement(
    "dtr-2.0.1:225", "dtr-2.0.1:226", "dtr-2.0.1:265", "dtr-2.0.1:266", "dtr-2.0.1:267", "dtr-2.0.1:268", "dtr-2.0.1:269", "dtr-2.0.1:270",
    "dtr-2.2:spec-153",
)  # fmt: skip
def test_a_form_is_created_updated_found_and_guarded_by_its_version(ehr: FlaskClient, keys: Keys) -> None:
    bearer = {"Authorization": f"Bearer {opened(ehr, keys)['access_token']}"}
    about = [{"url": "http://hl7.org/fhir/us/davinci-dtr/StructureDefinition/qr-context", "valueReference": {"reference": "DeviceRequest/o-1"}}]
    made = ehr.post("/fhir/QuestionnaireResponse", json=form(extension=about, questionnaire="http://x/q|1"), headers=bearer)
    assert (made.status_code, made.headers["ETag"]) == (201, 'W/"1"')
    address = f"/fhir/QuestionnaireResponse/{made.json['id']}"
    again = ehr.put(address, json=form(extension=about, id=made.json["id"], status="completed"), headers={**bearer, "If-Match": 'W/"1"'})
    assert (again.status_code, again.json["meta"]["versionId"]) == (200, "2")
    late = ehr.put(address, json=form(id=made.json["id"]), headers={**bearer, "If-Match": 'W/"1"'})
    assert late.status_code == 412
    assert "version 2" in late.json["issue"][0]["details"]["text"]
    query = "/fhir/QuestionnaireResponse?patient=orla-penhallow&context=DeviceRequest/o-1"
    assert [ehr.get(f"{query}&status={status}", headers=bearer).json["total"] for status in ("completed", "in-progress")] == [1, 0]


def test_a_token_writes_only_what_its_scope_and_its_patient_allow(ehr: FlaskClient, keys: Keys) -> None:
    reading = {"Authorization": f"Bearer {opened(ehr, keys, scope='openid patient/*.rs')['access_token']}"}
    refused = ehr.post("/fhir/QuestionnaireResponse", json=form(), headers=reading)
    assert refused.status_code == 403
    assert "patient/QuestionnaireResponse.cu" in refused.json["issue"][0]["details"]["text"]
    writing = {"Authorization": f"Bearer {opened(ehr, keys)['access_token']}"}
    assert ehr.post("/fhir/QuestionnaireResponse", json=form(subject={"reference": "Patient/teodric-amble"}), headers=writing).status_code == 403
    assert ehr.post("/fhir/Observation", json={"resourceType": "Observation"}, headers=writing).status_code == 405


def test_a_token_reads_only_the_kinds_of_its_scope(ehr: FlaskClient, keys: Keys) -> None:
    narrow = {"Authorization": f"Bearer {opened(ehr, keys, scope='patient/Patient.r')['access_token']}"}
    assert ehr.get("/fhir/Patient/orla-penhallow", headers=narrow).status_code == 200
    assert ehr.get("/fhir/Observation?patient=orla-penhallow", headers=narrow).status_code == 403


@pytest.mark.requirement("dtr-2.0.1:132")
def test_an_app_is_granted_no_more_than_it_was_registered_for() -> None:
    assert narrowed("openid patient/*.cruds patient/QuestionnaireResponse.cu offline_access", SCOPE) == "openid patient/QuestionnaireResponse.cu"
    assert allows("patient/Patient.read", "Patient", "s")
    assert not allows("system/Patient.rs", "Patient", "r")
