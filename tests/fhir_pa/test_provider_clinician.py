"""The clinician's app behind its page: who gets in, which chart and which payer a call reaches, what is never let out."""

from __future__ import annotations

import base64
import hashlib
import time
from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from flask.testing import FlaskClient
from joserfc import jwt

from fhir_pa.provider.charts.practice import PAYER_NPI
from fhir_pa.provider.clinician import signing_in
from fhir_pa.provider.clinician.build import Setting, build
from fhir_pa.provider.clinician.keeping import unsigned
from fhir_pa.provider.clinician.payers import Payer, payer_of
from fhir_pa.provider.clinician.serve import APP_ID, registration
from fhir_pa.provider.clinician.services import line_of
from fhir_pa.provider.clinician.signing_in import Host
from fhir_pa.provider.clinician.trouble import Trouble
from fhir_pa.provider.ehr import build as build_ehr
from fhir_pa.provider.keys import Keys
from fhir_pa.provider.pas_client import PasClient
from fhir_pa.provider.patients import Charts, charts_on
from fhir_pa.provider.wire import Reply
from ig_profiles.json import parse
from ig_profiles.names import NPI, RESPONSE_SIGNATURE
from ig_profiles.registry import open_set
from ig_profiles.validator import validate
from tests.fhir_pa.ehr_in_process import APP, EHR, PAYER, OverTheWire

TODAY = date(2026, 11, 21)


class Clock:
    def __init__(self) -> None:
        self.at = datetime.now(UTC)

    def __call__(self) -> datetime:
        return self.at


@pytest.fixture
def keys() -> Keys:
    return Keys.new()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def charts() -> Charts:
    return charts_on(TODAY)


@pytest.fixture
def ehr(keys: Keys, charts: Charts) -> FlaskClient:
    return build_ehr(charts, keys, EHR, "Bearer x", apps=(registration(APP, keys),)).test_client()


@pytest.fixture
def app(keys: Keys, ehr: FlaskClient, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> FlaskClient:
    for module in ("signing_in", "chart"):
        monkeypatch.setattr(f"fhir_pa.provider.clinician.{module}.Wire", lambda base: OverTheWire(ehr, base))
    payer = Payer("larkfield", "Larkfield Health Plan", (f"{NPI}|{PAYER_NPI}",), "2.2", PasClient(PAYER, "oakwood-ehr", keys))
    return build(Setting(APP, (Host(f"{EHR}/fhir", APP_ID),), (payer,), keys), clock).test_client()


def query(answer: Any) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(answer.headers["Location"]).query).items()}


def begun(app: FlaskClient, ehr: FlaskClient) -> dict[str, str]:
    """What comes back to the app after the EHR launched it for Orla."""
    launch = query(ehr.post("/launches", data={"patient": "orla-penhallow", "app": APP_ID}))
    return query(ehr.get("/oauth/authorize", query_string=query(app.get("/launch", query_string=launch))))


def visited(app: FlaskClient, ehr: FlaskClient) -> str:
    """The path of a visit that was opened."""
    return urlsplit(app.get("/callback", query_string=begun(app, ehr)).headers["Location"]).path


@pytest.mark.requirement(
    "dtr-2.0.1:118", "dtr-2.0.1:120", "dtr-2.0.1:121", "dtr-2.0.1:122", "dtr-2.0.1:132", "dtr-2.0.1:336", "dtr-2.0.1:359", "dtr-2.2:spec-111",
    "dtr-2.2:spec-112",
)  # fmt: skip
def test_the_request_to_sign_in_carries_state_challenge_and_audience(app: FlaskClient, ehr: FlaskClient) -> None:
    asked = query(app.get("/launch", query_string=query(ehr.post("/launches", data={"patient": "orla-penhallow", "app": APP_ID}))))
    assert (asked["aud"], asked["response_type"], asked["code_challenge_method"]) == (f"{EHR}/fhir", "code", "S256")
    assert len(asked["state"]) >= 40 and len(asked["code_challenge"]) == len(base64.urlsafe_b64encode(hashlib.sha256(b"").digest()).rstrip(b"="))
    assert set(asked["scope"].split()) >= {"openid", "fhirUser", "launch", "patient/*.rs", "patient/QuestionnaireResponse.cu"}


@pytest.mark.requirement("dtr-2.0.1:118")
def test_a_visit_is_opened_by_its_cookie_alone(app: FlaskClient, ehr: FlaskClient) -> None:
    entered = app.get("/callback", query_string=begun(app, ehr))
    cookie = next(each for each in entered.headers.getlist("Set-Cookie") if each.startswith("dtr_visit="))
    path = urlsplit(entered.headers["Location"]).path
    assert "HttpOnly" in cookie and "SameSite=Strict" in cookie and f"Path={path}" in cookie
    assert app.get(f"{path}occasion").json["patient"]["name"] == "Orla Penhallow"
    stranger = app.application.test_client()
    refused = stranger.get(f"{path}occasion")
    assert (refused.status_code, refused.json["trouble"]["title"]) == (401, "Your session has ended.")


