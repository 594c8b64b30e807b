"""Something else in the place of what is ordered, with one click: what the plan pays for first, or what would do as well."""

from dataclasses import replace
from decimal import Decimal

import pytest

from cds_hooks.granting import Granted
from cds_hooks.new_order import new_order
from cds_hooks.rewriting import rewritten
from ig_profiles.names import COVERAGE_INFORMATION, CPT, HCPCS, RXNORM
from ig_profiles.reading import Coding
from questionnaires.criteria import Answer
from questionnaires.offers import ORDER_KINDS, Alternative
from tests.cds_hooks.builders import ANYTHING_ELSE, OXYGEN, TODAY, answered, call, configured, device_request, found, house, shelf
from tests.cds_hooks.profiles import faults
from tests.cds_hooks.published import resources

CONSERVING = Coding(HCPCS, "E1399", "Oxygen conserving device")
INHALER = Coding(RXNORM, "435", "Albuterol inhaler")
LIGHTER = Alternative(CONSERVING, "It lasts longer.", ("E1390",), required=False, saves="The member pays 10 dollars less.")
FIRST = Alternative(INHALER, "A medicine comes first.", unless=("low",), required=True, order="MedicationRequest")
REQUIRED, OPTIONAL = "therapy-alternatives-req", "therapy-alternatives-opt"


def told(*offers, body=None, dialect="2.2", answers=None, edition=OXYGEN, **more):
    given = house(found() if answers is None else answers, shelf=shelf(replace(edition, alternatives=offers), ANYTHING_ELSE), **more)
    return answered(body or call(), dialect, given)[0]


def cards(*offers, **more):
    return {card["source"]["topic"]["code"]: card for card in told(*offers, **more)["cards"] if "suggestions" in card}


def only_action(card):
    (suggestion,) = card["suggestions"]
    (action,) = suggestion["actions"]
    return action


@pytest.mark.requirement("cds-hooks-2.0:92", "cds-hooks-2.0:93", "cds-hooks-2.0:95", "cds-hooks-2.0:96", "cds-hooks-2.0:117", "cds-hooks-2.0:119")
@pytest.mark.requirement("cds-hooks-2.0:124", "crd-2.0.1:77", "crd-2.2:resp-3", "crd-2.2:resp-55", "crd-2.2:resp-56")
@pytest.mark.parametrize("dialect", ["2.0", "2.1", "2.2"])
def test_another_code_is_one_update_of_the_whole_order_with_only_its_code_changed(dialect):
    order = device_request()
    card = cards(LIGHTER, body=call("order-sign", order), dialect=dialect)[OPTIONAL]
    action = only_action(card)
    changed = action["resource"]
    assert (action["type"], "resourceId" in action, card["selectionBehavior"], card["indicator"]) == ("update", False, "at-most-one", "info")
    assert changed["codeCodeableConcept"]["coding"] == [{"system": HCPCS, "code": "E1399", "display": "Oxygen conserving device"}]
    assert {name: value for name, value in changed.items() if name != "codeCodeableConcept"} == {
        name: value for name, value in order.items() if name != "codeCodeableConcept"
    }
    assert list(changed) == list(order) and str(changed["extension"][0]["valueDecimal"]) == "1.0"
    assert faults(changed, dialect) == []
    assert "E1399" in card["detail"] and "The member pays 10 dollars less." in card["detail"] and "By hand: put the other code" in card["detail"]


def test_what_we_said_of_the_order_before_goes_and_what_others_said_stays():
    ours = [part for part in told(LIGHTER)["systemActions"][0]["resource"]["extension"] if part["url"] == COVERAGE_INFORMATION]
    other = {"url": COVERAGE_INFORMATION, "extension": [{"url": "coverage", "valueReference": {"reference": "Coverage/other"}}]}
    order = device_request()
    order["extension"] += [*ours, other]
    changed = only_action(cards(LIGHTER, body=call("order-sign", order))[OPTIONAL])["resource"]
    assert [part for part in changed["extension"] if part["url"] == COVERAGE_INFORMATION] == [other]


def test_an_order_that_carried_nothing_but_our_words_comes_without_an_empty_list():
    bare = {name: value for name, value in device_request().items() if name != "extension"}
    annotated = told(LIGHTER, body=call("order-sign", bare))["systemActions"][0]["resource"]
    assert "extension" in annotated
    assert "extension" not in only_action(cards(LIGHTER, body=call("order-sign", annotated))[OPTIONAL])["resource"]


