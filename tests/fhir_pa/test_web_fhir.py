"""The FHIR addresses: who is let in, what is read, what a caller who erred is told."""

from __future__ import annotations

import io

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fhir_pa.web_parties import Payers

FHIR = {"Content-Type": "application/fhir+json"}


@pytest.fixture
def party():
    return Payers.open()


def the_issue(answer):
    outcome = answer.get_json()
    assert outcome["resourceType"] == "OperationOutcome", "every 4xx carries one OperationOutcome"
    assert len(outcome["issue"]) >= 1
    return outcome["issue"][0]


@pytest.mark.requirement("pas-2.2.1:conf-1")
@pytest.mark.parametrize(("base", "guide"), [("/v2.0/fhir", "2.0.1"), ("/v2.2/fhir", "2.2")])
@pytest.mark.parametrize(
    ("path", "operation"),
    [
        ("/Claim/$submit", "submit"),
        ("/Questionnaire/$questionnaire-package", "questionnaire_package"),
        ("/$questionnaire-package", "questionnaire_package"),
    ],
)
def test_an_operation_hears_the_bytes_the_guide_and_the_caller(party, base, guide, path, operation):
    answer = party.http.post(base + path, data=b'{"resourceType":"Bundle"}', headers={**party.bearer(), **FHIR})
    assert (answer.status_code, answer.mimetype) == (200, "application/fhir+json")
    name, body, spoken, caller, payer = party.told.heard[-1]
    assert (name, body, spoken, caller.id) == (operation, b'{"resourceType":"Bundle"}', guide, "oakwood-ehr")
    assert payer is party.payer


def test_without_a_token_the_caller_is_told_to_bring_one(party):
    answer = party.http.post("/v2.0/fhir/Claim/$submit", data=b"{}", headers=FHIR)
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="fhir-pa"'
    assert "Authorization: Bearer" in the_issue(answer)["details"]["text"]
    assert party.told.heard == []


def test_a_token_that_is_no_token_is_called_invalid(party):
    answer = party.http.post("/v2.0/fhir/Claim/$submit", data=b"{}", headers={"Authorization": "Bearer abc", **FHIR})
    assert answer.status_code == 401
    assert 'error="invalid_token"' in answer.headers["WWW-Authenticate"]


def test_a_token_without_the_scope_is_forbidden_and_told_which_one_it_lacks(party):
    answer = party.http.post("/v2.0/fhir/Claim/$inquire", data=b"{}", headers={**party.bearer("system/Claim.write"), **FHIR})
    assert answer.status_code == 403
    assert "system/Claim.r" in the_issue(answer)["details"]["text"]
    assert 'error="insufficient_scope"' in answer.headers["WWW-Authenticate"]
    assert party.told.heard == []


def test_a_persons_token_is_not_for_providers_operations(party):
    answer = party.http.post("/v2.0/fhir/Claim/$submit", data=b"{}", headers={**party.person(), **FHIR})
    assert answer.status_code == 403
    assert "staff" in the_issue(answer)["details"]["text"]


@pytest.mark.parametrize("content_type", ["text/plain", "application/fhir+xml", "", "application/json; charset=latin-1"])
def test_a_body_that_is_not_json_by_its_type_is_refused(party, content_type):
    answer = party.http.post("/v2.0/fhir/Claim/$submit", data=b"{}", headers={**party.bearer(), "Content-Type": content_type})
    assert answer.status_code == 415
    assert "JSON" in the_issue(answer)["details"]["text"] or "json" in the_issue(answer)["details"]["text"]


def test_a_caller_who_reads_only_xml_is_told_what_we_write(party):
    answer = party.http.get("/v2.2/fhir/metadata", headers={"Accept": "application/fhir+xml"})
    assert answer.status_code == 406
    assert "application/fhir+json" in the_issue(answer)["details"]["text"]
    assert party.http.get("/v2.2/fhir/metadata?_format=xml").status_code == 406
    assert party.http.get("/v2.2/fhir/metadata?_format=json", headers={"Accept": "application/fhir+xml"}).status_code == 200


