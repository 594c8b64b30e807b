"""Orders that may be billed in several ways, orders that follow another, limits that are used up, and the payer's apps."""

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from cds_hooks.apps import App
from cds_hooks.granting import Granted
from cds_hooks.on_file import OnFile
from ig_profiles.names import COVERAGE_INFORMATION, CPT, SNOMED
from ig_profiles.reading import Coding, extensions
from questionnaires.benefits import Ahead, Benefits, BilledAs, Limit
from tests.cds_hooks.builders import (
    ANYTHING_ELSE,
    OXYGEN,
    TODAY,
    all_told,
    answered,
    bundle,
    call,
    device_request,
    found,
    house,
    informed,
    only,
    shelf,
    told,
)
from tests.cds_hooks.rules import broken_rules

THERAPY = Coding(SNOMED, "91251008")
EXERCISE, TRAINING, UNLISTED, USUAL = (Coding(CPT, code) for code in ("97110", "97530", "97039", "97161"))
VISITS = Limit(Decimal(20), "visits")
ROWS = (
    BilledAs((EXERCISE,), authorization="not needed", because="Exercise needs no asking."),
    BilledAs((TRAINING,)),
    BilledAs((UNLISTED,), covered=False, because="A code for anything else is not paid."),
)
REHABILITATION = replace(
    ANYTHING_ELSE,
    topic="therapy",
    title="Therapy",
    services=(THERAPY, USUAL, EXERCISE, TRAINING, UNLISTED),
    because="Therapy restores movement.",
    benefits=Benefits(billed_as=ROWS),
)
DIALECTS = ("2.0", "2.1", "2.2")


def order(*codes, identity="s1", **more):
    return {
        "resourceType": "ServiceRequest",
        "id": identity,
        "status": "draft",
        "intent": "order",
        "code": {"coding": [{"system": code.system, "code": code.code} for code in codes]},
        "subject": {"reference": "Patient/p1"},
        "authoredOn": "2026-11-21",
        "requester": {"reference": "Practitioner/dr"},
        **more,
    }


def therapy(**benefits):
    return replace(REHABILITATION, benefits=replace(REHABILITATION.benefits, **benefits))


def payer(*editions, **more):
    return house(shelf=shelf(*(editions or (REHABILITATION,)), ANYTHING_ELSE), **more)


def by_code(body, dialect="2.2", given=None):
    answer, answers = answered(body, dialect, given or payer())
    (action,) = answer["systemActions"]
    said = extensions(action["resource"], COVERAGE_INFORMATION)
    return {tuple(coding["code"] for coding in all_told(each, "billingCode")): each for each in said}, answers


@pytest.mark.parametrize("dialect", DIALECTS)
def test_an_order_in_clinical_words_hears_every_way_it_may_be_billed_under_one_assertion(dialect):
    said, answers = by_code(call("order-sign", order(THERAPY)), dialect)
    assert {codes: (told(each, "covered"), told(each, "pa-needed")) for codes, each in said.items()} == {
        ("97161",): ("covered", "auth-needed"),
        ("97110",): ("covered", "no-auth"),
        ("97530",): ("covered", "auth-needed"),
        ("97039",): ("not-covered", None),
    }
    assert len({told(each, "coverage-assertion-id") for each in said.values()}) == 1 and len(answers) == 4
    assert [broken_rules(each, dialect) for each in said.values()] == [set()] * 4
    assert told(said[("97110",)], "reason") == "Exercise needs no asking."


def test_an_order_that_names_its_billing_code_hears_that_way_alone():
    said, _ = by_code(call("order-sign", order(THERAPY, EXERCISE)))
    assert {codes: told(each, "pa-needed") for codes, each in said.items()} == {("97110",): "no-auth"}


def test_ways_that_several_billing_options_leave_open_are_told_apart():
    said, _ = by_code(call("order-sign", order(EXERCISE, TRAINING)))
    assert set(said) == {("97110",), ("97530",)}


def test_the_number_stands_on_the_way_that_is_authorized_alone():
    held = OnFile("PA-7", (TRAINING,), True, date(2026, 11, 1), TODAY, date(2026, 12, 31))
    said, answers = by_code(call("order-sign", order(THERAPY)), given=payer(on_file=lambda insured, npis: (held,)))
    assert {codes: told(each, "satisfied-pa-id") for codes, each in said.items()} == {("97161",): None, ("97110",): None, ("97530",): "PA-7", ("97039",): None}
    assert len({answer.assertion_id for answer in answers}) == 1


