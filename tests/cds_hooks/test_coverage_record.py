"""The coverage record put right from the payer's member file: one click at the front desk, nowhere else, and nothing unknown touched."""

from datetime import date
from decimal import Decimal

import pytest

from cds_hooks.coverage_record import MemberRecord, corrected
from ig_profiles.names import COVERAGE_CLASS, IDENTIFIER_TYPE
from tests.cds_hooks.answer_rules import broken
from tests.cds_hooks.builders import PATIENT, answered, bundle, call, configured, coverage, device_request, house
from tests.cds_hooks.profiles import faults

MEMBERS = "https://larkfield.example/members"
KNOWN = MemberRecord("LF-1", MEMBERS, "Silver PPO", date(2026, 1, 1), date(2026, 12, 31))
NUMBER = {"type": {"coding": [{"system": IDENTIFIER_TYPE, "code": "MB"}]}, "system": MEMBERS, "value": "LF-1"}
PLAN = {"type": {"coding": [{"system": COVERAGE_CLASS, "code": "plan"}]}, "value": "silver-ppo", "name": "Silver PPO"}
GROUP = {"type": {"coding": [{"system": COVERAGE_CLASS, "code": "group"}]}, "value": "G-7", "name": "Oak"}
HIMSELF = {"coding": [{"code": "self"}]}
AGREES = {
    "identifier": [NUMBER],
    "period": {"start": "2026-01-01", "end": "2026-12-31"},
    "class": [GROUP, PLAN],
    "relationship": HIMSELF,
    "subscriberId": "LF-1",
    "subscriber": {"reference": "Patient/p1"},
    "payor": [{"reference": "Organization/larkfield"}],
    "extension": [{"url": "http://ehr.example/score", "valueDecimal": Decimal("1.0")}],
}


def held(**otherwise):
    return coverage(**{**AGREES, **otherwise})


def cards(sent, hook="encounter-start", dialect="2.2", record=KNOWN, **more):
    body = call(hook, prefetch={"patient": PATIENT, **({"coverage": bundle(sent)} if sent else {})}, **more)
    given = house(record=lambda coverage, patient: record, organization={"identifier": [{"system": "urn:payer", "value": "9"}]})
    told = answered(body, dialect, given)[0]
    assert broken(told, dialect, hook) == []
    return [card for card in told["cards"] if "suggestions" in card]


def action(sent, **more):
    (card,) = cards(sent, **more)
    (suggestion,) = card["suggestions"]
    (only,) = suggestion["actions"]
    return only


@pytest.mark.requirement("crd-2.2:resp-71", "crd-2.0.1:306")
@pytest.mark.parametrize("dialect", ["2.0", "2.1", "2.2"])
def test_a_coverage_that_differs_is_corrected_with_one_suggestion_and_all_else_kept(dialect):
    sent = held(period={"start": "2026-01-01", "end": "2026-06-30"})
    (card,) = cards(sent, dialect=dialect)
    (suggestion,) = card["suggestions"]
    (only,) = suggestion["actions"]
    assert (only["type"], card["source"]["topic"]["code"], card["selectionBehavior"]) == ("update", "insurance", "at-most-one")
    assert only["resource"] == {**sent, "period": {"start": "2026-01-01", "end": "2026-12-31"}}
    assert str(only["resource"]["extension"][0]["valueDecimal"]) == "1.0" and list(only["resource"]) == list(sent)
    assert "- Last day: 2026-12-31 instead of 2026-06-30" in card["detail"] and "By hand: correct these" in card["detail"]
    assert [fault for fault in faults(only["resource"], dialect) if "score" not in fault] == []


@pytest.mark.parametrize(
    ("otherwise", "element", "becomes"),
    [
        ({"identifier": [{**NUMBER, "value": "LF-9"}]}, "identifier", [NUMBER]),
        ({"identifier": [{"system": "urn:other", "value": "7"}]}, "identifier", [{"system": "urn:other", "value": "7"}, NUMBER]),
        ({"subscriberId": "LF-9"}, "subscriberId", "LF-1"),
        ({"period": {"start": "2025-01-01", "end": "2026-12"}}, "period", {"start": "2026-01-01", "end": "2026-12"}),
        ({"period": None}, "period", {"start": "2026-01-01", "end": "2026-12-31"}),
        ({"class": [GROUP, {**PLAN, "value": "gold", "name": "Gold"}]}, "class", [GROUP, {**PLAN, "value": "Silver PPO"}]),
        ({"class": [GROUP]}, "class", [GROUP, {**PLAN, "value": "Silver PPO"}]),
    ],
)
def test_each_thing_the_member_file_knows_is_put_right(otherwise, element, becomes):
    sent = {name: value for name, value in held(**otherwise).items() if value is not None}
    changed = action(sent)["resource"]
    assert changed[element] == becomes
    assert {name: value for name, value in changed.items() if name != element} == {name: value for name, value in sent.items() if name != element}


@pytest.mark.parametrize(
    "otherwise",
    [
        {},
        {"identifier": [{"value": "LF-1"}]},
        {"class": [{**PLAN, "value": "x"}]},
        {"class": [{**PLAN, "name": "x"}]},
        {"subscriberId": "LF-9", "relationship": {"coding": [{"code": "child"}]}},
    ],
)
def test_a_coverage_that_agrees_is_left_alone(otherwise):
    assert cards(held(**otherwise)) == []


def test_what_the_file_does_not_know_is_not_touched():
    assert corrected(held(period={"start": "2020-01-01"}), MemberRecord("LF-1")) is None


@pytest.mark.requirement("crd-2.2:resp-69", "crd-2.0.1:305")
def test_a_payer_that_does_not_say_so_corrects_nothing():
    assert cards(held(subscriberId="LF-9"), record=None) == []
    body = call("encounter-start", prefetch={"patient": PATIENT, "coverage": bundle(held(subscriberId="LF-9"))})
    assert answered(body, given=house())[0]["cards"] == []


@pytest.mark.parametrize(("hook", "given"), [("order-sign", False), ("order-select", False), ("order-dispatch", False), ("encounter-discharge", True)])
def test_clinicians_are_not_asked_to_keep_the_books(hook, given):
    body = call(hook, device_request("E0130"), prefetch={"patient": PATIENT, "coverage": bundle(held(subscriberId="LF-9")), "orders": bundle(device_request())})
    told = answered(body, "2.2", house(record=lambda coverage, patient: KNOWN))[0]
    assert any("member's coverage otherwise" in card["summary"] for card in told["cards"]) is given


def test_the_front_desk_can_switch_it_off():
    assert cards(held(subscriberId="LF-9"), extension=configured(insurance=False)) == []


@pytest.mark.requirement("crd-2.0.1:306")
def test_a_member_without_a_coverage_on_the_record_is_offered_one_in_2_0():
    (card,) = cards(None, dialect="2.0")
    (only,) = card["suggestions"][0]["actions"]
    added = only["resource"]
    assert (only["type"], added["status"], added["beneficiary"]) == ("create", "active", {"reference": "Patient/p1"})
    assert added["identifier"] == [NUMBER] and added["period"] == AGREES["period"] and added["class"][0]["value"] == "Silver PPO"
    assert added["payor"] == [{"identifier": {"system": "urn:payer", "value": "9"}, "display": "Larkfield Health Plan"}]
    assert faults(added, "2.0") == []
    assert "knows this patient as a member" in card["summary"] and "By hand: add these" in card["detail"]
    assert cards(None, dialect="2.0", record=None) == [] == cards(None, dialect="2.0", hook="order-select")
