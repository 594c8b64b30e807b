"""The test EHR: whose chart a token opens, what a search finds, and what its inbox keeps."""

import time
from datetime import UTC, date, datetime

import pytest
from joserfc import jwt
from joserfc.jwk import KeySet

from fhir_pa.provider.ehr import build
from fhir_pa.provider.keys import BadToken, Keys
from fhir_pa.provider.patients import charts_on

URL = "http://127.0.0.1:9090"
SECRET = "Bearer only-the-payer-knows"
TODAY = date(2026, 11, 21)


@pytest.fixture
def keys():
    return Keys.new()


@pytest.fixture
def ehr(keys):
    return build(charts_on(TODAY), keys, URL, SECRET).test_client()


def opened(keys, patient="orla-penhallow", seconds=300):
    token = keys.access_token(f"{URL}/fhir", patient, "patient/*.rs", int(time.time()), seconds)
    return {"Authorization": f"Bearer {token}"}


def test_a_saturation_is_found_by_patient_and_code(ehr, keys):
    found = ehr.get("/fhir/Observation?patient=orla-penhallow&code=http://loinc.org|59408-5", headers=opened(keys)).json
    assert [entry["resource"]["valueQuantity"]["value"] for entry in found["entry"]] == [86]
    assert found["entry"][0]["fullUrl"] == f"{URL}/fhir/Observation/orla-penhallow-saturation"
    assert "code=http://loinc.org|59408-5" in found["link"][0]["url"]


def test_a_token_for_one_chart_shows_no_other(ehr, keys):
    theirs = "/fhir/Observation?patient=teodric-amble"
    assert ehr.get(theirs, headers=opened(keys)).json["total"] == 0
    assert ehr.get("/fhir/Patient/teodric-amble", headers=opened(keys)).status_code == 404
    assert ehr.get(theirs, headers=opened(keys, "teodric-amble")).json["total"] == 2


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer nonsense"}, {"Authorization": "Basic b3JsYTpv"}])
def test_without_a_good_token_nothing_is_shown(ehr, headers):
    answer = ehr.get("/fhir/Patient/orla-penhallow", headers=headers)
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert "fhirAuthorization" in answer.json["issue"][0]["details"]["text"]


def test_an_expired_token_is_refused(ehr, keys):
    assert ehr.get("/fhir/Patient/orla-penhallow", headers=opened(keys, seconds=-600)).status_code == 401


def test_an_unknown_search_parameter_is_named_rather_than_ignored(ehr, keys):
    answer = ehr.get("/fhir/Observation?colour=blue", headers=opened(keys))
    assert answer.status_code == 400
    assert "'colour'" in answer.json["issue"][0]["details"]["text"]


def test_searches_by_status_category_and_date(ehr, keys):
    def total(query):
        return ehr.get(f"/fhir/{query}", headers=opened(keys)).json["total"]

    assert total("Coverage?patient=orla-penhallow&status=active") == 1
    assert total("Coverage?patient=orla-penhallow&status=cancelled") == 0
    assert total("Observation?patient=orla-penhallow&category=laboratory") == 1
    assert total("Observation?patient=orla-penhallow&date=ge2026-11-10") == 2
    assert total("Observation?patient=orla-penhallow&date=ge2026-11-20") == 0
    assert total("Condition?patient=Patient/orla-penhallow&clinical-status=active") == 2


def test_a_report_held_elsewhere_is_found_only_after_it_arrived(ehr, keys):
    query = "/fhir/DocumentReference?patient=ilsabet-crane&type=18748-4"
    assert ehr.get(query, headers=opened(keys, "ilsabet-crane")).json["total"] == 1
    assert ehr.post("/arrivals/ilsabet-crane-chest-report").status_code == 200
    assert ehr.get(query, headers=opened(keys, "ilsabet-crane")).json["total"] == 2
    again = ehr.post("/arrivals/ilsabet-crane-chest-report")
    assert again.status_code == 404
    assert "held elsewhere" in again.json["issue"][0]["details"]["text"]