def test_nothing_is_granted_while_it_is_open_how_it_will_be_billed():
    proven = replace(OXYGEN, services=(THERAPY,), benefits=Benefits(billed_as=ROWS[:2]))
    given = house(found("86"), shelf=shelf(proven, ANYTHING_ELSE), grant=lambda wanted: Granted("PA-1", TODAY, TODAY))
    said, _ = by_code(call("order-sign", order(THERAPY)), given=given)
    assert told(said[("97530",)], "pa-needed") == "auth-needed" and "Name the one code" in told(said[("97530",)], "reason")
    said, _ = by_code(call("order-sign", order(THERAPY, TRAINING)), given=given)
    assert told(said[("97530",)], "satisfied-pa-id") == "PA-1"


def test_signing_again_says_nothing_new_about_any_way():
    body = call("order-sign", order(THERAPY))
    first, _ = answered(body, "2.2", payer())
    again, _ = answered(call("order-sign", first["systemActions"][0]["resource"]), "2.2", payer())
    assert "systemActions" not in again


@pytest.mark.parametrize("dialect", DIALECTS)
def test_an_order_that_follows_another_of_the_call_names_it(dialect):
    after = replace(ANYTHING_ELSE, topic="after", title="After", services=(THERAPY,), benefits=Benefits(depends_on=("home_oxygen",)))
    body = call("order-sign", device_request(), order(THERAPY))
    answer, _ = answered(body, dialect, house(found(), shelf=shelf(OXYGEN, after, ANYTHING_ELSE)))
    first, second = (informed(answer, position)[0] for position in (0, 1))
    assert all_told(first, "dependency") == [] and all_told(second, "dependency") == [{"reference": "DeviceRequest/order-1"}]
    assert any("This follows Oxygen concentrator, ordered with it" in reason["text"] for reason in all_told(second, "reason"))


def test_an_order_whose_forerunner_is_not_in_the_call_names_nothing():
    after = replace(ANYTHING_ELSE, topic="after", services=(THERAPY,), benefits=Benefits(depends_on=("home_oxygen",)))
    assert all_told(only(call("order-sign", order(THERAPY)), given=payer(after)), "dependency") == []


@pytest.mark.parametrize("unit", ["visits", "{visit}", None])
def test_what_is_left_of_a_limit_is_told_with_how_much_was_used(unit):
    quantity = {"value": 8} | ({"unit": unit} if unit else {})
    free = therapy(billed_as=(), limit=VISITS)
    given = payer(replace(free, authorization="not needed"), used=lambda insured, edition, on: Decimal(12))
    answer, _ = answered(call("order-sign", order(THERAPY, quantityQuantity=quantity)), "2.2", given)
    (said,) = informed(answer)
    (detail,) = [part["extension"] for part in said["extension"] if part["url"] == "detail"]
    values = {part["url"]: part for part in detail}
    assert values["value"]["valueQuantity"] == {"value": Decimal(8), "unit": "visits"} and values["category"]["valueCode"] == "cat-limitation"
    assert values["qualification"]["valueString"] == "12 of 20 visits used in 2026, 8 remain"
    assert told(said, "pa-needed") == "no-auth" and answer["cards"] == []


def test_an_order_for_more_than_is_left_is_looked_at_and_never_refused():
    free = replace(therapy(billed_as=(), limit=VISITS), authorization="not needed")
    given = payer(free, used=lambda insured, edition, on: Decimal(12))
    answer, _ = answered(call("order-sign", order(THERAPY, quantityQuantity={"value": 9, "unit": "visits"})), "2.2", given)
    (said,) = informed(answer)
    assert (told(said, "covered"), told(said, "pa-needed")) == ("covered", "auth-needed")
    assert "The order asks for 9 visits; 12 of 20 visits used in 2026, 8 remain." in told(said, "reason")
    card = answer["cards"][0]
    assert card["source"]["topic"]["code"] == "limits" and "more than is left (8 visits)" in card["summary"] and card["indicator"] == "warning"
    assert "a person looks at it" in card["detail"]


