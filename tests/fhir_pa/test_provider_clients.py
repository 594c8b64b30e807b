"""The provider's clients against a payer played by the test: what goes over the wire, and how answers are read."""

import json
import time
from datetime import date

import pytest
import responses
from joserfc import jwt

from fhir_pa.provider.cds_client import CdsClient, service_for
from fhir_pa.provider.crd.coverage_answer import read_order
from fhir_pa.provider.crd.prefetch import expand, fill
from fhir_pa.provider.keys import Keys
from fhir_pa.provider.pas.claim_response import read_bundle, read_inquiry
from fhir_pa.provider.pas_client import PasClient
from fhir_pa.provider.patients import charts_on
from fhir_pa.provider.play.telling import findings
from fhir_pa.provider.wire import Wire, WrongAnswer
from ig_profiles.names import COVERAGE_INFORMATION, PAS_PROFILE

PAYER, EHR = "http://127.0.0.1:8080", "http://127.0.0.1:9090"
TODAY = date(2026, 11, 21)
SERVICE = {"hook": "order-sign", "id": "order-sign-crd", "prefetch": {"coverage": "Coverage?patient={{context.patientId}}&status=active"}}


@pytest.fixture
def keys():
    return Keys.new()


@pytest.fixture
def orla():
    return charts_on(TODAY).by_patient["orla-penhallow"]


def coverage_information(**values):
    parts = [{"url": "coverage", "valueReference": {"reference": "Coverage/orla-penhallow-larkfield"}}]
    parts += [{"url": url.replace("_", "-"), "valueCode": value} for url, value in values.items()]
    parts += [{"url": "questionnaire", "valueCanonical": "http://q|1"}, {"url": "coverage-assertion-id", "valueString": "A-1"}]
    return {"url": COVERAGE_INFORMATION, "extension": [*parts, {"url": "reason", "valueCodeableConcept": {"text": "a test is needed"}}]}


def hook_is_answered(order, **rest):
    said = coverage_information(covered="covered", pa_needed="auth-needed", doc_needed="clinical", doc_purpose="withpa")
    update = {"type": "update", "description": "…", "resource": {**order, "extension": [said]}}
    responses.get(f"{EHR}/fhir/Coverage", json={"resourceType": "Bundle", "type": "searchset", "entry": []})
    responses.post(f"{PAYER}/v2.0/cds-services/order-sign-crd", json={"cards": [], "systemActions": [update], **rest})


def client(keys, guide="2.0.1"):
    return CdsClient(f"{PAYER}/v2.0", guide, EHR, "oakwood-ehr", keys)


@responses.activate
@pytest.mark.parametrize(("guide", "extension"), [("2.0.1", None), ("2.2", {"davinci-crd.requestedVersion": "2.2"})])
def test_order_sign_carries_a_signed_token_prefetch_and_the_drafts(keys, orla, guide, extension):
    hook_is_answered(orla.orders[0])
    client(keys, guide).order_sign(orla, SERVICE)
    call = responses.calls[-1].request
    sent = json.loads(call.body)
    token = jwt.decode(call.headers["Authorization"].removeprefix("Bearer "), keys.hooks, algorithms=["ES384"])
    assert token.claims["aud"] == f"{PAYER}/v2.0/cds-services/order-sign-crd"
    assert token.header["jku"] == f"{EHR}/jwks.json"
    assert sent["hook"] == "order-sign"
    assert sent["context"]["patientId"] == "orla-penhallow"
    assert sent["context"]["draftOrders"]["entry"][0]["resource"]["status"] == "draft"
    assert sent["prefetch"]["coverage"]["resourceType"] == "Bundle"
    assert sent.get("extension") == extension
    assert keys.patient_of(sent["fhirAuthorization"]["access_token"], f"{EHR}/fhir", int(time.time())) == "orla-penhallow"
    assert sent["fhirAuthorization"]["expires_in"] == 300


@responses.activate
def test_coverage_information_is_read_from_the_system_action(keys, orla):
    hook_is_answered(orla.orders[0])
    answered = client(keys).order_sign(orla, SERVICE)
    said = answered.coverage["DeviceRequest/orla-penhallow-order-e1390"][0]
    assert (said.covered, said.pa_needed, said.doc_needed) == ("covered", "auth-needed", ("clinical",))
    assert (said.questionnaires, said.assertion_id, said.reasons) == (("http://q|1",), "A-1", ("a test is needed",))


