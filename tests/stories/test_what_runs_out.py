"""The payer's people hear in time what runs out; a deadline that passes is recorded and decides nothing (F39, F69, §4.3 row 25)."""

from __future__ import annotations

import pytest

from fhir_pa.operations.desk.fall_due import look
from fhir_pa.provider.codes import PENDED
from fhir_pa.provider.pas.submission import Submission
from fhir_pa.provider.play.payer_file import CLIENT_ID
from ig_profiles import json
from ig_profiles.reading import Json
from tests.stories.asking import DENIAL, inquire
from tests.stories.parties import Plan, Staff, System


@pytest.fixture
def plan(plan: Plan) -> Plan:
    """A payer that offers conversations, as it does unless told otherwise."""
    return plan.set(peer_to_peer_hours=72)


@pytest.fixture
def clinic(plan: Plan) -> System:
    return System(plan, CLIENT_ID, "2.2")


def alerts(staff: Staff) -> list[Json]:
    """What rings, besides that something asked for has not come (see ``test_contacts``)."""
    rung = json.parse(staff.call("GET", "/um/alerts").data)["alerts"]
    return [each for each in rung if each["matter"] != "information awaited"]


def test_nothing_rings_before_its_time_and_everything_once(plan: Plan, number: str, physician: Staff) -> None:
    assert look(plan.payer) == 0 and not alerts(physician)
    plan.clock.turn(days=5, minutes=1)
    assert look(plan.payer) == 1
    assert [each["matter"] for each in alerts(physician)] == ["decision due"]
    assert look(plan.payer) == 0 and len(alerts(physician)) == 1
    physician.call("POST", f"/um/authorizations/{number}/alerts/seen")
    assert not alerts(physician)


def test_a_passed_deadline_is_in_the_trail_once_and_the_case_still_waits_for_a_person(
    plan: Plan, clinic: System, asked: Submission, number: str, physician: Staff
) -> None:
    plan.clock.turn(days=8)
    look(plan.payer)
    look(plan.payer)
    case = json.parse(physician.call("GET", f"/um/authorizations/{number}").data)
    assert [event["what"] for event in case["trail"]].count("deadline passed") == 1
    assert any(each["matter"] == "deadline passed" and "Deemed adverse" in each["says"] for each in alerts(physician))
    (heard,) = inquire(clinic, asked)
    assert heard.item(1).action == PENDED


def test_a_window_nobody_used_is_recorded_by_the_clock(plan: Plan, number: str, physician: Staff) -> None:
    physician.decide(number, **DENIAL)
    plan.clock.turn(hours=73)
    look(plan.payer)
    case = json.parse(physician.call("GET", f"/um/authorizations/{number}").data)
    assert case["peer_to_peers"][0]["stage"] == "missed by the provider"
    assert case["items"][0]["state"] == "adverse decision intended"
    assert {"peer-to-peer"} == {each["matter"] for each in alerts(physician)}