@pytest.mark.requirement("cds-hooks-2.0:131", "cds-hooks-2.0:133", "cds-hooks-2.0:134", "cds-hooks-2.0:135")
@pytest.mark.parametrize("dialect", ["2.0", "2.1", "2.2"])
def test_another_kind_of_order_takes_the_old_one_out_and_drafts_a_complete_new_one(dialect):
    card = cards(FIRST, dialect=dialect)[REQUIRED]
    (suggestion,) = card["suggestions"]
    gone, new = suggestion["actions"]
    assert (gone["type"], gone["resourceId"], "resource" in gone) == ("delete", "DeviceRequest/order-1", False)
    assert (new["type"], "resourceId" in new, card["indicator"]) == ("create", False, "warning")
    made = new["resource"]
    assert (made["resourceType"], made["status"], made["intent"], made["authoredOn"]) == ("MedicationRequest", "draft", "order", str(TODAY))
    assert made["medicationCodeableConcept"]["text"] == "Albuterol inhaler"
    order = device_request()
    assert (made["subject"], made["requester"], made["reasonCode"]) == (order["subject"], order["requester"], order["reasonCode"])
    assert "id" not in made and "dosageInstruction" not in made
    assert faults(made, dialect) == []
    assert "Larkfield Health Plan pays for Albuterol inhaler first" in card["summary"] and "with dose, quantity and times as you see fit" in card["detail"]


@pytest.mark.requirement("cds-hooks-2.0:125")
def test_each_alternative_is_a_suggestion_of_its_own_and_each_topic_a_card():
    second = replace(LIGHTER, coding=Coding(HCPCS, "E0424", "Stationary system"))
    shown = cards(LIGHTER, second, FIRST)
    assert [each["label"] for each in shown[OPTIONAL]["suggestions"]] == ["Oxygen conserving device", "Stationary system"]
    assert len({each["uuid"] for card in shown.values() for each in card["suggestions"]}) == 3
    assert len(shown[REQUIRED]["suggestions"]) == 1 and shown[REQUIRED]["uuid"] != shown[OPTIONAL]["uuid"]


@pytest.mark.requirement("cds-hooks-2.0:98", "cds-hooks-2.0:100", "cds-hooks-2.0:136", "cds-hooks-2.0:219")
def test_a_clinician_who_declines_may_say_why_in_words_of_the_payers_code_system():
    reasons = cards(FIRST)[REQUIRED]["overrideReasons"]
    assert {reason["system"] for reason in reasons} == {"https://larkfield.example/CodeSystem/override-reason"}
    assert len({reason["code"] for reason in reasons}) == len(reasons) >= 3
    assert all(reason["display"].strip() for reason in reasons)


def test_nothing_is_proposed_once_the_criterion_it_waits_for_is_met():
    assert REQUIRED in cards(FIRST, answers=found("92"))
    assert REQUIRED not in cards(FIRST, answers=found("86", room_air=None))


def test_an_offer_for_one_code_is_not_made_for_another():
    assert OPTIONAL not in cards(LIGHTER, body=call("order-sign", device_request("E0431")))


def test_what_is_drafted_already_is_not_proposed():
    drafted = device_request("E1399", "order-2")
    assert OPTIONAL not in cards(LIGHTER, body=call("order-sign", device_request(), drafted))
    early = call("order-select", device_request(), drafted)
    assert early["context"]["selections"] == ["DeviceRequest/order-1"] and OPTIONAL not in cards(LIGHTER, body=early)


@pytest.mark.parametrize("hook", ["order-sign", "order-select"])
def test_an_order_whose_chart_proves_it_is_left_alone(hook):
    assert cards(replace(LIGHTER, required=True), body=call(hook), answers=found("86")) == {}
    granted = Granted("PA1", TODAY, None)
    assert cards(LIGHTER, body=call(hook), answers=found("86"), grant=lambda wanted: granted) == {}


def test_an_order_in_force_may_be_changed_but_is_never_deleted():
    active = device_request(status="active")
    assert set(cards(LIGHTER, FIRST, body=call("order-sign", active))) == {OPTIONAL}


