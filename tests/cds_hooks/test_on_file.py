"""What is on file for the same member and service spares a request, narrows it, or warns of a second one."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from cds_hooks.on_file import OnFile, known
from ig_profiles.names import HCPCS
from ig_profiles.reading import Coding
from questionnaires.policy import RequestedService
from tests.cds_hooks.builders import TODAY, all_told, answered, call, configured, device_request, found, house, informed, told
from tests.cds_hooks.rules import broken_rules

DIALECTS = ("2.0", "2.1", "2.2")
OXYGEN = Coding(HCPCS, "E1390")
HELD = OnFile("PA1", (OXYGEN,), True, date(2026, 11, 1), date(2026, 11, 1), date(2027, 1, 29), Decimal("2"), "each")
REVIEW = OnFile("PR2", (OXYGEN,), False, date(2026, 11, 18), due_on=date(2026, 11, 25))


def asks(**more):
    return RequestedService((OXYGEN,), **more)


def seen(*listed, body=None, dialect="2.2", **more):
    """The one repetition, and the first card of each type, when this is on file."""
    answer, _ = answered(body or call(), dialect, house(found("86"), on_file=lambda insured, npis: listed, **more))
    (repetition,) = informed(answer)
    return repetition, {card["source"]["topic"]["code"]: card for card in reversed(answer["cards"])}


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_service_certified_for_the_day_is_satisfied_with_its_number_and_limits(dialect):
    repetition, cards = seen(HELD, dialect=dialect)
    assert (told(repetition, "pa-needed"), told(repetition, "satisfied-pa-id")) == ("satisfied", "PA1")
    assert all_told(repetition, "doc-needed") == []
    assert "PA1, certified on 2026-11-01. No new request is needed." in told(repetition, "reason")
    assert broken_rules(repetition, dialect) == set()
    assert "PA1 certifies it from 2026-11-01 to 2027-01-29 (2 each)" in cards["duplicate-therapy"]["detail"]
    assert cards["duplicate-therapy"]["indicator"] == "warning"


def test_the_authorization_of_the_very_order_is_no_duplicate():
    _, (answer,) = answered(call())
    repetition, cards = seen(replace(HELD, assertion=answer.assertion_id))
    assert told(repetition, "satisfied-pa-id") == "PA1" and "duplicate-therapy" not in cards


def test_an_order_for_more_than_is_certified_still_asks_and_says_for_what():
    longer = device_request(occurrencePeriod={"start": "2026-11-21", "end": "2027-06-01"})
    repetition, cards = seen(HELD, body=call("order-sign", longer))
    assert told(repetition, "pa-needed") == "auth-needed"
    assert "PA1 on file certifies 2 each from 2026-11-01 to 2027-01-29" in told(repetition, "reason")
    assert "For the difference" in cards["limits"]["detail"] and "duplicate-therapy" not in cards


def test_a_request_under_review_is_told_and_asks_for_documents_only_when_it_waits_for_some():
    repetition, cards = seen(REVIEW)
    assert told(repetition, "pa-needed") == "auth-needed" and all_told(repetition, "doc-needed") == []
    assert "under review as PR2 since 2026-11-18, to be decided by 2026-11-25. Wait for that decision" in told(repetition, "reason")
    assert "would not be decided sooner" in cards["duplicate-therapy"]["detail"]
    waiting, cards = seen(replace(REVIEW, lacks_evidence=True))
    assert all_told(waiting, "doc-needed") == ["clinical"]
    assert "Send what is still missing to that request" in told(waiting, "reason") and "send them to that request" in cards["duplicate-therapy"]["detail"]


def test_another_practices_authorization_spares_nothing_and_keeps_its_number_to_itself():
    repetition, cards = seen(replace(HELD, may_be_told=False))
    assert told(repetition, "pa-needed") == "auth-needed"
    assert "certified for another practice from 2026-11-01 to 2027-01-29" in told(repetition, "reason")
    assert "PA1" not in str(repetition) + str(cards)


def test_a_what_if_call_hears_of_it_without_the_number():
    repetition, cards = seen(HELD, body=call(extension=configured(unsolicited_determ=False)))
    assert (told(repetition, "pa-needed"), told(repetition, "satisfied-pa-id")) == ("no-auth", None)
    assert "PA1" not in str(repetition) + str(cards)


def test_what_is_on_file_spares_the_search_in_the_chart():
    def never(edition, resources):
        raise AssertionError("the chart was searched in vain")

    assert told(seen(HELD, facts=never)[0], "pa-needed") == "satisfied"


@pytest.mark.parametrize(
    ("service", "covered"),
    [
        (asks(), True),
        (asks(on=date(2027, 1, 29)), True),
        (asks(on=date(2027, 1, 30)), False),
        (asks(on=date(2026, 10, 31)), False),
        (asks(until=date(2027, 1, 29)), True),
        (asks(until=date(2027, 1, 30)), False),
        (asks(quantity=Decimal("2.0"), unit="each"), True),
        (asks(quantity=Decimal("2.5"), unit="each"), False),
        (asks(quantity=Decimal("1"), unit="month"), False),
    ],
)
def test_an_authorization_covers_its_days_and_its_quantity_and_no_more(service, covered):
    assert HELD.covers(service, TODAY) is covered


def test_an_authorization_for_one_code_does_not_stand_for_two():
    both = RequestedService((OXYGEN, Coding(HCPCS, "E0431")))
    assert known(both, both.codes, "a", [HELD], TODAY).anything is None
    assert known(asks(), (Coding("urn:oid:2.16.840.1.113883.6.285", "E1390"),), "a", [HELD], TODAY).standing is HELD


def test_of_several_the_one_of_this_order_and_then_the_one_that_ends_last_is_told():
    later = replace(HELD, number="PA3", until=date(2027, 6, 1))
    mine = replace(HELD, number="PA4", assertion="a")
    assert known(asks(), (OXYGEN,), "a", [HELD, later], TODAY).standing.number == "PA3"
    assert known(asks(), (OXYGEN,), "a", [HELD, later, mine], TODAY).standing.number == "PA4"


def knee(side, **more):
    return {
        "resourceType": "ServiceRequest",
        "id": side,
        "code": {"coding": [{"system": HCPCS, "code": "E1390"}], "text": f"{side} knee"},
        "authoredOn": "2026-11-21",
        "bodySite": [{"text": side}],
        **more,
    }


def test_what_was_certified_with_the_order_for_one_site_does_not_answer_for_another():
    _, (left,) = answered(call("order-sign", knee("left")))
    held = replace(HELD, assertion=left.assertion_id)
    same, _ = seen(held, body=call("order-sign", knee("left")))
    other, _ = seen(held, body=call("order-sign", knee("right")))
    assert told(same, "satisfied-pa-id") == "PA1"
    assert (told(other, "pa-needed"), told(other, "satisfied-pa-id")) == ("auth-needed", None)
    requested, _ = seen(replace(HELD, assertion=""), body=call("order-sign", knee("right")))
    assert told(requested, "satisfied-pa-id") == "PA1", "what was asked for as a request tells no site; it is taken as before"
