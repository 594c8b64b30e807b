"""Something to order besides, with one click each: what the policy will ask about, unless it is drafted, ordered or done."""

from dataclasses import replace

import pytest

from ig_profiles.names import CPT, RXNORM
from ig_profiles.outcome import Unavailable
from ig_profiles.reading import Coding
from questionnaires.offers import ORDER_KINDS, Companion
from tests.cds_hooks.builders import ANYTHING_ELSE, OXYGEN, PATIENT, TODAY, answered, bundle, call, configured, coverage, device_request, found, house, shelf
from tests.cds_hooks.profiles import faults

GAS = Companion(Coding(CPT, "82803", "Blood gas"), "A low value shows the need.", unless=("low",), order="ServiceRequest", within_days=30)
DRUG = Companion(Coding(RXNORM, "7242", "Naloxone"), "It is kept at hand.", order="MedicationRequest")


def card(*offers, body=None, dialect="2.2", answers=None, **more):
    given = house(found() if answers is None else answers, shelf=shelf(replace(OXYGEN, companions=offers), ANYTHING_ELSE), **more)
    shown = [each for each in answered(body or call(), dialect, given)[0]["cards"] if "suggestions" in each]
    assert len(shown) <= 1
    return shown[0] if shown else None


def made(card):
    return [action["resource"] for suggestion in card["suggestions"] for action in suggestion["actions"]]


def done(kind="Procedure", code="82803", **more):
    return {"resourceType": kind, "id": "done", "status": "completed", "code": {"coding": [{"system": CPT, "code": code}]}, **more}


def with_chart(*resources):
    return call(prefetch={"patient": PATIENT, "coverage": bundle(coverage()), "chart": bundle(*resources)})


@pytest.mark.requirement("crd-2.2:resp-58", "cds-hooks-2.0:95", "cds-hooks-2.0:131")
def test_each_companion_is_a_suggestion_of_its_own_and_any_may_be_taken():
    shown = card(GAS, DRUG)
    assert (shown["source"]["topic"]["code"], shown["selectionBehavior"], shown["indicator"]) == ("clinical-reminder", "any", "info")
    assert [each["label"] for each in shown["suggestions"]] == ["Blood gas", "Naloxone"]
    assert [[action["type"] for action in each["actions"]] for each in shown["suggestions"]] == [["create"], ["create"]]
    assert "links" not in shown and all("resourceId" not in action for each in shown["suggestions"] for action in each["actions"])
    assert "- Blood gas (82803): A low value shows the need." in shown["detail"] and "Concerns Oxygen concentrator." in shown["detail"]
    assert "By hand: draft an order with that code" in shown["detail"]
    assert {"done-elsewhere", "later"} <= {reason["code"] for reason in shown["overrideReasons"]}


@pytest.mark.requirement("crd-2.2:resp-57")
@pytest.mark.parametrize("dialect", ["2.0", "2.1", "2.2"])
@pytest.mark.parametrize("kind", ORDER_KINDS)
def test_every_kind_of_order_is_drafted_whole_and_fits_its_profile(kind, dialect):
    order = device_request(encounter={"reference": "Encounter/e"}, reasonReference=[{"reference": "Condition/c"}, {"reference": "DiagnosticReport/r"}])
    (drafted,) = made(card(replace(GAS, order=kind), body=call("order-sign", order), dialect=dialect))
    assert (drafted["resourceType"], drafted["status"], drafted["encounter"]) == (kind, "draft", {"reference": "Encounter/e"})
    assert order["requester"] in (drafted.get("requester"), drafted.get("orderer"), drafted.get("prescriber"))
    assert order["subject"] in (drafted.get("subject"), drafted.get("patient"))
    assert str(TODAY) in (drafted.get("authoredOn"), drafted.get("dateTime"), drafted.get("dateWritten"))
    assert faults(drafted, dialect) == []


