"""An authorization comes with the answer only where it may, only once, and only when one outcome is possible."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from cds_hooks.given import Exemption
from cds_hooks.granting import Granted, Held
from cds_hooks.turnaround import turnaround
from ig_profiles.names import HCPCS, NPI
from ig_profiles.outcome import Unavailable
from tests.cds_hooks.builders import OXYGEN, all_told, answered, call, configured, device_request, found, house, informed, only, shelf, told
from tests.cds_hooks.rules import broken_rules

DIALECTS = ("2.0", "2.1", "2.2")
PA = Granted("PA1", date(2026, 11, 21), date(2027, 2, 18), Decimal("1"), "each")
DOCTOR = {"resourceType": "Practitioner", "id": "dr", "identifier": [{"system": NPI, "value": "9000000019"}]}


class Desk:
    """Grants what it is asked for, and remembers."""

    def __init__(self, answer=PA):
        self.answer, self.asked = answer, []

    def __call__(self, wanted):
        self.asked.append(wanted)
        return self.answer


def details(repetition):
    return {
        next(value["coding"][0]["code"] for value in all_told(part, "code")): (all_told(part, "value") or [None])[0]
        for part in repetition["extension"]
        if part["url"] == "detail"
    }


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_proven_order_is_satisfied_with_number_period_quantity_and_reason(dialect):
    desk = Desk()
    repetition = only(call(), dialect, house(found("86"), grant=desk))
    assert (told(repetition, "covered"), told(repetition, "pa-needed"), told(repetition, "satisfied-pa-id")) == ("covered", "satisfied", "PA1")
    assert all_told(repetition, "doc-needed") == all_told(repetition, "questionnaire") == []
    assert details(repetition)["allowed-period"] == {"start": "2026-11-21", "end": "2027-02-18"}
    assert details(repetition)["allowed-quantity"] == {"value": Decimal("1"), "unit": "each"}
    assert "meets every criterion of Home oxygen (2026.1): The measurement was taken on room air; A qualifying oxygen" in told(repetition, "reason")
    assert broken_rules(repetition, dialect) == set()
    assert told(repetition, "expiry-date") == (None if dialect == "2.0" else "2027-02-18")
    (wanted,) = desk.asked
    assert (wanted.assertion_id, [code.code for code in wanted.codes]) == (told(repetition, "coverage-assertion-id"), ["E1390"])


@pytest.mark.trap(33)
@pytest.mark.parametrize("hook", ["order-select", "order-dispatch"])
def test_nothing_is_granted_before_or_after_the_signature(hook):
    desk = Desk()
    assert told(only(call(hook), given=house(found("86"), grant=desk)), "pa-needed") == "auth-needed"
    assert desk.asked == []


@pytest.mark.trap(33)
@pytest.mark.parametrize("switch", ["unsolicited_determ", "coverage_info"])
def test_nothing_is_granted_that_the_call_does_not_want_to_hear(switch):
    desk = Desk()
    answered(call(extension=configured(**{switch: False})), given=house(found("86"), grant=desk))
    assert desk.asked == []


def test_a_what_if_call_says_that_the_criteria_appear_met():
    repetition = only(call(extension=configured(unsolicited_determ=False)), given=house(found("86"), grant=Desk()))
    assert told(repetition, "pa-needed") == "auth-needed" and "The criteria appear met" in told(repetition, "reason")


@pytest.mark.parametrize("answers", [found(None), found("89"), {}])
def test_a_chart_that_does_not_prove_everything_is_granted_nothing(answers):
    desk = Desk()
    only(call(), given=house(answers, grant=desk))
    assert desk.asked == []


def test_an_edition_that_certifies_nothing_and_one_without_criteria_grant_nothing():
    for edition in (replace(OXYGEN, certifies=None), replace(OXYGEN, criteria=())):
        desk = Desk()
        only(call(), given=house(found("86"), grant=desk, shelf=shelf(edition)))
        assert desk.asked == []


@pytest.mark.trap(33)
def test_an_order_that_may_be_billed_under_another_rule_too_names_the_other_code():
    order = device_request()
    order["codeCodeableConcept"]["coding"].append({"system": HCPCS, "code": "E0130"})
    desk = Desk()
    repetition = only(call("order-sign", order), given=house(found("86"), grant=desk))
    assert desk.asked == [] and "may also be billed as E0130" in told(repetition, "reason")


def test_what_keeps_the_payer_from_granting_is_told():
    repetition = only(call(), given=house(found("86"), grant=Desk(Held("Who orders is not at hand."))))
    assert told(repetition, "pa-needed") == "auth-needed" and told(repetition, "reason").endswith("Who orders is not at hand.")


@pytest.mark.parametrize("dialect", DIALECTS)
def test_an_exempt_clinician_needs_no_authorization_and_hears_why_and_until_when(dialect):
    asked = []

    def exempt(edition, service, npis, on):
        asked.append((edition.topic, tuple(npis), on))
        return Exemption("97 % certified in twelve months.", date(2027, 3, 1))

    body = call()
    body["prefetch"]["user"] = DOCTOR
    repetition = only(body, dialect, house(exempt=exempt, grant=Desk()))
    assert (told(repetition, "covered"), told(repetition, "pa-needed")) == ("covered", "no-auth")
    assert "exempt from prior authorization for Oxygen concentrator (Home oxygen) until 2027-03-01: 97 % certified" in told(repetition, "reason")
    assert all_told(repetition, "reason")[0]["coding"][0]["code"] == "gold-card"
    assert asked[0] == ("home_oxygen", ("9000000019",), date(2026, 11, 21))
    assert broken_rules(repetition, dialect) == set()


def test_nobody_is_exempt_whose_number_is_not_known():
    assert told(only(call(), given=house(exempt=lambda *_: Exemption("all are"))), "pa-needed") == "auth-needed"


def test_the_clinician_behind_a_role_and_the_one_who_must_be_fetched_are_known():
    role = {"resourceType": "PractitionerRole", "id": "r", "practitioner": {"reference": "Practitioner/dr"}}
    order = device_request(requester={"reference": "PractitionerRole/r"})
    body = call("order-sign", order)
    body["prefetch"] |= {"role": role}
    fetched = {"Practitioner/dr": DOCTOR}.get
    given = house(exempt=lambda edition, service, npis, on: Exemption("gold") if "9000000019" in tuple(npis) else None, fetch=fetched)
    assert told(only(body, given=given), "pa-needed") == "no-auth"


def test_at_dispatch_the_performer_is_read_where_needed_and_their_gold_card_counts():
    shop = {"resourceType": "Organization", "id": "shop", "name": "Fernhill Oxygen", "identifier": [{"system": NPI, "value": "9000000023"}]}

    def exempt(edition, service, npis, on):
        return Exemption("gold", npi="9000000023") if "9000000023" in tuple(npis) else None

    repetition = only(call("order-dispatch"), given=house(exempt=exempt, fetch={"Organization/shop": shop}.get))
    assert told(repetition, "pa-needed") == "no-auth" and told(repetition, "reason").startswith("Fernhill Oxygen is exempt")
    assert told(only(call("order-dispatch"), given=house(exempt=exempt)), "pa-needed") == "auth-needed", "unread, nobody knows the number"


@pytest.mark.parametrize(("dialect", "where"), [("2.0", "reason"), ("2.2", "detail")])
def test_the_time_to_a_decision_is_told_when_enough_is_known(dialect, where):
    measure = turnaround([timedelta(minutes=1)] * 3 + [timedelta(hours=20)] * 3)
    repetition = only(call(), dialect, house(turnaround=lambda edition, codes: measure))
    said = [reason["text"] for reason in all_told(repetition, "reason")] if where == "reason" else [details(repetition)["instructions"]]
    assert "Requests for this are decided within 1 minute half of the time, and nine in ten within 20 hours." in said
    assert broken_rules(repetition, dialect) == set()


def test_records_that_are_down_cost_their_part_of_the_answer_alone():
    def down(*_):
        raise Unavailable("no records")

    assert told(only(call(), given=house(on_file=down, turnaround=down)), "pa-needed") == "auth-needed"


def test_two_orders_of_one_call_are_granted_each_with_its_own_assertion():
    desk = Desk()
    body, _ = answered(call("order-sign", device_request(), device_request("E0431", "order-2")), given=house(found("86"), grant=desk))
    assert [told(informed(body, at)[0], "pa-needed") for at in (0, 1)] == ["satisfied", "satisfied"]
    assert len({wanted.assertion_id for wanted in desk.asked}) == 2