@pytest.mark.parametrize("seconds", [-30, 30])
def test_a_clock_that_goes_a_little_wrong_keeps_nobody_out(app: FlaskClient, ehr: FlaskClient, clock: Clock, seconds: int) -> None:
    clock.at += timedelta(seconds=seconds)
    assert visited(app, ehr).startswith("/visits/")


def test_two_windows_never_share_a_chart(app: FlaskClient, ehr: FlaskClient) -> None:
    first, second = visited(app, ehr), visited(app, ehr)
    assert first != second
    assert [app.get(f"{path}occasion").status_code for path in (first, second)] == [200, 200]


@pytest.mark.parametrize("iss", ["https://evil.example/fhir", "", f"{EHR}/fhirx"])
def test_an_ehr_that_is_not_registered_launches_nothing(app: FlaskClient, iss: str) -> None:
    answer = app.get("/launch", query_string={"iss": iss, "launch": "x"})
    assert answer.status_code == 403
    assert "register" in answer.text


def test_a_sign_in_comes_back_once_and_only_to_the_browser_that_began_it(app: FlaskClient, ehr: FlaskClient) -> None:
    """Login forgery: a code and state of an attacker's own sign-in open nothing in the victim's browser."""
    back = begun(app, ehr)
    assert app.application.test_client().get("/callback", query_string=back).status_code == 400
    assert app.get("/callback", query_string=back).status_code == 400, "the state was used up by the attempt"
    assert app.get("/callback", query_string={**back, "state": "other"}).status_code == 400


def test_what_the_ehr_says_against_it_is_told_as_text(app: FlaskClient, ehr: FlaskClient) -> None:
    state = query(app.get("/launch", query_string=query(ehr.post("/launches", data={"patient": "orla-penhallow", "app": APP_ID}))))["state"]
    answer = app.get("/callback", query_string={"state": state, "error": "access_denied", "error_description": "<script>alert(1)</script>"})
    assert answer.status_code == 403
    assert "&lt;script&gt;" in answer.text and "<script>" not in answer.text


@pytest.mark.parametrize("claim", ["nonce", "aud", "iss"])
def test_an_id_token_for_somebody_else_is_not_believed(app: FlaskClient, ehr: FlaskClient, monkeypatch: pytest.MonkeyPatch, claim: str) -> None:
    genuine = Keys.id_token

    def forged(self: Keys, issuer: str, client_id: str, user: str, nonce: str | None, now: int, seconds: int) -> str:
        claims: dict[str, Any] = jwt.decode(genuine(self, issuer, client_id, user, nonce, now, seconds), self.access, algorithms=["ES384"]).claims
        return str(jwt.encode({"alg": "ES384", "kid": self.access.kid}, {**claims, claim: "another"}, self.access, algorithms=["ES384"]))

    monkeypatch.setattr(Keys, "id_token", forged)
    answer = app.get("/callback", query_string=begun(app, ehr))
    assert answer.status_code == 502
    assert "cannot be trusted" in answer.text


def test_a_visit_is_over_with_its_token(app: FlaskClient, ehr: FlaskClient, clock: Clock) -> None:
    path = visited(app, ehr)
    clock.at += timedelta(seconds=3601)
    assert app.get(f"{path}occasion").status_code == 401