def test_the_new_order_says_what_it_is_based_on_and_why_where_its_kind_can():
    order = device_request(reasonReference=[{"reference": "Condition/c"}, {"reference": "DiagnosticReport/r"}], insurance=[{"reference": "Coverage/cov1"}])
    gas, drug = made(card(GAS, DRUG, body=call("order-sign", order)))
    assert gas["reasonCode"] == order["reasonCode"] and gas["insurance"] == order["insurance"]
    assert gas["supportingInfo"] == [{"reference": "DeviceRequest/order-1"}], "a ServiceRequest may not be based on a DeviceRequest"
    assert gas["reasonReference"] == drug["reasonReference"] == [{"reference": "Condition/c"}], "not every kind takes a report for a reason"
    service = {**order, "resourceType": "ServiceRequest", "code": order["codeCodeableConcept"]}
    del service["codeCodeableConcept"]
    assert made(card(GAS, body=call("order-sign", service)))[0]["basedOn"] == [{"reference": "ServiceRequest/order-1"}]


def test_nothing_is_asked_for_that_is_drafted_already():
    drafted = {"resourceType": "ServiceRequest", "id": "gas", "status": "draft", "intent": "order", "code": {"coding": [{"system": CPT, "code": "82803"}]}}
    assert card(GAS, body=call("order-sign", device_request(), drafted)) is None


@pytest.mark.parametrize(
    ("resource", "asked_again"),
    [
        (done(performedDateTime="2026-11-02"), False),
        (done(performedDateTime="2026-10-02"), True),
        (done(performedDateTime="2026-10"), False),
        (done(performedDateTime="2026-09"), True),
        (done(), False),
        (done(performedDateTime="2026-11-02", status="entered-in-error"), True),
        (done(code="94761", performedDateTime="2026-11-02"), True),
        (done("ServiceRequest", authoredOn="2026-11-20", status="active"), False),
        (done("ServiceRequest", authoredOn="2026-11-20", status="revoked"), True),
        (done(performedDateTime="2026-11-02", subject={"reference": "Patient/p1"}), False),
        (done(performedDateTime="2026-11-02", subject={"reference": "Patient/p2"}), True),
    ],
)
def test_what_was_ordered_or_done_lately_is_not_asked_for_again(resource, asked_again):
    assert (card(GAS, body=with_chart(resource)) is not None) is asked_again
    asked = []

    def fetch(query):
        asked.append(query)
        return bundle(resource) if query.startswith("ServiceRequest?") else {"resourceType": "Bundle", "type": "searchset"}

    assert (card(GAS, fetch=fetch) is not None) is asked_again
    assert "ServiceRequest?patient=p1&code=http%3A%2F%2Fwww.ama-assn.org%2Fgo%2Fcpt%7C82803" in asked


def refuse(query):
    raise Unavailable("The EHR is down.")


@pytest.mark.parametrize("fetch", [lambda query: None, lambda query: {"resourceType": "OperationOutcome"}, refuse])
def test_an_ehr_that_does_not_answer_costs_neither_the_card_nor_a_word_in_the_answer(fetch):
    given = house(found(), shelf=shelf(replace(OXYGEN, companions=(GAS,)), ANYTHING_ELSE), fetch=fetch)
    quiet = house(found(), shelf=shelf(OXYGEN, ANYTHING_ELSE), fetch=fetch)
    assert card(GAS, fetch=fetch) is not None
    assert answered(call(), given=given)[1][0].reasons == answered(call(), given=quiet)[1][0].reasons


def test_the_ehr_is_not_asked_where_nothing_would_be_proposed():
    asked = []

    def fetch(query):
        asked.append(query)
        return {"resourceType": "Bundle", "type": "searchset"}

    assert card(GAS, answers=found("86"), fetch=fetch) is None
    assert card(GAS, body=call(extension=configured(clinical_reminder=False)), fetch=fetch) is None
    assert not [query for query in asked if query.startswith("ServiceRequest?")]


def test_a_companion_goes_with_an_order_that_is_granted_too():
    assert card(DRUG, answers=found("86")) is not None