@responses.activate
def test_an_answer_without_cards_is_no_answer(keys, orla):
    hook_is_answered(orla.orders[0], cards=None)
    with pytest.raises(WrongAnswer, match="without a list of cards"):
        client(keys).order_sign(orla, SERVICE)


def test_a_payer_without_the_hook_is_said_so():
    with pytest.raises(WrongAnswer, match="order-sign"):
        service_for({"services": [{"hook": "order-select"}]}, "order-sign")


def test_an_order_without_coverage_information_has_none(orla):
    assert read_order(orla.orders[0]) == ()


def test_the_2_2_templates_are_walked_through_references():
    encounter = {"resourceType": "Encounter", "id": "e", "participant": [{"individual": {"reference": "Practitioner/p"}}]}
    held = {"Practitioner/p": {"resourceType": "Practitioner", "id": "p"}, "PractitionerRole/r": {"resourceType": "PractitionerRole", "id": "r"}}
    order = {"resourceType": "ServiceRequest", "id": "s", "requester": {"reference": "PractitionerRole/r"}}
    context = {"draftOrders": {"resourceType": "Bundle", "entry": [{"resource": order}]}}
    requester = "context.draftOrders.entry.resource.requester.resolve()"
    token = "{{%encounter.participant.individual.resolve().ofType(Practitioner).id|" + requester + ".ofType(Practitioner).id}}"
    assert expand(f"Practitioner?_id={token}", context, {"encounter": encounter}, held.get) == "Practitioner?_id=p"
    roles = "PractitionerRole?_id={{" + requester + ".ofType(PractitionerRole).id}}"
    assert expand(roles, context, {}, held.get) == "PractitionerRole?_id=r"


def test_the_2_0_templates_pick_orders_by_type():
    orders = [{"resourceType": kind, "id": kind.lower()} for kind in ("DeviceRequest", "ServiceRequest")]
    context = {"draftOrders": {"resourceType": "Bundle", "entry": [{"resource": order} for order in orders]}}
    assert expand("ServiceRequest?_id={{context.draftOrders.ServiceRequest.id}}", context, {}, lambda _: None) == "ServiceRequest?_id=servicerequest"


def test_a_template_that_finds_nothing_is_left_out_rather_than_null():
    templates = {"patient": "Patient/{{context.patientId}}", "devices": "Device?_id={{context.draftOrders.entry.resource.code.resolve().id}}"}
    held = {"Patient/orla": {"resourceType": "Patient", "id": "orla"}}
    assert fill(templates, {"patientId": "orla"}, held.get, lambda _: None) == {"patient": held["Patient/orla"]}


def token_endpoint_answers():
    responses.get(f"{PAYER}/v2.2/fhir/.well-known/smart-configuration", json={"token_endpoint": f"{PAYER}/oauth/token"})
    responses.post(f"{PAYER}/oauth/token", json={"access_token": "t-1", "token_type": "bearer", "expires_in": 300})


@responses.activate
def test_the_client_proves_itself_once_and_uses_its_token_again(keys):
    token_endpoint_answers()
    responses.post(f"{PAYER}/v2.2/fhir/Claim/$submit", json={"resourceType": "Bundle"})
    pas = PasClient(f"{PAYER}/v2.2/fhir", "oakwood-ehr", keys)
    pas.submit({"resourceType": "Bundle"})
    pas.submit({"resourceType": "Bundle"})
    asked = [call.request for call in responses.calls if call.request.url.endswith("/oauth/token")]
    assert len(asked) == 1
    form = dict(part.split("=", 1) for part in asked[0].body.split("&"))
    claims = jwt.decode(form["client_assertion"], keys.backend, algorithms=["ES384"]).claims
    assert (claims["iss"], claims["sub"], claims["aud"]) == ("oakwood-ehr", "oakwood-ehr", f"{PAYER}/oauth/token")
    assert responses.calls[-1].request.headers["Authorization"] == "Bearer t-1"
    assert responses.calls[-1].request.headers["Content-Type"] == "application/fhir+json"


