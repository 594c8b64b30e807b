"""The FHIR addresses: who is let in, what is read, what a caller who erred is told."""

from __future__ import annotations

import io

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ig_profiles import xml
from ig_profiles.registry import open_set
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


@pytest.mark.pas_trap(33)
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
    assert "is for providers' systems" in the_issue(answer)["details"]["text"]


@pytest.mark.parametrize("content_type", ["text/plain", "application/pdf", "", "application/json; charset=latin-1", "application/fhir+xml; charset=utf-16"])
def test_a_body_that_is_neither_json_nor_xml_by_its_type_is_refused(party, content_type):
    answer = party.http.post("/v2.0/fhir/Claim/$submit", data=b"{}", headers={**party.bearer(), "Content-Type": content_type})
    assert answer.status_code == 415
    told = the_issue(answer)["details"]["text"]
    assert "application/fhir+json or application/fhir+xml" in told or "in JSON as in XML" in told


@pytest.mark.parametrize(("content_type", "body"), [("application/fhir+xml", b'{"resourceType":"Bundle"}'), ("application/json", b" <Bundle/>")])
def test_a_body_that_is_not_what_its_type_says_is_refused(party, content_type, body):
    answer = party.http.post("/v2.0/fhir/Claim/$submit", data=body, headers={**party.bearer(), "Content-Type": content_type})
    assert answer.status_code == 400
    told = the_issue(answer)["details"]["text"]
    assert content_type in told and ("For JSON, say" in told or "For XML, say" in told)
    assert party.told.heard == []


@pytest.mark.parametrize("content_type", ["application/fhir+xml", "application/xml", "text/xml; charset=utf-8"])
def test_an_operation_hears_the_bytes_of_an_xml_body_as_they_are(party, content_type):
    body = b'<Bundle xmlns="http://hl7.org/fhir"/>'
    answer = party.http.post("/v2.2/fhir/Claim/$submit", data=body, headers={**party.bearer(), "Content-Type": content_type})
    assert (answer.status_code, answer.mimetype) == (200, "application/fhir+json")
    assert party.told.heard[-1][1] == body


XML, JSON = "application/fhir+xml", "application/fhir+json"
WANTED = [
    ({}, "", JSON),
    ({}, "?_format=xml", XML),
    ({}, "?_format=XML", XML),
    ({}, "?_format=application/fhir%2Bxml", XML),
    ({}, "?_format=application/fhir+xml", XML),
    ({}, "?_format=application/fhir%2Bxml;%20charset%3Dutf-8", XML),
    ({}, "?_format=text/xml", XML),
    ({}, "?_format=application/fhir%2Bjson", JSON),
    ({"Accept": XML}, "?_format=json", JSON),
    ({"Accept": JSON}, "?_format=xml", XML),
    ({"Accept": XML}, "", XML),
    ({"Accept": "text/xml"}, "", XML),
    ({"Accept": "application/fhir+xml; fhirVersion=4.0"}, "", XML),
    ({"Accept": "application/fhir+json; fhirVersion=4.0"}, "", JSON),
    ({"Accept": "application/fhir+xml;q=0.5, application/fhir+json;q=0.9"}, "", JSON),
    ({"Accept": "application/fhir+xml;q=0.9, application/fhir+json;q=0.5"}, "", XML),
    ({"Accept": "text/html, application/xml;q=0.9, */*;q=0.8"}, "", XML),
    ({"Accept": "text/html, */*"}, "", JSON),
    ({"Accept": "application/*"}, "", JSON),
    ({"Accept": "text/*"}, "", XML),
    ({"Accept": "application/fhir+json;q=0, application/fhir+xml"}, "", XML),
]


@pytest.mark.parametrize(("headers", "query", "media_type"), WANTED, ids=[f"{row[0].get('Accept', '')}{row[1]}" for row in WANTED])
@pytest.mark.pas_trap(5)
def test_the_answer_is_in_the_format_the_caller_wants(party, headers, query, media_type):
    party.told.answer = {"resourceType": "CapabilityStatement", "status": "active"}
    answer = party.http.get("/v2.2/fhir/metadata" + query, headers=headers)
    assert (answer.status_code, answer.mimetype) == (200, media_type)
    assert answer.data.startswith(b"{" if media_type == JSON else b"<?xml")
    assert b"CapabilityStatement" in answer.data


@pytest.mark.parametrize(("headers", "query", "told"), [({"Accept": "text/html"}, "", "application/fhir+xml"), ({}, "?_format=turtle", "_format=xml")])
def test_a_caller_who_takes_neither_format_is_told_what_we_write(party, headers, query, told):
    answer = party.http.get("/v2.2/fhir/metadata" + query, headers=headers)
    assert answer.status_code == 406
    assert told in the_issue(answer)["details"]["text"]


def test_a_refusal_is_told_in_the_format_asked_for(party):
    for path, status in (("Claim/$submit", 401), ("Nowhere/1", 404)):
        answer = party.http.post(f"/v2.0/fhir/{path}?_format=xml", data=b"{}", headers=FHIR)
        assert (answer.status_code, answer.mimetype) == (status, XML)
        outcome = xml.parse(answer.data, open_set("2.0.1"))
        assert outcome["resourceType"] == "OperationOutcome" and outcome["issue"][0]["details"]["text"]


def test_an_answer_that_repeats_what_xml_cannot_say_is_still_given(party):
    party.told.answer = {"resourceType": "Basic", "id": "b", "unheard": 1, "text": {"div": "<div><br>"}, "language": "e\u0007n"}
    answer = party.http.get("/v2.2/fhir/metadata?_format=xml")
    assert answer.status_code == 200
    assert xml.parse(answer.data, open_set("2.2"))["id"] == "b"


def test_staff_and_hooks_are_answered_in_json_only(party):
    assert party.http.get("/v2.2/cds-services?_format=xml").status_code == 406
    assert party.http.get("/um/worklist", headers={**party.person(), "Accept": XML}).status_code == 406


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
