"""Cards are few, in plain sentences, and say what the system action does not."""

import uuid
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from cds_hooks.granting import Granted
from cds_hooks.membership import Standing
from cds_hooks.respond import respond
from cds_hooks.touchpoints import by_edition
from questionnaires.policy import Certifies
from tests.cds_hooks.any_answer import BASIS, NEEDED, answer
from tests.cds_hooks.builders import ANYTHING_ELSE, OXYGEN, POLICY_PAGE, call, configured, device_request, found, heard, house, shelf

TEMPORARY, OFFICIAL = "http://hl7.org/fhir/us/davinci-crd/CodeSystem/temp", "http://terminology.hl7.org/CodeSystem/cdshooks-card-type"


def cards(body=None, dialect="2.2", given=None):
    return {card["source"]["topic"]["code"]: card for card in respond(heard(body or call(), dialect), given or house())[0]["cards"]}


@pytest.mark.trap(19)
@pytest.mark.requirement("cds-hooks-2.0:80", "cds-hooks-2.0:87", "cds-hooks-2.0:88", "cds-hooks-2.0:90", "cds-hooks-2.0:105")
@pytest.mark.requirement("cds-hooks-2.0:115", "cds-hooks-2.0:216", "cds-hooks-2.0:217", "cds-hooks-2.0:218", "crd-2.0.1:232")
@pytest.mark.requirement("crd-2.2:resp-4", "crd-2.2:resp-5", "crd-2.2:resp-25", "cds-hooks-2.0:83")
@pytest.mark.parametrize(("dialect", "system"), [("2.0", TEMPORARY), ("2.1", TEMPORARY), ("2.2", OFFICIAL)])
def test_every_card_is_signed_by_the_insurer_with_a_topic_of_its_guide(dialect, system):
    shown = cards(dialect=dialect)
    assert set(shown) == {"guideline", "clinical-reminder", "limits"}
    for card in shown.values():
        assert card["source"]["label"] == "Larkfield Health Plan"
        assert card["source"]["topic"]["system"] == system
        assert str(uuid.UUID(card["uuid"])) == card["uuid"]
        assert 0 < len(card["summary"]) < 140
        assert card["indicator"] == "info"


@pytest.mark.requirement("crd-2.0.1:248", "crd-2.0.1:258", "crd-2.0.1:259")
@pytest.mark.requirement("cds-hooks-2.0:103", "cds-hooks-2.0:138", "cds-hooks-2.0:139", "cds-hooks-2.0:141", "cds-hooks-2.0:142")
@pytest.mark.requirement("cds-hooks-2.0:147", "crd-2.2:resp-18", "crd-2.2:resp-19")
def test_an_external_reference_leads_to_the_paragraph_with_a_summary_and_no_suggestion():
    card = cards()["guideline"]
    assert card["links"] == [{"label": "Home oxygen: the policy", "url": POLICY_PAGE, "type": "absolute"}]
    assert "Home oxygen is covered when" in card["detail"]
    assert "suggestions" not in card


@pytest.mark.requirement("crd-2.0.1:249")
def test_instructions_name_what_would_settle_each_open_criterion_and_have_no_link():
    card = cards(given=house(found(spo2=None)))["clinical-reminder"]
    assert "- A qualifying oxygen saturation: a saturation at rest" in card["detail"]
    assert "room air" not in card["detail"]
    assert "links" not in card and "suggestions" not in card


def test_a_chart_that_shows_everything_needs_no_instructions():
    assert "clinical-reminder" not in cards(given=house(found("86")))


@pytest.mark.requirement("crd-2.2:resp-25")
def test_cards_do_not_repeat_the_system_action():
    shown = cards()
    assert "coverage-info" not in shown
    for card in shown.values():
        assert "prior authorization" not in (card["summary"] + card["detail"]).lower()


@pytest.mark.requirement("crd-2.2:resp-17", "crd-2.2:resp-23")
def test_cards_never_send_anybody_to_a_portal():
    for given in (house(), house(found("86")), house(standing=Standing.NOT_ACTIVE)):
        for card in cards(given=given).values():
            assert "portal" not in card["detail"].lower()
            assert [link["url"] for link in card.get("links", [])] in ([], [POLICY_PAGE])


@pytest.mark.trap(30)
@pytest.mark.requirement("crd-2.0.1:140")
@pytest.mark.requirement("crd-2.2:dev-24")
def test_one_policy_is_one_card_however_many_orders_and_names_them_in_human_terms():
    bottle = {"coding": [{"system": "urn:oid:2.16.840.1.113883.6.285", "code": "E0431"}], "text": "Bottle"}
    other = device_request("E0431", "order-2", codeCodeableConcept=bottle)
    card = cards(call("order-sign", device_request(), other))["guideline"]
    assert "Concerns Oxygen concentrator, Bottle." in card["detail"]
    assert card["extension"] == {"davinci-crd.associated-resource": [{"reference": "DeviceRequest/order-1"}, {"reference": "DeviceRequest/order-2"}]}