def notice(kind, number="1"):
    status = [
        {"name": "subscription", "valueReference": {"reference": "Subscription/s1"}},
        {"name": "status", "valueCode": "active"},
        {"name": "type", "valueCode": kind},
    ]
    if kind == "event-notification":
        event = [{"name": "event-number", "valueString": number}, {"name": "focus", "valueReference": {"reference": "ClaimResponse/c1"}}]
        status.append({"name": "notification-event", "part": event})
    return {"resourceType": "Bundle", "type": "history", "entry": [{"resource": {"resourceType": "Parameters", "parameter": status}}]}


def test_notices_are_kept_in_the_order_they_arrived(keys):
    at = datetime(2026, 11, 21, 9, tzinfo=UTC)
    ehr = build(charts_on(TODAY), keys, URL, SECRET, lambda: at).test_client()
    for kind in ("handshake", "event-notification"):
        assert ehr.post("/notifications/oakwood", json=notice(kind), headers={"Authorization": SECRET}).status_code == 200
    kept = ehr.get("/inbox").json["notifications"]
    assert [(item["name"], item["kind"], item["event_number"], item["focus"]) for item in kept] == [
        ("oakwood", "handshake", None, None),
        ("oakwood", "event-notification", "1", "ClaimResponse/c1"),
    ]
    assert kept[0]["received_at"] == at.isoformat()
    assert ehr.get("/inbox/somebody-else").json["notifications"] == []


def test_a_notice_without_the_subscriptions_header_is_turned_away(ehr):
    assert ehr.post("/notifications/oakwood", json=notice("handshake")).status_code == 401
    assert ehr.get("/inbox").json["notifications"] == []


@pytest.mark.parametrize("body", [b"{", b"{}", b'{"resourceType":"Bundle","type":"searchset"}', b'{"resourceType":"Bundle","type":"history","entry":[]}'])
def test_what_is_no_notification_is_not_kept(ehr, body):
    answer = ehr.post("/notifications/oakwood", data=body, headers={"Authorization": SECRET})
    assert answer.status_code == 400
    assert ehr.get("/inbox").json["notifications"] == []


def test_the_published_keys_are_public_halves_that_verify_the_hook_token(ehr, keys):
    published = ehr.get("/jwks.json").json
    assert all("d" not in key and key["kty"] == "EC" for key in published["keys"])
    signed = keys.hook_token(URL, "http://payer/cds-services/order-sign-crd", f"{URL}/jwks.json", int(time.time()))
    token = jwt.decode(signed, KeySet.import_key_set(published), algorithms=["ES384"])
    assert token.header["alg"] == "ES384"
    assert token.header["jku"] == f"{URL}/jwks.json"
    assert token.claims["iss"] == URL
    assert token.claims["aud"] == "http://payer/cds-services/order-sign-crd"
    assert token.claims["exp"] - token.claims["iat"] == 300


def test_every_token_is_used_once(keys):
    def jti(token):
        return jwt.decode(token, keys.backend, algorithms=["ES384"]).claims["jti"]

    first, second = (keys.client_assertion("oakwood-ehr", "http://payer/oauth/token", 1) for _ in range(2))
    assert jti(first) != jti(second)
    claims = jwt.decode(first, keys.backend, algorithms=["ES384"]).claims
    assert (claims["iss"], claims["sub"], claims["aud"]) == ("oakwood-ehr", "oakwood-ehr", "http://payer/oauth/token")


def test_a_token_of_another_ehr_opens_nothing(keys):
    stranger = Keys.new().access_token(f"{URL}/fhir", "orla-penhallow", "patient/*.rs", int(time.time()))
    with pytest.raises(BadToken, match="not one of ours"):
        keys.patient_of(stranger, f"{URL}/fhir", int(time.time()))


def test_keys_survive_being_kept_in_a_private_file(keys, tmp_path):
    keys.save(tmp_path / "keys.json")
    assert (tmp_path / "keys.json").stat().st_mode & 0o077 == 0
    assert Keys.load(tmp_path / "keys.json").public_set() == keys.public_set()
