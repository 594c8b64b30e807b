"""A review organization decides in the plan's name: the case says so, both are on the letter, and the figures can be told apart (F80-F83)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from fhir_pa.provider.play.payer_file import CLIENT_ID, PULMONOLOGIST
from fhir_pa.um.reviewing.delegate import Delegate
from ig_profiles import json
from ig_profiles.reading import Json
from tests.stories.asking import BORDERLINE, DENIAL, oxygen, scans, submit
from tests.stories.parties import Plan, Staff, System

NORTHLIGHT = Delegate("Northlight Review", "555-555-0160", ("home_oxygen",))


@pytest.fixture
def plan(plan: Plan) -> Plan:
    """A payer that has oxygen reviewed by somebody else."""
    directory = replace(plan.payer.settings.directory, delegates=(NORTHLIGHT,))
    plan.payer = replace(plan.payer, settings=replace(plan.payer.settings, directory=directory))
    return plan


@pytest.fixture
def number(plan: Plan, physician: Staff) -> str:
    clinic = System(plan, CLIENT_ID, "2.2")
    submit(clinic, oxygen(clinic, BORDERLINE))
    number = str(physician.worklist()[0]["number"])
    submit(clinic, scans(clinic))
    return number


def get(staff: Staff, path: str) -> Json:
    answer = staff.call("GET", path)
    assert answer.status_code == 200, answer.text
    return dict(json.parse(answer.data))


def test_the_case_says_who_looks_and_another_stays_with_the_plan(number: str, physician: Staff) -> None:
    assert get(physician, f"/um/authorizations/{number}")["delegate"] == {"name": "Northlight Review", "phone": "555-555-0160"}
    others = [str(each["number"]) for each in physician.worklist() if each["number"] != number]
    assert others and all("delegate" not in get(physician, f"/um/authorizations/{each}") for each in others)


def test_both_names_and_both_numbers_are_on_the_letter(number: str, physician: Staff) -> None:
    physician.decide(number, **DENIAL)
    for reader in ("member", "provider"):
        page = physician.call("GET", f"/um/authorizations/{number}/letters/{reader}.html")
        assert page.status_code == 200, page.text
        assert "Northlight Review" in page.text and "555-555-0160" in page.text and "Larkfield" in page.text


def test_its_cases_are_in_the_plans_figures_and_can_be_counted_alone(plan: Plan, number: str, physician: Staff) -> None:
    physician.decide(number, **DENIAL)
    plan.clock.turn(minutes=1)
    counted = get(physician, "/um/measures/public")["shares"][1]
    alone = get(physician, "/um/measures/public?delegate=Northlight Review")["shares"][1]
    assert alone["of_cases"] == [number] and alone["count"] == 1 and number in counted["of_cases"]
    watched = get(physician, "/um/measures/watched?delegate=Northlight Review")["measures"][0]
    assert watched["of_cases"] == [number]
    for path in ("public", "watched"):
        refused = physician.call("GET", f"/um/measures/{path}?delegate=Southlight")
        assert refused.status_code == 422 and "There are: Northlight Review." in refused.text


def at_the_delegate(plan: Plan, works_for: str = "Northlight Review") -> Staff:
    """The pulmonologist, as one of the review organization's people."""
    directory = plan.payer.directory
    people = tuple(replace(each, delegate=works_for) if each.id == PULMONOLOGIST else each for each in directory.people)
    plan.payer = replace(plan.payer, settings=replace(plan.payer.settings, directory=replace(directory, people=people)))
    return Staff(plan, PULMONOLOGIST)


def test_its_people_see_and_decide_its_cases_and_no_others(plan: Plan, number: str, physician: Staff) -> None:
    others = [str(each["number"]) for each in physician.worklist() if each["number"] != number]
    theirs = at_the_delegate(Plan(plan.payer, plan.clock, plan.charts, plan.ehr, plan.keys))
    listed = get(theirs, "/um/worklist")
    assert [each["number"] for each in listed["authorizations"]] == [number] and listed["counts"]["all"] == 1
    assert get(theirs, f"/um/authorizations/{number}")["number"] == number
    for path in ("", "/letters/member.html"):
        answer = theirs.call("GET", f"/um/authorizations/{others[0]}{path}")
        assert answer.status_code == 404 and "No authorization" in answer.text
    theirs.call("POST", f"/um/authorizations/{others[0]}/decisions", {"items": [1], "decision": "certify", "because": "Yes."})
    assert get(physician, f"/um/authorizations/{others[0]}")["revision"] == 1, "somebody else's case did not move"
    theirs.decide(number, **DENIAL)


def test_its_people_read_their_own_figures_and_not_the_plans(plan: Plan, number: str, physician: Staff) -> None:
    physician.decide(number, **DENIAL)
    plan.clock.turn(minutes=1)
    theirs = at_the_delegate(Plan(plan.payer, plan.clock, plan.charts, plan.ehr, plan.keys))
    assert get(theirs, "/um/measures/public")["shares"][1]["out_of"] == 1
    refused = theirs.call("GET", "/um/measures/variation")
    assert refused.status_code == 403 and "only the plan's own people" in refused.text


def test_whoever_works_for_an_organization_that_is_not_listed_sees_nothing(plan: Plan, number: str) -> None:
    theirs = at_the_delegate(Plan(plan.payer, plan.clock, plan.charts, plan.ehr, plan.keys), "Gone Review")
    assert theirs.call("GET", "/um/worklist").status_code == 403