def test_nothing_is_proposed_for_orders_that_are_signed_already():
    assert cards(LIGHTER, FIRST, body=call("order-dispatch")) == {}


def test_an_excluded_service_is_told_with_what_the_plan_pays_for_instead():
    excluded = replace(OXYGEN, covered=False, criteria=(), certifies=None)
    assert cards(LIGHTER, edition=excluded)[OPTIONAL]["suggestions"][0]["label"] == "Oxygen conserving device"


def test_a_medication_told_by_a_contained_resource_is_replaced_with_it():
    drug = {"resourceType": "Medication", "id": "m", "code": {"coding": [{"system": HCPCS, "code": "E1390"}]}}
    contained = [drug, {"resourceType": "Practitioner", "id": "p"}]
    more = {"contained": contained, "medicationReference": {"reference": "#m"}, "requester": {"reference": "#p"}}
    order = {**device_request(), "resourceType": "MedicationRequest", **more}
    del order["codeCodeableConcept"]
    changed = only_action(cards(LIGHTER, body=call("order-sign", order))[OPTIONAL])["resource"]
    assert "medicationReference" not in changed and changed["medicationCodeableConcept"]["coding"][0]["code"] == "E1399"
    assert changed["contained"] == contained[1:]
    made = cards(FIRST, body=call("order-sign", order))[REQUIRED]["suggestions"][0]["actions"][1]["resource"]
    assert made["contained"] == contained[1:] and made["requester"] == {"reference": "#p"}


@pytest.mark.requirement("crd-2.2:resp-55")
@pytest.mark.parametrize("dialect", ["2.0", "2.2"])
def test_every_published_order_fits_its_profile_with_another_code_or_as_another_order(dialect):
    published = resources("hl7.fhir.us.davinci-crd-2.0.1", "package/example")
    orders = [order for order in published.values() if order["resourceType"] in ORDER_KINDS]
    assert len(orders) >= 6
    for order in orders:
        changed = rewritten(order, CONSERVING, "Coverage/example", "none-of-ours")
        if changed is not None:
            assert set(faults(changed, dialect)) <= set(faults(order, dialect)), order["id"]
        made = new_order("ServiceRequest", CONSERVING, order, TODAY, beside=False, patient="Patient/example", user="Practitioner/example")
        assert faults(made, dialect) == [], order["id"]


def test_an_order_of_several_codes_is_replaced_as_a_whole():
    lens = {"product": {"coding": [{"system": HCPCS, "code": "E1390"}]}, "eye": "right"}
    order = {
        "resourceType": "VisionPrescription",
        "id": "v",
        "status": "draft",
        "created": "2026-11-21",
        "patient": {"reference": "Patient/p1"},
        "dateWritten": "2026-11-21",
        "prescriber": {"reference": "Practitioner/dr"},
        "lensSpecification": [lens],
    }
    gone, new = cards(LIGHTER, body=call("order-sign", order))[OPTIONAL]["suggestions"][0]["actions"]
    assert gone["resourceId"] == "VisionPrescription/v" and new["resource"]["lensSpecification"][0]["product"]["text"] == "Oxygen conserving device"
    assert faults(new["resource"], "2.2") == []


def test_an_order_nobody_is_named_for_is_drafted_for_the_clinician_at_the_screen_or_not_at_all():
    order = {name: value for name, value in device_request().items() if name != "requester"}
    made = cards(FIRST, body=call("order-sign", order))[REQUIRED]["suggestions"][0]["actions"][1]["resource"]
    assert made["requester"] == {"reference": "Practitioner/dr"}
    assert cards(FIRST, body=call("order-sign", order, context={"userId": None})) == {}


@pytest.mark.parametrize(("code", "topic"), [(REQUIRED, REQUIRED), (OPTIONAL, OPTIONAL)])
def test_each_kind_can_be_switched_off(code, topic):
    assert set(cards(LIGHTER, FIRST, body=call(extension=configured(**{code: False})))) == {REQUIRED, OPTIONAL} - {topic}


def test_the_same_thing_is_never_offered_for_itself():
    same = Alternative(Coding("urn:oid:2.16.840.1.113883.6.285", "E1390", "Concentrator"), "It does.")
    assert cards(same, answers={"spo2": Answer("spo2", (Decimal(92),))}) == {}
    assert cards(Alternative(Coding(CPT, "94762", "Oximetry"), "It does.")) != {}
