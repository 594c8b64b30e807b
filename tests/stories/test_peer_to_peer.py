"""Before a clinical denial stands, the treating clinician may talk to a physician of the plan (F68-F73), over HTTP."""

from __future__ import annotations

from typing import Any

import pytest

from fhir_pa.provider.codes import CERTIFIED, NOT_CERTIFIED, PENDED
from fhir_pa.provider.pas.submission import Submission
from fhir_pa.provider.play.payer_file import CLIENT_ID
from ig_profiles import json
from ig_profiles.reading import Json
from tests.stories.asking import DENIAL, inquire
from tests.stories.parties import AUDITOR, CLERK, Plan, Staff, System

TREATING = {"name": "Imre Castellane, MD", "credentials": "pulmonary medicine", "phone": "555-555-0107"}


@pytest.fixture
def plan(plan: Plan) -> Plan:
    """A payer that offers conversations, as it does unless told otherwise."""
    return plan.set(peer_to_peer_hours=72)


@pytest.fixture
def clinic(plan: Plan) -> System:
    return System(plan, CLIENT_ID, "2.2")


def record(staff: Staff, number: str, status: int = 200, conversation: int = 1, **said: Any) -> Json:
    answer = staff.call("POST", f"/um/authorizations/{number}/peer-to-peers/{conversation}", said)
    assert answer.status_code == status, answer.text
    return dict(json.parse(answer.data))


def told(answer: Json) -> str:
    return " ".join(str(issue["details"]["text"]) for issue in answer["issue"])


def test_the_practice_hears_pended_with_whom_to_call_and_until_when(clinic: System, asked: Submission, number: str, physician: Staff) -> None:
    case = physician.decide(number, **DENIAL)
    assert case["items"][0]["state"] == "adverse decision intended"
    assert case["peer_to_peers"][0]["until"] == "2026-11-24T15:00:00+00:00"
    (heard,) = inquire(clinic, asked)
    item = heard.item(1)
    assert item.action == PENDED
    until = "Talk to the physician before Tuesday, November 24, 2026, at 3:00 p.m. (UTC): call 555-555-0142. Nothing is decided yet."
    assert any(until in note for note in item.notes)


def test_the_brief_shows_both_sides_what_the_call_turns_on(number: str, physician: Staff) -> None:
    physician.decide(number, **DENIAL)
    brief = json.parse(physician.call("GET", f"/um/authorizations/{number}/peer-to-peers/1").data)
    (item,) = brief["items"]
    assert item["findings"][0]["criterion"] == "hypoxemia" and item["findings"][0]["truth"] != "met"
    assert item["findings"][-1]["truth"] == "met" and item["findings"][-1]["evidence"]
    assert brief["conversation"]["intended"]["because"] == "89 % is above the limit."


def test_a_clerk_books_it_a_physician_holds_it_and_the_persuaded_plan_certifies(
    plan: Plan, clinic: System, asked: Submission, number: str, physician: Staff
) -> None:
    physician.decide(number, **DENIAL)
    clerk = Staff(plan, CLERK)
    booked = record(clerk, number, stage="scheduled", call_at="2026-11-22T10:00:00-05:00", clinician=TREATING, reviewer=physician.person)
    assert booked["peer_to_peers"][0]["stage"] == "scheduled"
    assert "takes a physician" in told(record(clerk, number, 403, stage="held", outcome="persuaded", clinician=TREATING, note="They talked."))
    plan.clock.turn(hours=24)
    record(physician, number, stage="held", outcome="persuaded", clinician=TREATING, note="The overnight reading was of 84 %.")
    physician.decide(number, items=[1], decision="certify", because="Falls to 84 % at night, as the treating physician showed.")
    (heard,) = inquire(clinic, asked)
    assert heard.item(1).action == CERTIFIED


def test_a_physician_convinced_before_anybody_called_certifies_and_the_offer_is_closed_by_the_same_act(
    clinic: System, asked: Submission, number: str, physician: Staff
) -> None:
    physician.decide(number, **DENIAL)
    case = physician.decide(number, items=[1], decision="certify", because="The oximetry at night shows it.", criteria=["hypoxemia"])
    assert (case["items"][0]["state"], case["peer_to_peers"][0]["stage"]) == ("certified", "no longer needed")
    assert [answer.actions for answer in inquire(clinic, asked)] == [{1: CERTIFIED}]


def test_after_a_declined_call_the_denial_is_signed_and_tells_its_reason(clinic: System, asked: Submission, number: str, physician: Staff) -> None:
    physician.decide(number, **DENIAL)
    assert "Hold conversation 1, or record that it was declined" in told(physician.decide(number, 409, **DENIAL))
    record(physician, number, stage="declined", note="The practice will send a new study instead.")
    physician.decide(number, **DENIAL)
    (heard,) = inquire(clinic, asked)
    assert heard.item(1).action == NOT_CERTIFIED and any("89 % is above the limit." in note for note in heard.item(1).notes)


def test_a_window_nobody_used_leaves_the_decision_to_the_physician(plan: Plan, number: str, physician: Staff) -> None:
    physician.decide(number, **DENIAL)
    plan.clock.turn(hours=73)
    assert physician.decide(number, **DENIAL)["items"][0]["state"] == "denied"


def test_what_is_missing_in_the_record_is_named_all_at_once(plan: Plan, number: str, physician: Staff) -> None:
    physician.decide(number, **DENIAL)
    refused = told(record(physician, number, 422, stage="scheduled", clinician="Dr. Castellane", call_at="tomorrow"))
    assert "Give clinician as an object." in refused and "'tomorrow' is no moment with a zone" in refused
    assert "Say what became of the conversation, one of: scheduled, held, declined" in told(record(physician, number, 422, stage="over"))
    assert "has no conversation 7. There are: 1." in told(record(physician, number, 404, conversation=7, stage="declined", note="No."))
    assert "may not keep records of conversations" in told(record(Staff(plan, AUDITOR), number, 403, stage="declined", note="No."))