@responses.activate
def test_a_refusal_is_told_in_the_payers_words(keys):
    token_endpoint_answers()
    outcome = {"resourceType": "OperationOutcome", "issue": [{"details": {"text": "Add a Claim as the first entry."}}]}
    responses.post(f"{PAYER}/v2.2/fhir/Claim/$submit", json=outcome, status=400)
    with pytest.raises(WrongAnswer, match="400 instead of 200: Add a Claim"):
        PasClient(f"{PAYER}/v2.2/fhir", "oakwood-ehr", keys).submit({"resourceType": "Bundle"})


@responses.activate
def test_decimals_keep_their_digits_over_the_wire():
    responses.post(f"{PAYER}/x", body=b'{"value":100.00}', content_type="application/json")
    reply = Wire(PAYER).post("x", {"value": 1})
    assert str(reply.body["value"]) == "100.00"


def response(action, sequence=1, **more):
    code = {"url": f"{PAS_PROFILE}extension-reviewActionCode", "valueCodeableConcept": {"coding": [{"code": action}]}}
    number = [{"url": "number", "valueString": "PA-7"}] if action == "A1" else []
    reason = {"url": "reasonCode", "valueCodeableConcept": {"coding": [{"code": "0V"}]}}
    review = {"url": f"{PAS_PROFILE}extension-reviewAction", "extension": [code, *number, *([reason] if action == "A3" else [])]}
    period = {"url": f"{PAS_PROFILE}extension-itemPreAuthPeriod", "valuePeriod": {"start": "2026-11-21", "end": "2027-02-18"}}
    item = {"itemSequence": sequence, "extension": [period], "noteNumber": [2], "adjudication": [{"extension": [review]}]}
    notes = [{"number": 1, "text": "for another item"}, {"number": 2, "text": "Criterion hypoxemia: not met. Above the line."}]
    return {"resourceType": "ClaimResponse", "outcome": "complete", "identifier": [{"value": "C-1"}], "item": [item], "processNote": notes, **more}


def bundled(*resources):
    return {"resourceType": "Bundle", "entry": [{"resource": each} for each in resources]}


def test_a_decision_is_read_with_number_period_reason_and_findings():
    certified = read_bundle(bundled(response("A1"))).item(1)
    assert (certified.word, certified.number, certified.starts, certified.ends) == ("certified", "PA-7", "2026-11-21", "2027-02-18")
    assert findings(certified) == {"hypoxemia": "not met"}
    denied = read_bundle(bundled(response("A3"))).item(1)
    assert (denied.word, denied.number, denied.reasons) == ("not certified", None, ("0V",))


def test_an_inquiry_is_read_in_both_guides_shapes():
    older = read_inquiry(bundled(response("A1"), {"resourceType": "Patient"}, response("A4")))
    newer = read_inquiry({"resourceType": "Parameters", "parameter": [{"name": "return", "resource": bundled(response("A4"))}]})
    assert [answer.actions for answer in older] == [{1: "A1"}, {1: "A4"}]
    assert [answer.actions for answer in newer] == [{1: "A4"}]
    assert read_inquiry({"resourceType": "Parameters"}) == ()


def test_a_bundle_that_begins_with_something_else_is_no_decision():
    with pytest.raises(ValueError, match="begins with Patient"):
        read_bundle(bundled({"resourceType": "Patient"}, response("A1")))


def test_an_item_nobody_answered_is_named():
    with pytest.raises(KeyError, match="no item 9"):
        read_bundle(bundled(response("A1"))).item(9)


@pytest.mark.parametrize("on_the_request", [True, False])
def test_what_the_payer_still_wants_is_read_wherever_the_guide_puts_the_line(on_the_request):
    line = [{"url": f"{PAS_PROFILE}extension-serviceLineNumber", "valuePositiveInt": 2}]
    asks = {"resourceType": "CommunicationRequest", "identifier": [{"value": "R-1"}], "payload": [{"contentString": "18748-4"}]}
    asks = {**asks, "extension": line} if on_the_request else {**asks, "payload": [{**asks["payload"][0], "extension": line}]}
    [asked] = read_bundle(bundled(response("A4"), asks)).asked
    assert (asked.sequence, asked.control, asked.words) == (2, {"value": "R-1"}, "18748-4")
