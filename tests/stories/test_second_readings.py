"""Decisions drawn by lot are read a second time by somebody who does not know them; how often two agree is told and drillable (F18)."""

from __future__ import annotations

import pytest

from fhir_pa.auth.caller import Caller
from fhir_pa.operations.desk.case_screen import screen
from fhir_pa.provider.play.payer_file import CLIENT_ID, NURSE, ONCOLOGIST
from ig_profiles import json
from tests.stories.asking import BORDERLINE, oxygen, submit
from tests.stories.desk_parties import AtDesk, words
from tests.stories.parties import Plan, Staff, System
from tests.stories.test_case_management import call, get


@pytest.fixture
def number(plan: Plan, physician: Staff) -> str:
    """A borderline case a physician has certified."""
    submit(System(plan, CLIENT_ID, "2.2"), oxygen(System(plan, CLIENT_ID, "2.2"), BORDERLINE))
    found = str(physician.worklist()[0]["number"])
    physician.decide(found, items=[1], decision="certify", because="The trend tells more than one value.")
    return found


def test_a_decision_is_read_blind_and_the_agreement_is_told(plan: Plan, number: str, physician: Staff) -> None:
    plan.clock.turn(hours=1)
    drawn = call(physician, "/um/second-readings", 201, each=2)
    assert drawn["drawn"] == 1 and call(physician, "/um/second-readings", 201, each=2)["drawn"] == 0
    assert get(physician, "/um/second-readings")["second_readings"] == [], "nobody reads what he decided"

    second = Staff(plan, ONCOLOGIST)
    (waits,) = get(second, "/um/second-readings")["second_readings"]
    path = f"/um/second-readings/{waits['id']}"
    shown = get(second, path)
    whole = json.dump(shown).decode()
    assert shown["codes"] == ["E1390"] and any(each["truth"] != "met" for each in shown["findings"]) and shown["documents"]
    assert number not in whole and "certified" not in whole and "The trend tells more" not in whole
    said = call(second, path, 200, word="deny", because="89 % is above the rule.")
    assert (said["first"], said["second"], said["agrees"]) == ("certify", "deny", False)

    told = get(physician, "/um/measures/agreement")
    assert (told["all"]["of"], told["all"]["agreed"], told["all"]["percent"]) == (1, 0, 0.0)
    assert told["by_policy"][0]["name"] == "home_oxygen" and told["readings"][0]["number"] == number
    assert get(physician, "/um/measures/agreement?policy=cpap")["all"]["of"] == 0
    case = get(physician, f"/um/authorizations/{number}")
    assert case["action"] == "certified in total", "a second reading decides nothing"


def test_who_has_opened_the_case_cannot_read_it_blind(plan: Plan, number: str, physician: Staff) -> None:
    plan.clock.turn(hours=1)
    (identity,) = call(physician, "/um/second-readings", 201, each=1)["ids"]
    second = Staff(plan, ONCOLOGIST)
    screen(number, Caller("command line", person=plan.payer.directory.person(ONCOLOGIST)), plan.payer)
    assert get(second, "/um/second-readings")["second_readings"] == []
    refused = second.call("GET", f"/um/second-readings/{identity}")
    assert refused.status_code == 409 and "would not be blind" in refused.text
    nurse = Staff(plan, NURSE).call("GET", f"/um/second-readings/{identity}")
    assert nurse.status_code == 403 and "a nurse for what a nurse decided" in nurse.text


def test_at_the_desk_one_draws_and_another_reads_and_sees_the_figures(plan: Plan, number: str, physician: Staff) -> None:
    plan.clock.turn(hours=1)
    first, second = AtDesk(plan, physician.person), AtDesk(plan, ONCOLOGIST)
    first.sign_in()
    second.sign_in()
    first.post("/desk/agreement", each="2")
    before = words(first.page("/desk/agreement"))
    assert "Nothing waits for you" in before
    assert "no decision was read a second time, so there is nothing to compare yet" in before and "kappa" not in before.lower()
    (waits,) = second.data("/desk/agreement.json")["second_readings"]
    path = f"/desk/agreement/{waits['id']}"
    shown = words(second.page(path))
    assert "What would you decide?" in shown and number not in shown
    assert "one sentence why" in words(second.post(path, word="certify", because=" ", status=422).text)
    second.post(path, word="certify", because="The trend is clear.")
    figures = words(second.page("/desk/agreement"))
    assert "100.0 % (1 of 1)" in figures and "cannot be told" in figures and number in figures


def test_a_draw_says_how_many_and_is_for_those_who_answer_for_quality(plan: Plan, physician: Staff) -> None:
    refused = physician.call("POST", "/um/second-readings", {"each": 0})
    assert refused.status_code == 422 and "from 1 to 10" in refused.text
    nurse = Staff(plan, NURSE).call("POST", "/um/second-readings", {"each": 1})
    assert nurse.status_code == 403 and "auditor, physician" in nurse.text
