"""The EHR takes a suggestion as one transaction: new ids, references to what is new, conditional creates, all or nothing."""

import json
from datetime import UTC, date, datetime

import pytest
import responses

from fhir_pa.provider.cds_client import CdsClient
from fhir_pa.provider.crd.suggestions import IF_NONE_EXIST, accepted, change_of
from fhir_pa.provider.keys import Keys
from fhir_pa.provider.patients import charts_on
from fhir_pa.provider.wire import WrongAnswer

FORM = {"resourceType": "Questionnaire", "id": "form", "url": "http://q", "version": "1"}
PAYER = {"resourceType": "Organization", "id": "payer", "identifier": [{"system": "urn:npi", "value": "9"}], "name": "Larkfield"}
TASK = {"resourceType": "Task", "requester": {"reference": "Organization/payer"}, "basedOn": [{"reference": "DeviceRequest/1"}]}
ORDER = {"resourceType": "DeviceRequest", "id": "1", "status": "draft"}


def create(resource, query=None):
    return {"type": "create", "description": "…", "resource": resource, **({"extension": {IF_NONE_EXIST: query}} if query else {})}


def suggestion(*actions):
    return {"label": "Take it", "uuid": "s-1", "actions": list(actions)}


def change(*actions, held=(ORDER,)):
    return change_of(suggestion(*actions), held, lambda kind: f"new-{kind.lower()}")


def test_what_is_new_gets_the_ehrs_own_ids_and_is_referred_to_by_them():
    made = change(create(FORM), create(PAYER), create(TASK))
    assert [each["id"] for each in made.kept] == ["new-questionnaire", "new-organization", "new-task"] and made.gone == ()
    assert made.kept[2]["requester"] == {"reference": "Organization/new-organization"}
    assert made.kept[2]["basedOn"] == TASK["basedOn"], "what is held keeps its name"
    assert TASK["requester"] == {"reference": "Organization/payer"}, "the suggestion itself stays as it came"


@pytest.mark.parametrize(
    ("resource", "query", "held"),
    [
        (PAYER, "identifier=urn%3Anpi%7C9", {**PAYER, "id": "theirs"}),
        (FORM, "url=http%3A%2F%2Fq&version=1", {**FORM, "id": "theirs"}),
    ],
)
def test_a_conditional_create_finds_what_is_there_and_refers_to_it(resource, query, held):
    refers = {**TASK, "requester": {"reference": f"{resource['resourceType']}/{resource['id']}"}}
    made = change(create(resource, query), create(refers), held=(ORDER, held))
    (task,) = made.kept
    assert task["requester"] == {"reference": f"{resource['resourceType']}/theirs"}
    assert len(change(create(resource, query)).kept) == 1
    assert len(change(create(resource, query), held=({**held, "version": "2", "identifier": []},)).kept) == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"type": "delete", "resourceId": "DeviceRequest/9"},
        {"type": "update", "resource": {**ORDER, "id": "9"}},
        {"type": "replace", "resource": ORDER},
        {"type": "create"},
        {"type": "delete"},
    ],
)
def test_one_action_that_does_not_fit_leaves_everything_as_it_is(wrong):
    with pytest.raises(WrongAnswer, match="The suggestion 'Take it'"):
        change(create(TASK), wrong)


def test_a_chart_takes_new_drafts_among_its_orders_and_the_rest_among_its_findings():
    orla = charts_on(date(2026, 11, 21)).by_patient["orla-penhallow"]
    (order,) = orla.orders
    changed = {**order, "note": [{"text": "changed"}]}
    taken = orla.with_taken([changed, {**ORDER, "id": "new"}, {**TASK, "id": "t", "status": "ready"}], [])
    assert taken.orders == (changed, {**ORDER, "id": "new"}) and taken.findings[-1]["resourceType"] == "Task"
    assert orla.with_taken([], [f"DeviceRequest/{order['id']}"]).orders == ()


@responses.activate
def test_the_payer_hears_what_was_accepted():
    orla = charts_on(date(2026, 11, 21)).by_patient["orla-penhallow"]
    base = "http://127.0.0.1:8080/v2.0"
    responses.post(f"{base}/cds-services/order-sign-crd/feedback", json={"received": 1})
    client, at = CdsClient(base, "2.0.1", "http://127.0.0.1:9090", "oakwood-ehr", Keys.new()), datetime(2026, 11, 21, 15, tzinfo=UTC)
    taken = client.accept(orla, {"id": "order-sign-crd"}, {"uuid": "c-1"}, suggestion(create({**ORDER, "id": "provisional"})), at)
    assert taken.orders[-1]["id"].startswith("orla-penhallow-devicerequest-")
    sent = json.loads(responses.calls[-1].request.body)
    assert sent == accepted({"uuid": "c-1"}, {"uuid": "s-1"}, "2026-11-21T15:00:00+00:00")
    assert sent["feedback"] == [
        {"card": "c-1", "outcome": "accepted", "acceptedSuggestions": [{"id": "s-1"}], "outcomeTimestamp": "2026-11-21T15:00:00+00:00"}
    ]