def test_a_proven_order_beyond_the_limit_is_referred_and_not_granted():
    limited = replace(OXYGEN, benefits=Benefits(limit=Limit(Decimal(1), "each")))
    given = house(found("86"), shelf=shelf(limited, ANYTHING_ELSE), grant=lambda wanted: Granted("PA-1", TODAY, TODAY), used=lambda *asked: Decimal(1))
    assert told(only(call(), given=given), "pa-needed") == "auth-needed"
    left = replace(given, used=lambda *asked: Decimal(0))
    assert told(only(call(), given=left), "pa-needed") == "satisfied"


def test_what_lies_ahead_is_told_as_a_detail_and_on_the_card():
    ahead = Ahead(concurrent_review_every_days=7, retro_window_days=2, appropriate_use=True)
    given = house(found(), shelf=shelf(replace(OXYGEN, benefits=Benefits(ahead=ahead, limit=VISITS)), ANYTHING_ELSE))
    answer, _ = answered(call(), "2.2", given)
    (said,) = informed(answer)
    codes = [
        [each["valueCodeableConcept"]["coding"][0]["code"] for each in part["extension"] if each["url"] == "code"]
        for part in said["extension"]
        if part["url"] == "detail"
    ]
    assert ["concurrent-review"] in codes and ["appropriate-use-needed"] in codes
    (card,) = [card for card in answer["cards"] if "what comes up" in card["summary"]]
    assert "a review every 7 days" in card["detail"] and "until 2 days after the first day" in card["detail"]
    assert "At most 20 visits in a calendar year" in card["detail"] and "Appropriate use must be shown" in card["detail"]


APP = App("Titration", "https://apps.larkfield.example/launch", "It plans the test.", ("home_oxygen",), ("order-sign",))


@pytest.mark.requirement("crd-2.2:resp-72")
@pytest.mark.parametrize("dialect", DIALECTS)
def test_an_app_is_launched_with_what_was_said_and_with_nobodys_data(dialect):
    answer, (said,) = answered(call(), dialect, house(found(), apps=(APP,)))
    (card,) = [card for card in answer["cards"] if any(link["type"] == "smart" for link in card.get("links", []))]
    (link,) = card["links"]
    assert (link["label"], link["url"], "suggestions" in card) == (APP.name, APP.url, False)
    assert json.loads(link["appContext"]) == {"assertions": [said.assertion_id], "policy": "home_oxygen", "version": "2026.1"}


@pytest.mark.parametrize("app", [replace(APP, topics=("cosmetic",)), replace(APP, hooks=("encounter-start",))])
def test_an_app_for_another_policy_or_hook_is_not_offered(app):
    answer, _ = answered(call(), "2.2", house(found(), apps=(app,)))
    assert not [link for card in answer["cards"] for link in card.get("links", []) if link["type"] == "smart"]


def test_a_visit_based_on_an_order_billed_in_two_ways_is_answered_once_with_both():
    visit = {"resourceType": "Appointment", "id": "a1", "status": "proposed", "basedOn": [{"reference": "ServiceRequest/s1"}], "start": "2026-12-01"}
    body = call("appointment-book", visit)
    body["prefetch"]["orders"] = bundle(order(THERAPY))
    said, _ = by_code(body)
    assert len(said) == 4


@pytest.mark.parametrize(("dialect", "named"), [("2.0", []), ("2.1", ["VisionPrescription/v1"]), ("2.2", ["VisionPrescription/v1"])])
def test_glasses_are_named_as_what_an_order_follows_where_the_guide_knows_them(dialect, named):
    after = replace(ANYTHING_ELSE, topic="after", services=(THERAPY,), benefits=Benefits(depends_on=("glasses",)))
    glasses = {"resourceType": "VisionPrescription", "id": "v1", "status": "draft", "patient": {"reference": "Patient/p1"}}
    glasses["lensSpecification"] = [{"product": {"coding": [{"system": CPT, "code": "92340"}]}, "eye": "left"}]
    first = replace(ANYTHING_ELSE, topic="glasses", services=(Coding(CPT, "92340"),))
    answer, _ = answered(call("order-sign", order(THERAPY), glasses), dialect, house(shelf=shelf(after, first, ANYTHING_ELSE)))
    assert [each["reference"] for each in all_told(informed(answer)[0], "dependency")] == named
