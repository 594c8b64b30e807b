"""An order sent inside or outside the network: what the answer says, whom the card proposes, and what nobody guesses."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from cds_hooks.nearness import GEOLOCATION, distance_in_words, home_of, nearest
from cds_hooks.network import Address, Network, Provider
from ig_profiles.names import COVERAGE_INFORMATION, CPT, NPI, RXNORM
from ig_profiles.reading import Coding
from questionnaires.benefits import Benefits, Share
from tests.cds_hooks.builders import (
    ANYTHING_ELSE,
    OXYGEN,
    PATIENT,
    TODAY,
    all_told,
    answered,
    bundle,
    call,
    coverage,
    device_request,
    found,
    house,
    shelf,
    told,
)
from tests.cds_hooks.profiles import faults

BIRCH = Provider("9000000007", "Birch Oxygen", address=Address("1 Birch Way", "Dayton", "OH", "45402"), phone="555-555-0160", topics=("home_oxygen",), tier=1)
ELM = Provider("9000000015", "Elm Respiratory", address=Address("2 Elm Street", "Dayton", "OH", "45499"), topics=("home_oxygen",), tier=2)
FIR = Provider("9000000023", "Fir Home Care", address=Address("", "", "IN", "46201"), codes=("E1390",))
DOCTOR = Provider("9000000031", "Rosa Fern", "practitioner", topics=("home_oxygen",))
SCANS = Provider("9000000049", "Oak Imaging", topics=("surveillance_imaging",))
OUTSIDE = {"resourceType": "Organization", "id": "shop", "active": True, "name": "Hazel Oxygen", "identifier": [{"system": NPI, "value": "9000000056"}]}
INSIDE = {**OUTSIDE, "identifier": [{"system": NPI, "value": BIRCH.npi}]}
TASK = {"resourceType": "Task", "id": "t1", "status": "requested", "intent": "order", "focus": {"reference": "DeviceRequest/order-1"}}
SHARED = Benefits(share=Share(Decimal(10), Decimal(40)))
OUTSIDE_ONLY = Benefits(outside_network_only=True, share=Share(Decimal(10), Decimal(40)))
DAYTON = {**PATIENT, "address": [{"use": "home", "city": "Dayton", "state": "OH", "postalCode": "45402-1111"}]}


def dispatched(performer=OUTSIDE, orders=None, context=None, patient=DAYTON):
    orders = orders or [device_request()]
    prefetch = {"patient": patient, "coverage": bundle(coverage()), "orders": bundle(*orders)} | ({"performer": performer} if performer else {})
    return call("order-dispatch", *orders, prefetch=prefetch, context=context)


def service_request():
    return {
        "resourceType": "ServiceRequest",
        "id": "s1",
        "status": "draft",
        "intent": "order",
        "code": {"coding": [{"system": CPT, "code": "97110"}]},
        "subject": {"reference": "Patient/p1"},
        "authoredOn": "2026-11-21",
        "requester": {"reference": "Practitioner/dr"},
        "occurrenceDateTime": "2026-12-01",
    }


def medication_request():
    return {
        "resourceType": "MedicationRequest",
        "id": "m1",
        "status": "draft",
        "intent": "order",
        "medicationCodeableConcept": {"coding": [{"system": RXNORM, "code": "435", "display": "Albuterol"}], "text": "Albuterol"},
        "subject": {"reference": "Patient/p1"},
        "authoredOn": "2026-11-21",
        "requester": {"reference": "Practitioner/dr"},
    }


def payer(*providers, benefits=SHARED, **more):
    return house(found(), shelf=shelf(replace(OXYGEN, benefits=benefits), ANYTHING_ELSE), network=Network(providers), **more)


def sent(body, given, dialect="2.2"):
    answer, _ = answered(body, dialect, given)
    (action,) = answer["systemActions"]
    (repetition,) = [each for each in action["resource"]["extension"] if each["url"] == COVERAGE_INFORMATION]
    return repetition, {card["source"]["topic"]["code"]: card for card in answer["cards"]}


def details(repetition):
    parts = [part["extension"] for part in repetition["extension"] if part["url"] == "detail"]
    named = [{each["url"]: next(value for key, value in each.items() if key != "url") for each in part} for part in parts]
    return {each["code"]["coding"][0]["code"]: each for each in named}


def reasons(repetition):
    return " ".join(reason["text"] for reason in all_told(repetition, "reason"))


def test_a_performer_inside_the_network_is_answered_as_ever_with_the_share_inside():
    repetition, cards = sent(dispatched(INSIDE), payer(BIRCH))
    assert told(repetition, "pa-needed") == "auth-needed" and "network" not in reasons(repetition)
    assert "network" not in cards and "cost" not in cards
    assert "in-network-copay" in details(repetition) and "out-network-copay" not in details(repetition)


@pytest.mark.parametrize(("dialect", "category"), [("2.0", None), ("2.1", None), ("2.2", "cat-decisional")])
def test_a_performer_outside_the_network_hears_what_holds_there_and_never_that_it_is_not_covered(dialect, category):
    repetition, cards = sent(dispatched(), payer(BIRCH), dialect)
    assert (told(repetition, "covered"), told(repetition, "pa-needed")) == ("covered", "auth-needed")
    assert "Hazel Oxygen is not in the network of Larkfield Health Plan." in reasons(repetition)
    share = details(repetition)["out-network-copay"]
    assert (share["value"], share.get("category")) == ({"value": Decimal(40), "unit": "%"}, category)
    assert "deductible and maximum are not included" in share["qualification"]
    assert "about 40 % with Hazel Oxygen, 10 % inside the network" in cards["cost"]["summary"]


def test_the_card_proposes_at_most_three_of_the_network_and_each_is_a_fit_order():
    order = device_request(performer={"reference": "Organization/shop"})
    _, cards = sent(dispatched(orders=[order]), payer(FIR, SCANS, ELM, BIRCH, DOCTOR))
    card = cards["network"]
    assert [each["label"] for each in card["suggestions"]] == ["Send to Birch Oxygen", "Send to Elm Respiratory", "Send to Fir Home Care"]
    assert "Hazel Oxygen is outside the network" in card["summary"] and "Oak Imaging" not in card["detail"]
    assert "1 Birch Way, Dayton, OH 45402, in the same postal area" in card["detail"] and "cost tier 1; 555-555-0160" in card["detail"]
    (update,) = card["suggestions"][0]["actions"]
    assert update["resource"]["performer"] == {"type": "Organization", "identifier": {"system": NPI, "value": BIRCH.npi}, "display": "Birch Oxygen"}
    assert {key: value for key, value in update["resource"].items() if key != "performer"} == {key: value for key, value in order.items() if key != "performer"}


@pytest.mark.requirement("crd-2.2:resp-55", "crd-2.2:resp-56")
@pytest.mark.parametrize("dialect", ["2.0", "2.1", "2.2"])
@pytest.mark.parametrize("order", [device_request(), service_request(), medication_request()], ids=lambda order: order["resourceType"])
def test_every_proposed_order_still_fits_its_profile(order, dialect):
    given = payer(BIRCH, DOCTOR)
    given = replace(given, shelf=shelf(replace(OXYGEN, services=(), benefits=SHARED)))
    answer, _ = answered(dispatched(orders=[order]), dialect, given)
    card = next(card for card in answer["cards"] if card["source"]["topic"]["code"] == "network")
    proposed = [action["resource"] for each in card["suggestions"] for action in each["actions"]]
    dispense = order["resourceType"] == "MedicationRequest"
    assert len(proposed) == (1 if dispense or dialect == "2.0" else 2), "only an organization dispenses; by 2.0.1 it performs nothing else"
    assert [faults(each, dialect) for each in proposed] == [[] for _ in proposed]


def test_a_provider_the_ehr_holds_is_named_and_not_created_again():
    body = dispatched()
    body["prefetch"]["others"] = bundle({**INSIDE, "id": "birch"})
    _, cards = sent(body, payer(BIRCH))
    ((action,),) = [each["actions"] for each in cards["network"]["suggestions"]]
    assert (action["type"], action["resource"]["performer"]["reference"]) == ("update", "Organization/birch")


def test_an_order_that_cannot_name_a_performer_is_told_by_hand():
    glasses = {"resourceType": "VisionPrescription", "id": "v1", "status": "draft", "patient": {"reference": "Patient/p1"}}
    glasses["lensSpecification"] = [{"product": {"coding": [{"system": CPT, "code": "92340"}]}, "eye": "left"}]
    seeing = replace(ANYTHING_ELSE, topic="glasses", services=(Coding(CPT, "92340"),))
    given = house(shelf=shelf(seeing, ANYTHING_ELSE), network=Network((replace(BIRCH, topics=("glasses",)),)))
    answer, _ = answered(dispatched(orders=[glasses]), given=given)
    card = next(card for card in answer["cards"] if card["source"]["topic"]["code"] == "network")
    assert "suggestions" not in card and "By hand: name one of them as the performer" in card["detail"]


def test_the_owner_of_the_task_is_the_performer_where_the_dispatch_names_none():
    task = {**TASK, "owner": {"reference": "Organization/shop"}}
    repetition, _ = sent(dispatched(context={"performer": "", "fulfillmentTasks": [task]}), payer(BIRCH))
    assert "Hazel Oxygen is not in the network" in reasons(repetition)


@pytest.mark.parametrize("providers", [(), (SCANS,)], ids=["nobody listed", "nobody listed for this service"])
def test_a_payer_that_lists_nobody_for_the_service_says_nothing_of_a_network(providers):
    repetition, cards = sent(dispatched(), payer(*providers, benefits=Benefits()))
    assert "network" not in reasons(repetition) and "network" not in cards


@pytest.mark.parametrize("performer", [None, {**OUTSIDE, "identifier": []}], ids=["not at hand", "without a number"])
def test_a_performer_that_cannot_be_told_apart_is_not_called_outside(performer):
    repetition, cards = sent(dispatched(performer), payer(BIRCH))
    assert "not in the network" not in reasons(repetition) and "network" not in cards


def test_a_role_is_followed_to_the_organization_behind_it_and_read_when_missing():
    role = {"resourceType": "PractitionerRole", "id": "r1", "organization": {"reference": "Organization/shop"}}
    asked = []

    def fetch(query):
        asked.append(query)
        return {"PractitionerRole/r1": role, "Organization/shop": INSIDE}.get(query)

    body = dispatched(None, context={"performer": "PractitionerRole/r1"})
    repetition, _ = sent(body, payer(BIRCH, benefits=OUTSIDE_ONLY, fetch=fetch))
    assert told(repetition, "pa-needed") == "no-auth" and {"PractitionerRole/r1", "Organization/shop"} <= set(asked)


def test_a_reference_by_number_alone_is_enough():
    order = device_request(performer={"identifier": {"system": NPI, "value": BIRCH.npi}, "display": "Birch"})
    repetition, _ = sent(call("order-sign", order), payer(BIRCH, benefits=OUTSIDE_ONLY))
    assert told(repetition, "pa-needed") == "no-auth" and "Birch is in the network" in reasons(repetition)


@pytest.mark.parametrize("dialect", ["2.0", "2.1", "2.2"])
def test_where_authorization_is_needed_outside_only_an_unknown_performer_is_asked_for(dialect):
    repetition, _ = sent(call(), payer(BIRCH, benefits=OUTSIDE_ONLY), dialect)
    assert (told(repetition, "covered"), told(repetition, "pa-needed"), all_told(repetition, "info-needed")) == ("covered", "conditional", ["performer"])
    assert all_told(repetition, "doc-needed") == ["conditional"] and not all_told(repetition, "questionnaire")
    _tells_outside_only(repetition, dialect)


@pytest.mark.parametrize("dialect", ["2.0", "2.1", "2.2"])
def test_where_authorization_is_needed_outside_only_the_performer_outside_needs_it_for_that_reason(dialect):
    repetition, cards = sent(dispatched(), payer(BIRCH, benefits=OUTSIDE_ONLY), dialect)
    assert told(repetition, "pa-needed") == "auth-needed" and "Hazel Oxygen is not in the network" in reasons(repetition)
    assert "From a performer inside the network it needs no prior authorization." in cards["network"]["detail"]
    _tells_outside_only(repetition, dialect)


def _tells_outside_only(repetition, dialect):
    codes = [coding["code"] for reason in all_told(repetition, "reason") for coding in reason.get("coding", [])]
    if dialect == "2.2":
        assert codes == ["auth-out-network"] and "auth-out-network-only" not in details(repetition)
    else:
        assert codes == [] and details(repetition)["auth-out-network-only"]["value"] is True


def test_a_network_nobody_listed_is_told_as_what_must_be_asked():
    repetition, _ = sent(dispatched(), payer(benefits=OUTSIDE_ONLY))
    assert all_told(repetition, "info-needed") == ["OTH"] and "Ask Larkfield Health Plan who is inside it." in reasons(repetition)


HERE = Address(latitude=Decimal("39.92"), longitude=Decimal("-83.81"), postal_code="45502", state="OH")


def spot(latitude, longitude):
    parts = [{"url": "latitude", "valueDecimal": Decimal(latitude)}, {"url": "longitude", "valueDecimal": Decimal(longitude)}]
    return {"url": GEOLOCATION, "extension": parts}


def test_who_is_nearest_goes_first_and_among_neighbours_who_has_room_soonest():
    near = replace(BIRCH, address=Address(latitude=Decimal("39.93"), longitude=Decimal("-83.80")), next_available=date(2026, 12, 9))
    soon = replace(ELM, address=Address(latitude=Decimal("39.95"), longitude=Decimal("-83.84")), next_available=date(2026, 11, 24))
    far = replace(FIR, address=Address(latitude=Decimal("41.50"), longitude=Decimal("-81.69")), next_available=TODAY)
    assert nearest([far, near, soon], HERE, TODAY) == [soon, near, far]
    assert distance_in_words(far, HERE) == "about 156 miles away"


def test_a_day_of_room_that_is_past_is_not_told():
    (past,) = nearest([replace(BIRCH, next_available=date(2026, 11, 20))], HERE, TODAY)
    assert past.next_available is None


def test_a_patient_lives_at_the_address_for_living():
    old, home = {"use": "old", "postalCode": "10001"}, {"use": "home", "state": "OH", "postalCode": "45502", "extension": [spot("39.92", "-83.81")]}
    assert home_of({"address": [old, home]}) == Address("", "", "OH", "45502", Decimal("39.92"), Decimal("-83.81"))
    assert home_of(None) == Address() and home_of({"address": [{"extension": [{"url": GEOLOCATION}]}]}) == Address()


ODD = [None, 7, "Organization/shop", [], [7], {"reference": 7}, {"reference": ""}, [{"identifier": "9"}, {"identifier": {"system": NPI}}]]


@pytest.mark.parametrize("odd", ODD)
@pytest.mark.parametrize("element", ["performer", "dispenseRequest"])
def test_a_performer_that_is_no_reference_is_nobody_and_no_error(element, odd):
    given = payer(BIRCH, benefits=OUTSIDE_ONLY)
    for order in (device_request(), service_request(), medication_request()):
        repetition, _ = sent(call("order-sign", {**order, element: odd}), replace(given, shelf=shelf(replace(OXYGEN, services=(), benefits=OUTSIDE_ONLY))))
        assert told(repetition, "pa-needed") == "conditional"


@pytest.mark.parametrize("address", [7, "Dayton", [7], [{"use": []}], [{"use": "home", "postalCode": 45402, "extension": [spot("NaN", "Infinity"), 7]}]])
def test_an_address_that_cannot_be_read_is_far_from_everybody_and_no_error(address):
    _, cards = sent(dispatched(patient={**PATIENT, "address": address}), payer(BIRCH))
    assert "Birch Oxygen" in cards["network"]["detail"] and "miles" not in cards["network"]["detail"]


def test_an_odd_dispense_is_replaced_where_a_new_performer_needs_it():
    given = replace(payer(BIRCH), shelf=shelf(replace(OXYGEN, services=(), benefits=SHARED)))
    order = {**medication_request(), "dispenseRequest": "soon"}
    answer, _ = answered(dispatched(orders=[order]), "2.2", given)
    card = next(card for card in answer["cards"] if card["source"]["topic"]["code"] == "network")
    assert card["suggestions"][0]["actions"][0]["resource"]["dispenseRequest"]["performer"]["display"] == "Birch Oxygen"
