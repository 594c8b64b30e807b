"""Calls are read leniently, and refused with the place and the mending when they cannot be."""

import pytest

from cds_hooks.request import read
from cds_hooks.services import service
from ig_profiles.outcome import NotSupported, Unprocessable, Unreadable
from tests.cds_hooks.builders import bundle, call, coverage, device_request, heard


def refusal(kind, body, hook="order-sign", dialect="2.2"):
    with pytest.raises(kind) as caught:
        read(body, service(f"{hook}-crd"), dialect)
    return caught.value.issues[0]


def test_the_base_sets_the_dialect_and_the_call_may_override_it():
    assert heard(call(), "2.0").dialect == "2.0"
    assert heard(call(extension={"davinci-crd.requestedVersion": "2.2"}), "2.0").dialect == "2.2"
    assert heard(call(extension={"davinci-crd.requestedVersion": "2.1"}), "2.2").dialect == "2.1"


@pytest.mark.trap(35)
def test_a_version_nobody_speaks_is_refused_with_those_that_are_spoken():
    issue = refusal(NotSupported, call(extension={"davinci-crd.requestedVersion": "3.0"}))
    assert issue.expression == "extension.davinci-crd.requestedVersion"
    assert "Ask for one of 2.0, 2.1, 2.2" in issue.text


@pytest.mark.parametrize("asked", [7, ["2.2"], {"version": "2.2"}, True])
def test_a_version_of_the_wrong_kind_is_refused_or_read_but_never_crashes(asked):
    body = call(extension={"davinci-crd.requestedVersion": asked})
    if asked == ["2.2"]:
        assert heard(body, "2.0").dialect == "2.2"
    else:
        assert "Ask for one of" in refusal(NotSupported, body).text


def test_a_body_that_is_no_object_is_unreadable():
    assert "Send one CDS Hooks request" in refusal(Unreadable, ["order-sign"]).text


def test_a_call_without_hook_is_told_which_to_name():
    body = call()
    del body["hook"]
    issue = refusal(Unprocessable, body)
    assert issue.expression == "hook"
    assert '"hook": "order-sign"' in issue.text


def test_a_call_for_another_hook_is_sent_to_its_service():
    issue = refusal(Unreadable, call("order-select"), hook="order-sign")
    assert issue.expression == "hook"
    assert "Call order-select-crd" in issue.text


@pytest.mark.parametrize("context", [None, "p1", [], 7])
def test_a_context_of_the_wrong_kind_is_refused_with_what_it_needs(context):
    issue = refusal(Unprocessable, call() | {"context": context})
    assert issue.expression == "context"
    assert "patientId, draftOrders" in issue.text


@pytest.mark.parametrize(
    ("hook", "field"),
    [
        ("order-sign", "draftOrders"),
        ("order-select", "selections"),
        ("order-dispatch", "patientId"),
        ("appointment-book", "appointments"),
        ("encounter-start", "encounterId"),
        ("encounter-discharge", "encounterId"),
    ],
)
def test_a_missing_context_field_is_named(hook, field):
    body = call(hook)
    del body["context"][field]
    issue = refusal(Unprocessable, body, hook)
    assert issue.expression == f"context.{field}"
    assert issue.text.startswith(f"context.{field} is missing")
    assert "Send " in issue.text


def test_draft_orders_that_are_no_bundle_are_refused_naming_what_came():
    issue = refusal(Unprocessable, call(context={"draftOrders": device_request()}))
    assert issue.expression == "context.draftOrders"
    assert "is a DeviceRequest. Send a FHIR Bundle" in issue.text


@pytest.mark.requirement("crd-2.0.1:131", "crd-2.0.1:169")
@pytest.mark.requirement("crd-2.2:hook-23", "crd-2.2:found-33", "crd-2.2:dev-17")
def test_unknown_context_fields_extensions_and_configuration_are_ignored():
    body = call(context={"weather": {"sky": "clear"}}, extension={"davinci-crd.configuration": {"alt-drug": True}, "other": 1}, mood="calm")
    assert [subject.carrier.resource["id"] for subject in heard(body).orders] == ["order-1"]


def test_a_hook_instance_need_not_be_unique_nor_a_uuid():
    assert heard(call(hookInstance="same-every-time")).instance == "same-every-time"
    assert heard(call(hookInstance=None)).instance == ""


@pytest.mark.trap(14)
@pytest.mark.requirement("crd-2.2:found-24")
def test_prefetch_is_found_by_type_whatever_its_keys_are_called():
    request = heard(call(prefetch={"zebra": coverage(), "coverageBundle": bundle({"resourceType": "Patient", "id": "p1"})}))
    assert request.patient["id"] == "p1"
    assert [entry.resource["id"] for entry in request.index.of_type("Coverage")] == ["cov1"]


@pytest.mark.trap(14)
@pytest.mark.parametrize("odd", [None, {"resourceType": "OperationOutcome", "issue": []}, {"resourceType": "Bundle"}, [], "text", 3, {"entry": [None]}])
def test_null_operation_outcome_and_empty_prefetch_are_survived(odd):
    request = heard(call(prefetch={"coverage": odd}))
    assert list(request.index.of_type("Coverage")) == []