@pytest.mark.trap(30)
def test_the_associated_resource_has_its_older_form_in_2_0():
    assert cards(dialect="2.0")["guideline"]["extension"] == {"davinci-associated-resource": ["DeviceRequest/order-1"]}


@pytest.mark.requirement("cds-hooks-2.0:88")
@pytest.mark.parametrize("dialect", ["2.0", "2.2"])
def test_trouble_with_the_insurance_tells_what_to_do_as_a_warning(dialect):
    card = cards(dialect=dialect, given=house(standing=Standing.UNKNOWN_MEMBER))["insurance"]
    assert card["indicator"] == "warning"
    assert "Ask the patient for the present member card" in card["detail"]
    assert "555-555-0100" in card["detail"]


@pytest.mark.requirement("crd-2.0.1:116", "crd-2.0.1:128", "crd-2.2:dev-5")
@pytest.mark.requirement("crd-2.2:dev-14")
@pytest.mark.parametrize("code", ["guideline", "clinical-reminder", "limits"])
def test_each_type_can_be_switched_off_alone(code):
    shown = cards(call(extension=configured(**{code: False})))
    assert set(shown) == {"guideline", "clinical-reminder", "limits"} - {code}


@pytest.mark.trap(34)
@pytest.mark.requirement("crd-2.2:dev-14")
def test_max_cards_keeps_the_most_important_and_does_not_count_system_actions():
    body = respond(heard(call(extension=configured(max_cards=1))), house())[0]
    assert [card["source"]["topic"]["code"] for card in body["cards"]] == ["clinical-reminder"]
    assert len(body["systemActions"]) == 1
    body = respond(heard(call(extension=configured(max_cards=0))), house())[0]
    assert (body["cards"], len(body["systemActions"])) == ([], 1)


@pytest.mark.requirement("cds-hooks-2.0:80")
def test_a_card_keeps_its_uuid_within_a_hook_instance_and_changes_it_in_another():
    one, again, other = (cards(call(hookInstance=instance))["guideline"]["uuid"] for instance in ("a", "a", "b"))
    assert one == again != other


@pytest.mark.trap(27)
@pytest.mark.requirement("cds-hooks-2.0:83")
def test_a_long_label_is_cut_between_words():
    words = "extraordinarily long name of a concentrator " * 6
    order = device_request()
    order["codeCodeableConcept"]["text"] = words
    card = cards(call("order-sign", order))["guideline"]
    assert len(card["summary"]) < 140 and card["summary"].endswith(" …")
    assert card["summary"][:-2].split()[-1] in words.split()


def test_what_comes_up_later_is_told_from_the_policy():
    less = Certifies(30, when=("low",))
    edition = replace(OXYGEN, certifies=Certifies(90, Decimal("2.0"), "each"), certifies_less=(less,))
    card = cards(given=house(shelf=shelf(edition)))["limits"]
    assert card["summary"] == "Home oxygen: what comes up for Oxygen concentrator, and when"
    for line in (
        "- Now: the request, with the form Home oxygen.",
        "- When certified: for 90 days from the first day of service.",
        "- Only 30 days where this applies: A qualifying oxygen saturation.",
        "- Quantity: up to 2 each without a further review.",
        "send the renewal before the certified period ends",
    ):
        assert line in card["detail"]
    assert "links" not in card and "suggestions" not in card


def test_an_order_authorized_at_once_is_told_when_to_renew_and_nothing_to_do_now():
    granted = Granted("PA1", date(2026, 11, 21), date(2027, 2, 18))
    detail = cards(given=house(found("86"), grant=lambda wanted: granted))["limits"]["detail"]
    assert "send the renewal before 2027-02-18" in detail and "- Now" not in detail


def test_a_policy_that_certifies_nothing_has_nothing_ahead():
    assert "limits" not in cards(call("order-sign", device_request("E9999")))


def test_a_policy_billed_in_several_ways_is_told_in_its_own_words_not_in_those_of_one_way():
    other = replace(OXYGEN, because="This way of billing is not paid.", covered=False)
    about = [replace(answer(**NEEDED), basis=replace(BASIS, edition=edition)) for edition in (OXYGEN, other)]
    ((edition, answers),) = by_edition(about)
    assert edition is OXYGEN and list(answers) == about


def test_a_policy_for_whatever_no_other_mentions_has_no_card_of_its_own():
    everything = replace(ANYTHING_ELSE, policy_link=POLICY_PAGE)
    assert "guideline" not in cards(call("order-sign", device_request("E9999")), given=house(shelf=shelf(OXYGEN, everything)))
