"""A call with the plan's physician is booked or declined from the practice's own desk, within its window (F68-F72, F86)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from fhir_pa.provider.play.payer_file import COORDINATOR, PULMONOLOGIST, READER
from tests.stories.asking import DENIAL
from tests.stories.desk_parties import words
from tests.stories.parties import NOW, Plan, Staff
from tests.stories.practice_parties import AtPractice

BOOKED = {"call_on": "2026-11-23", "call_hour": "15:30", "clinician_name": "Halvard Brisk, MD", "clinician_phone": "555-555-0107"}


@pytest.fixture
def plan(plan: Plan) -> Plan:
    """A payer that offers conversations, whose days are those of New York."""
    return plan.set(peer_to_peer_hours=72, time_zone="America/New_York")


@pytest.fixture
def number(denied: str) -> str:
    return denied


def test_an_offered_call_is_on_the_list_with_its_window_and_the_case_waits_for_the_practice(number: str, linnet: AtPractice) -> None:
    page = linnet.page("/practice/lists/calls")
    assert "3 days left" in words(page) and "89 % is above the limit." in words(page) and f'href="/practice/requests/{number}#calls">Book it' in page
    assert "From the practice: A call with the plan’s physician: book it." in words(linnet.page("/practice/lists/pended"))
    told = words(linnet.page(f"/practice/requests/{number}"))
    assert "The physician means to deny it: 89 % is above the limit." in told and "Time (EST)" in told


def test_the_first_page_tells_a_call_once_with_its_own_window(number: str, linnet: AtPractice) -> None:
    first = {each["name"]: each["rows"] for each in linnet.data("/practice/desk.json")["first"]}
    (call,) = first["calls"]
    assert datetime.fromisoformat(call["at"]) == NOW + timedelta(hours=72)
    assert not any("call" in row["says"] for row in first.get("waiting", ()))
    assert words(linnet.page("/practice")).count("3 days left") == 1


def test_a_call_is_booked_in_the_plans_time_with_the_physician_who_drafted_the_decision(plan: Plan, number: str, linnet: AtPractice) -> None:
    linnet.act(number, "calls/1", **BOOKED)
    (talk,) = linnet.data(f"/practice/requests/{number}.json")["calls"]
    assert talk["stage"] == "scheduled" and talk["call_at"] == "2026-11-23T15:30:00-05:00" and talk["physician"] == "Ada Quill, MD"
    assert "Booked for 23 Nov 2026, 15:30 EST." in words(linnet.page("/practice/lists/calls"))
    assert "book it" not in words(linnet.page("/practice/lists/pended")), "what else was asked for is still awaited"
    case = Staff(plan, PULMONOLOGIST).call("GET", f"/um/authorizations/{number}").get_json()
    assert case["peer_to_peers"][0]["clinician"]["phone"] == "555-555-0107" and case["trail"][-1]["by"] == COORDINATOR
    linnet.act(number, "calls/1", **{**BOOKED, "call_hour": "16:30"})
    assert "16:30 EST" in words(linnet.page("/practice/lists/calls"))


def test_another_physician_takes_the_call_when_the_drafter_is_gone(plan: Plan, number: str) -> None:
    people = tuple(each for each in plan.payer.directory.people if each.id != PULMONOLOGIST)
    directory = replace(plan.payer.directory, people=people)
    plan.payer = replace(plan.payer, settings=replace(plan.payer.settings, directory=directory))
    plan.__dict__.pop("application")
    linnet = AtPractice(plan, COORDINATOR)
    linnet.sign_in()
    linnet.act(number, "calls/1", **BOOKED)
    assert linnet.data(f"/practice/requests/{number}.json")["calls"][0]["physician"] == "Ines Marrow, MD"


@pytest.mark.parametrize(
    ("filled", "said"),
    [
        ({**BOOKED, "call_on": "2026-12-24"}, "The call must lie between now and"),
        ({**BOOKED, "call_on": "", "call_hour": ""}, "Say on which day and at what time you want to talk."),
        ({**BOOKED, "call_on": "soon"}, "is no moment"),
        ({**BOOKED, "clinician_name": ""}, "Name the treating clinician"),
        ({**BOOKED, "clinician_phone": ""}, "Give the number at which the plan's physician calls."),
    ],
)
def test_a_call_that_cannot_be_booked_is_told_with_the_reason(number: str, linnet: AtPractice, filled: dict[str, str], said: str) -> None:
    refused = linnet.act(number, "calls/1", status=422, **filled)
    assert said in words(refused.text) and linnet.data(f"/practice/requests/{number}.json")["calls"][0]["stage"] == "offered"


def test_a_call_may_be_declined_with_a_reason_and_the_physician_decides(number: str, linnet: AtPractice, physician: Staff) -> None:
    assert "Say in a sentence why there will be no call." in words(linnet.act(number, "calls/1", act="decline", status=422).text)
    linnet.act(number, "calls/1", act="decline", note="We appeal in writing.")
    assert linnet.numbers("calls") == []
    assert physician.decide(number, **DENIAL)["items"][0]["state"] == "denied"


def test_a_window_that_closed_books_nothing(plan: Plan, number: str, linnet: AtPractice) -> None:
    plan.clock.turn(hours=73)
    linnet.sign_in()
    assert linnet.numbers("calls") == []
    assert "window closed" in words(linnet.page(f"/practice/requests/{number}"))
    refused = linnet.act(number, "calls/1", status=409, **{**BOOKED, "call_on": "2026-11-25"})
    assert "The window of this call closed" in words(refused.text)


def test_whoever_only_reads_books_nothing_and_an_old_page_is_told_so(plan: Plan, number: str, linnet: AtPractice) -> None:
    sedge = AtPractice(plan, READER)
    sedge.sign_in()
    assert "Book the call" not in words(sedge.page(f"/practice/requests/{number}"))
    sedge.act(number, "calls/1", status=403, **BOOKED)
    stale = linnet.act(number, "calls/1", status=409, revision=1, **BOOKED)
    assert "The case changed while you looked at it" in words(stale.text)
