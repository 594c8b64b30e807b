"""The order comes back exactly as it was received, with our coverage information and nothing else changed."""

from copy import deepcopy
from decimal import Decimal

import pytest

from cds_hooks.attaching import attach, carried_assertions, system_action
from ig_profiles.json import dump, parse
from ig_profiles.names import COVERAGE_INFORMATION
from tests.cds_hooks.builders import device_request


def repetition(coverage="Coverage/cov1", assertion="a-1", on="2026-11-21", reason="Ask first."):
    return {
        "url": COVERAGE_INFORMATION,
        "extension": [
            {"url": "coverage", "valueReference": {"reference": coverage}},
            {"url": "covered", "valueCode": "covered"},
            {"url": "pa-needed", "valueCode": "auth-needed"},
            {"url": "reason", "valueCodeableConcept": {"text": reason}},
            {"url": "date", "valueDate": on},
            {"url": "coverage-assertion-id", "valueString": assertion},
        ],
    }


def with_extensions(*items):
    return device_request(extension=[*items])


@pytest.mark.trap(2)
@pytest.mark.requirement("crd-2.2:resp-37")
def test_nothing_but_the_extension_changes_down_to_the_last_digit():
    received = dump(device_request())
    order = parse(received)
    updated = attach(order, [repetition()])
    assert dump({**updated, "extension": updated["extension"][:-1]}) == received
    assert updated["extension"][0]["valueDecimal"] == Decimal("1.0") and b"1.0" in dump(updated)
    assert list(updated) == list(order)


def test_the_received_order_itself_is_left_alone():
    order = device_request()
    before = deepcopy(order)
    attach(order, [repetition()])
    assert order == before


@pytest.mark.trap(25)
@pytest.mark.requirement("crd-2.2:resp-37")
def test_foreign_extensions_and_other_payers_repetitions_are_kept():
    foreign, other = {"url": "http://ehr.example/note", "valueString": "hi"}, repetition(coverage="Coverage/other", assertion="theirs")
    updated = attach(with_extensions(foreign, other, repetition(reason="Old news.")), [repetition(reason="New.")])
    assert updated["extension"] == [foreign, other, repetition(reason="New.")]


def test_a_repetition_with_another_assertion_id_is_not_ours_to_replace():
    from_dtr = repetition(assertion="from-dtr")
    assert attach(with_extensions(from_dtr), [repetition()])["extension"] == [from_dtr, repetition()]


@pytest.mark.trap(24)
@pytest.mark.requirement("crd-2.0.1:267", "crd-2.2:resp-35")
def test_identical_information_is_not_sent_again_even_on_a_later_day():
    assert attach(with_extensions(repetition(on="2026-11-01")), [repetition()]) is None


def test_the_order_of_parts_is_no_news_and_a_changed_reason_is():
    shuffled = repetition()
    shuffled["extension"] = list(reversed(shuffled["extension"]))
    assert attach(with_extensions(shuffled), [repetition()]) is None
    assert attach(with_extensions(repetition(reason="Other.")), [repetition()]) is not None


def test_one_of_two_repetitions_gone_is_news():
    second = repetition(reason="For another code.")
    assert attach(with_extensions(repetition(), second), [repetition()])["extension"] == [repetition()]


def test_an_absolute_coverage_reference_is_the_same_coverage():
    carried = repetition(coverage="http://ehr.example/fhir/Coverage/cov1")
    assert carried_assertions(with_extensions(carried), "Coverage/cov1") == ("a-1",)
    assert carried_assertions(with_extensions(carried), "Coverage/cov2") == ()


def test_odd_extensions_on_the_order_are_survived():
    odd = [{"url": COVERAGE_INFORMATION}, {"extension": "x"}, {}, {"url": COVERAGE_INFORMATION, "extension": [None, "x"]}]
    assert attach(with_extensions(*odd), [repetition()])["extension"][-1] == repetition()


@pytest.mark.trap(3)
@pytest.mark.requirement("cds-hooks-2.0:127", "cds-hooks-2.0:128", "cds-hooks-2.0:130", "cds-hooks-2.0:132")
def test_a_system_action_updates_the_whole_order_and_says_what_it_did():
    action = system_action(device_request(), "Larkfield Health Plan")
    assert action == {
        "type": "update",
        "description": "Coverage information from Larkfield Health Plan added to DeviceRequest/order-1",
        "resource": device_request(),
    }