@pytest.mark.requirement("cds-hooks-2.0:36")
def test_null_and_an_empty_searchset_under_our_own_key_mean_the_ehr_looked_in_vain():
    assert heard(call(prefetch={"coverage": None})).absent == {"Coverage"}
    assert heard(call(prefetch={"coverage": {"resourceType": "Bundle", "type": "searchset"}})).absent == {"Coverage"}
    assert heard(call(prefetch={"coverage": {"resourceType": "OperationOutcome"}})).absent == set()


def test_what_the_user_sees_in_the_context_wins_over_prefetch():
    old = device_request(authoredOn="2020-01-01")
    request = heard(call("order-sign", device_request(), prefetch={"order": old}))
    assert [entry.resource["authoredOn"] for entry in request.index.of_type("DeviceRequest")] == ["2026-11-21"]


@pytest.mark.trap(16)
def test_order_select_answers_only_the_selections_and_still_sees_every_draft():
    request = heard(call("order-select", device_request(), device_request(identity="order-2")))
    assert [subject.carrier.resource["id"] for subject in request.orders] == ["order-1"]
    assert [draft["id"] for draft in request.drafts] == ["order-1", "order-2"]


@pytest.mark.trap(15)
@pytest.mark.parametrize(
    "context",
    [
        {"dispatchedOrders": ["DeviceRequest/order-1"], "fulfillmentTasks": []},
        {"dispatched-orders": ["DeviceRequest/order-1"], "fulfillment-tasks": []},
        {"order": "DeviceRequest/order-1", "task": {"resourceType": "Task", "id": "t"}},
        {"dispatchedOrders": ["http://ehr.example/fhir/DeviceRequest/order-1"], "fulfillmentTask": {"resourceType": "Task", "id": "t"}},
    ],
)
def test_every_naming_of_order_dispatch_is_read_without_user_or_drafts(context):
    body = call("order-dispatch")
    body["context"] = {"patientId": "p1", "performer": "Organization/shop", **context}
    assert [subject.carrier.resource["id"] for subject in heard(body).orders] == ["order-1"]


@pytest.mark.trap(17)
def test_an_appointment_made_for_an_order_is_answered_on_the_order_in_2_2_and_on_itself_before():
    order = {"resourceType": "ServiceRequest", "id": "s1", "code": {"text": "MRI"}}
    visit = {"resourceType": "Appointment", "id": "a1", "basedOn": [{"reference": "ServiceRequest/s1"}], "start": "2026-12-01T09:00:00Z"}
    body = call("appointment-book", visit, prefetch={"coverage": coverage(), "order": order})
    assert [subject.carrier.resource["id"] for subject in heard(body, "2.2").orders] == ["s1"]
    assert [subject.carrier.resource["id"] for subject in heard(body, "2.0").orders] == ["a1"]
    assert heard(body, "2.0").orders[0].described_by.resource["id"] == "s1"


def test_two_appointments_for_one_order_are_answered_once():
    order = {"resourceType": "ServiceRequest", "id": "s1"}
    visits = [{"resourceType": "Appointment", "id": f"a{n}", "basedOn": [{"reference": "ServiceRequest/s1"}]} for n in (1, 2)]
    body = call("appointment-book", *visits, prefetch={"order": order})
    assert [subject.carrier.resource["id"] for subject in heard(body, "2.2").orders] == ["s1"]
    assert [subject.carrier.resource["id"] for subject in heard(body, "2.0").orders] == ["a1", "a2"]


def test_patient_id_is_taken_with_or_without_its_type():
    assert heard(call(context={"patientId": "Patient/p1"})).patient_id == "p1"


@pytest.mark.trap(37)
def test_the_access_token_is_never_shown():
    granted = {"access_token": "very-secret", "token_type": "Bearer", "expires_in": 30, "scope": "patient/*.rs user/*.rs"}
    request = heard(call(fhirServer="https://ehr.example/fhir", fhirAuthorization=granted))
    assert request.authorization.token == "very-secret"
    assert request.authorization.scopes == ("patient/*.rs", "user/*.rs")
    assert "very-secret" not in repr(request) + str(request.authorization)


@pytest.mark.trap(34)
def test_configuration_is_read_strictly_and_its_faults_count_as_not_given():
    odd = {"coverage-info": "false", "max-cards": True, "guideline": False, "insurance": [], "appropriate-use": False}
    assert heard(call(extension={"davinci-crd.configuration": odd})).configuration.given == {"guideline": False}
    assert heard(call(extension={"davinci-crd.configuration": {"max-cards": -1}})).configuration.max_cards == 10
    assert heard(call(extension={"davinci-crd.configuration": "none"})).configuration.given == {}


def test_configuration_may_be_a_list():
    listed = [{"code": "coverage-info", "value": False}, {"max-cards": 2}]
    assert heard(call(extension={"davinci-crd.configuration": listed})).configuration.given == {"coverage-info": False, "max-cards": 2}


def test_a_task_stands_for_its_order_and_says_for_which_time():
    task = {"resourceType": "Task", "id": "t", "focus": {"reference": "DeviceRequest/order-1"}, "restriction": {"period": {"start": "2026-12-24"}}}
    body = call("order-dispatch")
    body["context"] |= {"dispatchedOrders": ["Task/t", "DeviceRequest/order-1"], "fulfillmentTasks": [task]}
    (subject,) = heard(body).orders
    assert (subject.carrier.resource["id"], subject.on, subject.until) == ("order-1", "2026-12-24", None)
