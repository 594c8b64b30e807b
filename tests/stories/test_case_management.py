"""Case management stands beside reviews: it coordinates and may ask for a look, and decides nothing; findings become actions (F54, F87, F88, F89, F106)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from fhir_pa.auth.caller import Caller
from fhir_pa.auth.directory import CASE_MANAGER, Person
from fhir_pa.operations.desk.case_screen import screen as screen_of
from fhir_pa.provider.play.payer_file import CLIENT_ID, NURSE, PULMONOLOGIST
from ig_profiles import json
from ig_profiles.reading import Json
from tests.stories.asking import BORDERLINE, oxygen, submit
from tests.stories.parties import AUDITOR, Plan, Staff, System

MANAGER = "sorrel"


@pytest.fixture
def plan(plan: Plan) -> Plan:
    """A payer with a case manager, and a nurse who is one too."""
    directory = plan.payer.directory
    people = tuple(replace(each, roles=(*each.roles, CASE_MANAGER)) if each.id == NURSE else each for each in directory.people)
    people = (*people, Person(MANAGER, "Sol Sorrel, LCSW", (CASE_MANAGER,)))
    plan.payer = replace(plan.payer, settings=replace(plan.payer.settings, directory=replace(directory, people=people)))
    return plan


@pytest.fixture
def number(plan: Plan, physician: Staff) -> str:
    clinic = System(plan, CLIENT_ID, "2.2")
    submit(clinic, oxygen(clinic, BORDERLINE))
    return str(physician.worklist()[0]["number"])


def call(staff: Staff, path: str, status: int, **body: Any) -> Json:
    answer = staff.call("POST", path, body)
    assert answer.status_code == status, answer.text
    return dict(json.parse(answer.data))


def get(staff: Staff, path: str) -> Json:
    return dict(json.parse(staff.call("GET", path).data))


def test_a_reviewer_refers_a_member_to_case_management_who_carries_it_to_its_end(plan: Plan, number: str, physician: Staff) -> None:
    opened = call(physician, "/um/follow-ups", 201, work="case management", because="She lives alone and has no ride.", number=number)
    manager = Staff(plan, MANAGER)
    assert (opened["role"], opened["stage"]) == ("physician", "open")
    path = f"/um/follow-ups/{opened['id']}"
    assert call(manager, path, 200, act="take")["owner"] == MANAGER
    call(manager, path, 200, act="note", says="A ride is booked for the visit.")
    done = call(manager, path, 200, act="done", says="She was seen, and has a ride each month.")
    assert done["stage"] == "done" and [each["role"] for each in done["notes"]] == [CASE_MANAGER] * 3
    assert "is done since" in json.dump(call(manager, path, 409, act="note", says="More.")).decode()


def test_a_case_manager_decides_nothing(plan: Plan, number: str) -> None:
    manager = Staff(plan, MANAGER)
    assert get(manager, f"/um/authorizations/{number}")["number"] == number
    against = {"reason_code": "0F", "criteria": ["hypoxemia"], "phone": "555-555-0142"}
    for decision in ("certify", "deny", "modify"):
        refused = manager.decide(number, 403, items=[1], decision=decision, because="For the member.", **against)
        assert f"may not {decision}" in json.dump(refused).decode()
    assert manager.call("POST", f"/um/authorizations/{number}/questions", {"items": [1], "words": "the study"}).status_code == 403
    assert manager.call("POST", f"/um/authorizations/{number}/owner", {"owner": MANAGER}).status_code == 403


def test_a_case_manager_asks_for_a_look_at_what_was_denied_and_it_waits_for_a_physician(plan: Plan, number: str, physician: Staff) -> None:
    physician.decide(number, items=[1], decision="deny", because="Above.", reason_code="0F", criteria=["hypoxemia"], phone="555-555-0142")
    plan.clock.turn(hours=1)
    assert "only case managers may" in json.dump(call(physician, f"/um/authorizations/{number}/looks", 403, because="Look.")).decode()
    call(Staff(plan, MANAGER), f"/um/authorizations/{number}/looks", 200, because="She was in hospital again on Friday.")
    (line,) = physician.worklist()
    assert (line["number"], line["waits_for"], line["role"]) == (number, "new evidence", "physician")
    assert get(physician, f"/um/authorizations/{number}")["action"] == "not certified"


def test_what_is_carried_by_a_case_manager_is_closed_by_no_reviewer(plan: Plan, number: str, physician: Staff) -> None:
    opened = call(physician, "/um/follow-ups", 201, work="discharge planning", because="No place to go yet.", number=number)
    refused = call(physician, f"/um/follow-ups/{opened['id']}", 403, act="done", says="Done.")
    assert "is carried and closed by one" in json.dump(refused).decode()
    assert Staff(plan, AUDITOR).call("POST", "/um/follow-ups", {"work": "policy change", "because": "x", "about": "y"}).status_code == 403


def test_a_finding_of_the_figures_becomes_an_action(physician: Staff) -> None:
    refused = call(physician, "/um/follow-ups", 422, work="provider education", because="The same gap again.")
    assert "or a finding of the figures (about)" in json.dump(refused).decode()
    opened = call(physician, "/um/follow-ups", 201, work="provider education", because="The same gap again.", about="missing: at_rest, 9000000023")
    call(physician, f"/um/follow-ups/{opened['id']}", 200, act="done", says="The practice was shown the form.")
    assert get(physician, "/um/follow-ups?work=provider education")["follow_ups"] == []
    (kept,) = get(physician, "/um/follow-ups?work=provider education&closed=true")["follow_ups"]
    assert kept["notes"][0]["says"] == "The practice was shown the form."


def test_reviews_and_case_management_are_counted_apart_each_with_what_tells_it_from_the_other(plan: Plan, number: str, physician: Staff) -> None:
    call(physician, "/um/follow-ups", 201, work="case management", because="She lives alone.", number=number)
    told = get(physician, "/um/follow-ups")
    assert told["open"]["case management"] == 1 and told["open"]["provider education"] == 0
    assert told["work_types"]["utilization review"]["horizon"] != told["work_types"]["case management"]["horizon"]
    assert [line["waits_for"] for line in physician.worklist()] == ["decide"], "the worklist of reviews holds reviews alone"


def test_one_person_holds_both_roles_and_each_act_tells_the_one_it_used(plan: Plan, number: str, physician: Staff) -> None:
    both = Staff(plan, NURSE)
    decided = both.decide(number, items=[1], decision="certify", because="The study shows it.")
    assert decided["items"][0]["determination"]["signed_by"]["role"] == "nurse"
    opened = call(both, "/um/follow-ups", 201, work="case management", because="She lives alone.", number=number)
    assert opened["role"] == CASE_MANAGER
    assert both.decide(number, 403, items=[1], decision="deny", because="No.", reason_code="0F", phone="555-555-0142"), "two roles make no third"


def test_the_reviewer_sees_what_this_member_was_given_and_refused_before(plan: Plan, number: str, physician: Staff) -> None:
    physician.decide(number, items=[1], decision="deny", because="Above.", reason_code="0F", criteria=["hypoxemia"], phone="555-555-0142")
    plan.clock.turn(days=30)
    clinic = System(plan, CLIENT_ID, "2.2")
    submit(clinic, oxygen(clinic, BORDERLINE))
    (line,) = physician.worklist()
    screen = get_screen(plan, str(line["number"]))
    (before,) = screen["history"]
    assert before["number"] == number and "not certified" in json.dump(before).decode()


def get_screen(plan: Plan, number: str) -> Json:
    """The case as the reviewer's screen tells it."""
    return screen_of(number, Caller("command line", person=plan.payer.directory.person(PULMONOLOGIST)), plan.payer)


def test_open_cases_are_told_by_owner_and_age_and_the_pool_is_an_owner_too(plan: Plan, number: str, physician: Staff) -> None:
    plan.clock.turn(hours=30)
    (pool,) = get(physician, "/um/measures/ages")["owners"]
    assert (pool["name"], pool["cases"], pool["by_age"]["up to 48 hours"], pool["overdue"]) == ("nobody yet", 1, 1, 0)
    assert physician.call("POST", f"/um/authorizations/{number}/owner", {"owner": NURSE}).status_code == 200
    plan.clock.turn(days=7)
    (hers,) = get(physician, "/um/measures/ages")["owners"]
    assert (hers["owner"], hers["by_age"]["longer"], hers["overdue"]) == (NURSE, 1, 1)
