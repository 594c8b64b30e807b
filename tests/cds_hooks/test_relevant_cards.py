"""Readers get only messages that concern them and help them: about orders in scope, each once, nothing they know, the most important first."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from cds_hooks.configuration import DUPLICATE, GUIDELINE, INSURANCE, LIMITS, REMINDER
from cds_hooks.membership import Standing
from cds_hooks.on_file import OnFile
from ig_profiles.names import HCPCS
from ig_profiles.reading import Coding, Json, many
from tests.cds_hooks.builders import answered, call, configured, device_request, found, house

OXYGEN = Coding(HCPCS, "E1390")
HELD = OnFile("PA1", (OXYGEN,), True, date(2026, 11, 1), date(2026, 11, 1), date(2027, 1, 29))


def cards(body: Json, dialect: str = "2.2", **given: Any) -> list[Json]:
    """The cards of an answer."""
    return list(answered(body, dialect, house(**{"answers": found("86", room_air=None), **given}))[0]["cards"])


def topics(shown: list[Json]) -> list[str]:
    return [card["source"]["topic"]["code"] for card in shown]


def orders(card: Json) -> list[str]:
    """The orders a card says it is about (2.2)."""
    return [str(each["reference"]) for each in many(card, "extension", "davinci-crd.associated-resource")]


@pytest.mark.requirement("crd-2.2:found-13", "crd-2.0.1:26")
def test_an_order_that_was_not_selected_gets_no_card() -> None:
    shown = cards(call("order-select", device_request(), device_request("E0431", "order-2")))
    assert shown and {name for card in shown for name in orders(card)} == {"DeviceRequest/order-1"}


@pytest.mark.requirement("crd-2.2:found-13", "crd-2.0.1:26")
def test_an_order_that_needs_nothing_gets_no_card_about_a_request() -> None:
    shown = cards(call("order-sign", device_request("E0130")))
    assert not {REMINDER.code, LIMITS.code, DUPLICATE.code, INSURANCE.code} & set(topics(shown))


@pytest.mark.requirement("crd-2.2:found-13", "crd-2.0.1:26")
@pytest.mark.parametrize("dialect", ["2.0", "2.2"])
def test_nothing_is_said_twice_however_many_orders_of_one_policy_are_signed(dialect: str) -> None:
    shown = cards(call("order-sign", device_request(), device_request("E0431", "order-2"), device_request(identity="order-3")), dialect)
    assert len({card["uuid"] for card in shown}) == len({(card["summary"], card["detail"]) for card in shown}) == len(shown) > 1
    about_policy = [card for card in shown if card["source"]["topic"]["code"] == GUIDELINE.code]
    assert len(about_policy) == 1


@pytest.mark.requirement("crd-2.2:found-13", "crd-2.0.1:26")
def test_what_the_chart_shows_already_is_not_asked_for() -> None:
    (some,) = [card for card in cards(call(), answers=found("86", room_air=None)) if card["source"]["topic"]["code"] == REMINDER.code]
    assert "room air" in some["detail"] and "saturation" not in some["detail"]
    assert REMINDER.code not in topics(cards(call(), answers=found("86")))


@pytest.mark.requirement("crd-2.2:found-13", "crd-2.0.1:26")
def test_the_authorization_the_order_was_given_itself_is_no_news() -> None:
    _, (answer,) = answered(call())
    assert DUPLICATE.code in topics(cards(call(), on_file=lambda insured, npis: (HELD,)))
    mine = replace(HELD, assertion=answer.assertion_id)
    assert DUPLICATE.code not in topics(cards(call(), on_file=lambda insured, npis: (mine,)))


@pytest.mark.requirement("crd-2.2:found-13", "crd-2.0.1:26")
def test_what_the_coverage_information_says_is_no_card_of_its_own() -> None:
    for card in cards(call()):
        assert card["source"]["topic"]["code"] != "coverage-info" and "needs prior authorization" not in card["summary"]


@pytest.mark.requirement("crd-2.2:found-13", "crd-2.0.1:26")
@pytest.mark.parametrize(
    ("given", "first"),
    [
        ({"standing": Standing.NOT_ACTIVE}, INSURANCE.code),
        ({"on_file": lambda insured, npis: (HELD,)}, DUPLICATE.code),
        ({"on_file": lambda insured, npis: (replace(HELD, certified=False),)}, DUPLICATE.code),
    ],
)
def test_when_only_one_card_may_come_it_is_the_one_that_matters_most(given: dict[str, Any], first: str) -> None:
    assert topics(cards(call(extension=configured(max_cards=1)), **given)) == [first]


@pytest.mark.requirement("crd-2.2:found-13", "crd-2.0.1:26")
def test_fewer_cards_are_the_first_of_more_and_a_warning_is_never_behind_a_hint() -> None:
    given = {"on_file": lambda insured, npis: (HELD,)}
    two = call("order-sign", device_request(), device_request("E0431", "order-2"))
    whole = cards(two, **given)
    for most in range(len(whole) + 1):
        fewer = cards({**two, "extension": configured(max_cards=most)}, **given)
        assert [card["uuid"] for card in fewer] == [card["uuid"] for card in whole][:most]
    levels = [("critical", "warning", "info").index(card["indicator"]) for card in whole]
    assert len(levels) > 2 and levels[0] == min(levels)


@pytest.mark.requirement("crd-2.2:found-13", "crd-2.0.1:26")
def test_a_quiet_kind_of_card_makes_room_for_the_next_one() -> None:
    def quiet(topic: str, edition: object) -> bool:
        return topic == REMINDER.code

    whole, fewer = cards(call()), cards(call(extension=configured(max_cards=1)), quiet=quiet)
    assert REMINDER.code in topics(whole) and topics(fewer) == [next(topic for topic in topics(whole) if topic != REMINDER.code)]
    asked_for = cards(call(extension=configured(clinical_reminder=True)), quiet=quiet)
    assert REMINDER.code in topics(asked_for), "what a call asks for is not withheld"