def test_metadata_is_open_to_all(party):
    assert party.http.get("/v2.0/fhir/metadata").get_json()["asked"] == "metadata"


def test_an_unknown_address_is_404_with_an_outcome(party):
    answer = party.http.get("/v2.0/fhir/Patient/1")
    assert answer.status_code == 404
    assert the_issue(answer)["code"] == "not-found"


def test_a_wrong_method_is_told_the_right_one(party):
    answer = party.http.get("/v2.0/fhir/Claim/$submit")
    assert answer.status_code == 405
    assert "POST" in answer.headers["Allow"]
    assert "POST" in the_issue(answer)["details"]["text"]


def test_an_oversized_body_is_refused_before_it_is_read():
    party = Payers.open(max_body_bytes=100)
    answer = party.http.post("/v2.0/fhir/Claim/$submit", data=b"x" * 101, headers={**FHIR})
    assert answer.status_code == 413
    assert "100" in the_issue(answer)["details"]["text"]


@pytest.mark.parametrize(("sent", "announced", "status"), [(2001, None, 413), (90_000, None, 413), (2000, None, 200), (2000, "2500", 413), (10, "20", 400)])
def test_a_body_is_taken_whole_or_not_at_all(sent, announced, status):
    party = Payers.open(max_body_bytes=2000)
    headers = {**party.bearer(), **FHIR}
    raw = {"wsgi.input": io.BytesIO(b"x" * sent), "wsgi.input_terminated": True, **({"CONTENT_LENGTH": announced} if announced else {})}
    answer = party.http.post("/v2.0/fhir/Claim/$submit", headers=headers, environ_overrides=raw)
    assert answer.status_code == status
    if status != 200:
        assert "2,000" in the_issue(answer)["details"]["text"] or "Send it again" in the_issue(answer)["details"]["text"]
        assert party.told.heard == [], "a body cut off is not acted on"


def test_a_subscription_created_tells_where_it_is(party):
    answer = party.http.post("/v2.2/fhir/Subscription", data=b"{}", headers={**party.bearer(), **FHIR})
    assert answer.status_code == 201
    assert answer.headers["Location"] == "http://127.0.0.1:8080/v2.2/fhir/Subscription/1"


def test_subscriptions_are_read_searched_changed_and_ended(party):
    headers = party.bearer()
    assert party.http.get("/v2.0/fhir/Subscription/7", headers=headers).status_code == 200
    assert party.http.get("/v2.0/fhir/Subscription?url=http://x&status=active,error", headers=headers).status_code == 200
    assert party.told.heard[-1][:2] == ("search", {"url": ["http://x"], "status": ["active,error"]})
    assert party.http.put("/v2.0/fhir/Subscription/7", data=b"{}", headers={**headers, **FHIR}).status_code == 200
    assert party.http.get("/v2.0/fhir/Subscription/7/$status", headers=headers).status_code == 200
    assert party.told.heard[-1][:2] == ("status", ("7",))
    assert party.http.get("/v2.0/fhir/Subscription/$status?id=7&id=8", headers=headers).status_code == 200
    assert party.told.heard[-1][:2] == ("status", ("7", "8"))
    gone = party.http.delete("/v2.0/fhir/Subscription/7", headers=headers)
    assert (gone.status_code, gone.data) == (204, b"")


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=st.binary(max_size=400), path=st.text(max_size=40), content=st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=30))
def test_no_request_however_odd_is_answered_500(party, body, path, content):
    headers = {**party.bearer(), "Content-Type": content}
    for where in ("/v2.0/fhir/Claim/$submit", "/v2.0/fhir/" + path, "/v2.2/cds-services/" + path):
        assert party.http.post(where, data=body, headers=headers).status_code < 500