def test_a_call_from_another_site_is_refused(app: FlaskClient, ehr: FlaskClient) -> None:
    path = visited(app, ehr)
    assert app.post(f"{path}end", headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert app.post(f"{path}form", data="response=x").status_code == 400
    assert app.post(f"{path}end", headers={"Sec-Fetch-Site": "same-origin"}).status_code == 200
    assert app.get(f"{path}occasion").status_code == 401


def test_only_what_the_visit_was_opened_with_can_be_asked_about(app: FlaskClient, ehr: FlaskClient) -> None:
    path = visited(app, ehr)
    other = {"orders": ["DeviceRequest/teodric-amble-order-e1390"], "coverage": "Coverage/orla-penhallow-larkfield"}
    assert app.post(f"{path}package", json=other).json["trouble"]["title"] == "This is not part of the visit."
    assert app.post(f"{path}next-question", json={"canonical": "x", "response": {}}).status_code == 404
    for wrong in ("https://evil.example/Patient?x=1", "Patient/x", "Patient?_id=1 OR 2", ""):
        assert app.post(f"{path}search", json={"query": wrong}).status_code == 400


def test_author_subject_and_time_of_a_form_are_the_servers_word(app: FlaskClient, ehr: FlaskClient, charts: Charts) -> None:
    path = visited(app, ehr)
    forged = {"resourceType": "QuestionnaireResponse", "status": "in-progress", "author": {"reference": "Practitioner/noor-tamsin"}, "authored": "1999-01-01"}
    forged["subject"] = {"reference": "Patient/teodric-amble"}  # type: ignore[assignment]
    kept = app.post(f"{path}form", json={"response": forged}).json
    form = next(each for each in charts.by_patient["orla-penhallow"].findings if each["id"] == kept["id"])
    assert (form["author"], form["subject"]) == ({"reference": "Practitioner/halvard-brisk"}, {"reference": "Patient/orla-penhallow"})
    assert not form["authored"].startswith("1999")


@pytest.mark.parametrize("name", ["../build.py", "%2e%2e/build.py", "index.html/../../visits.py", "nothing.js"])
def test_nothing_but_the_page_is_served_from_its_folder(app: FlaskClient, name: str) -> None:
    assert app.get(f"/page/{name}").status_code == 404


def test_every_answer_forbids_foreign_and_inline_scripts(app: FlaskClient) -> None:
    for path in ("/page/main.js", "/supported-payers", "/launch", "/nothing"):
        policy = app.get(path).headers["Content-Security-Policy"]
        assert "script-src 'self'" in policy and "unsafe" not in policy and "require-trusted-types-for 'script'" in policy


@pytest.mark.requirement(
    "dtr-2.0.1:103", "dtr-2.0.1:107", "dtr-2.0.1:108", "dtr-2.0.1:110", "dtr-2.0.1:111", "dtr-2.0.1:112", "dtr-2.2:spec-101", "dtr-2.2:spec-102",
)  # fmt: skip
def test_the_supported_payers_are_listed_in_each_generations_words(app: FlaskClient) -> None:
    assert app.get("/supported-payers").json == {"payers": [{"id": PAYER_NPI, "name": "Larkfield Health Plan"}]}
    listed = parse(app.get("/supported-payers", headers={"Accept": "application/fhir+json"}).data)
    assert listed["resourceType"] == "List"
    assert [each.text for each in validate(listed, open_set("2.2"), strict=True) if each.severity in ("fatal", "error")] == []
    assert listed["entry"][0]["item"]["reference"] == f"#{listed['contained'][0]['id']}"


def a_payer(keys: Keys) -> Payer:
    return Payer("p", "Payer", ("s|1",), "2.2", PasClient(PAYER, "c", keys))


@pytest.mark.requirement("dtr-2.0.1:166")
def test_a_coverage_goes_to_its_own_payer(keys: Keys) -> None:
    assert payer_of([{"resourceType": "Organization", "identifier": [{"system": "s", "value": "1"}]}], (a_payer(keys),)).id == "p"
    with pytest.raises(Trouble, match="works with Payer"):
        payer_of([{"resourceType": "Organization", "identifier": [{"system": "s", "value": "2"}]}], (a_payer(keys),))


def test_a_changed_form_loses_its_signatures() -> None:
    seal = {"url": RESPONSE_SIGNATURE, "valueSignature": {}}
    form = {"extension": [seal, {"url": "x"}], "item": [{"linkId": "a", "extension": [seal], "item": [{"linkId": "b", "extension": [seal]}]}]}
    assert unsigned(form) == {"extension": [{"url": "x"}], "item": [{"linkId": "a", "item": [{"linkId": "b"}]}]}


def test_the_days_asked_for_are_the_orders_unless_the_clinician_says_otherwise() -> None:
    order = {"resourceType": "ServiceRequest", "occurrenceTiming": {"event": ["2026-12-01"]}, "category": [{"coding": [{"code": "363679005"}]}]}
    assert (line_of(order, TODAY).starts, line_of(order, TODAY).service_type, line_of(order, TODAY).ends) == (date(2026, 12, 1), "62", None)
    assert line_of(order, TODAY, starts=date(2026, 12, 9)).starts == date(2026, 12, 9)
    assert line_of({"resourceType": "DeviceRequest"}, TODAY).starts == TODAY


@pytest.mark.parametrize("told", [["Coverage/1", "DeviceRequest/2"], [{"reference": "Coverage/1"}, {"reference": "DeviceRequest/2"}]])
def test_the_launch_context_is_read_as_smart_2_0_and_2_1_write_it(keys: Keys, monkeypatch: pytest.MonkeyPatch, told: list[Any]) -> None:
    """Trap 17."""
    base = f"{EHR}/fhir"
    pending = signing_in.Pending(base, f"{EHR}/oauth/token", f"{EHR}/oauth/jwks.json", "v", "n", "b", time.time() + 9)
    now = int(time.time())
    token = {"access_token": "t", "patient": "p", "fhirContext": told, "id_token": keys.id_token(base, "c", "Practitioner/x", "n", now, 60)}

    class Answering:
        def __init__(self, _: str) -> None:
            pass

        def form(self, path: str, fields: Any) -> Reply:
            return Reply("POST", path, 200, token, 1.0)

        def get(self, path: str) -> Reply:
            return Reply("GET", path, 200, keys.token_set(), 1.0)

    monkeypatch.setattr(signing_in, "Wire", Answering)
    visit = signing_in.opened(Host(base, "c"), keys, pending, "code", f"{APP}/callback", now)
    assert (visit.about, visit.user) == (("Coverage/1", "DeviceRequest/2"), "Practitioner/x")
