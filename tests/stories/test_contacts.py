"""The payer's people record whom they told what, and hear when a spoken denial is not yet in writing (F61, F62), over HTTP."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from fhir_pa.operations.desk.fall_due import look
from ig_profiles import json
from ig_profiles.reading import Json
from tests.stories.asking import oxygen, submit
from tests.stories.parties import AUDITOR, Plan, Staff, System

VOICEMAIL = {"who": "member", "name": "Orla Penhallow", "channel": "voicemail", "arrival": "reached", "said": "A message about a request. Please call."}


@pytest.fixture
def number(denied: str) -> str:
    return denied


def contact(staff: Staff, number: str, status: int = 200, **said: Any) -> Json:
    answer = staff.call("POST", f"/um/authorizations/{number}/contacts", said)
    assert answer.status_code == status, answer.text
    return dict(json.parse(answer.data))


def notices(staff: Staff) -> list[Json]:
    return [each for each in json.parse(staff.call("GET", "/um/alerts").data)["alerts"] if each["matter"] == "written notice owed"]


def test_a_denial_left_on_voicemail_rings_until_its_notice_is_written(plan: Plan, number: str, physician: Staff) -> None:
    case = contact(physician, number, **VOICEMAIL, call_back="555-555-0140")
    assert case["contacts"][0]["call_back"] == "555-555-0140" and case["items"][0]["state"] == "denied"
    plan.clock.turn(minutes=1)
    look(plan.payer)
    assert "goes out the same day" in notices(physician)[0]["says"]
    physician.call("POST", f"/um/authorizations/{number}/alerts/seen")
    contact(physician, number, who="member", channel="letter", arrival="sent", said="The notice of denial.", items=[1])
    plan.clock.turn(days=1)
    look(plan.payer)
    assert not notices(physician)


def test_every_mistake_of_a_contact_is_named_and_an_auditor_keeps_none(plan: Plan, number: str, physician: Staff) -> None:
    told = contact(physician, number, 422, said="Hello")
    assert {each["expression"][0] for each in told["issue"]} == {"who", "channel", "arrival"}
    assert "leaves a number" in contact(physician, number, 422, **VOICEMAIL)["issue"][0]["details"]["text"]
    assert "takes a clerk, a nurse or a physician" in contact(Staff(plan, AUDITOR), number, 403, **VOICEMAIL)["issue"][0]["details"]["text"]


def test_an_answer_that_does_not_come_goes_to_a_physician_and_stays_pended(plan: Plan, clinic: System, nurse: Staff) -> None:

    submit(clinic, replace(oxygen(clinic), documents=()))
    number = str(nurse.worklist()[0]["number"])
    case = dict(json.parse(nurse.call("GET", f"/um/authorizations/{number}").data))
    assert [each["stage"] for each in case["information_requests"]] == ["open"] and case["information_requests"][0]["still_awaited"]
    plan.clock.turn(days=4, hours=1)
    look(plan.payer)
    case = dict(json.parse(nurse.call("GET", f"/um/authorizations/{number}").data))
    assert [each["stage"] for each in case["information_requests"]] == ["expired"]
    assert case["action"] == "pended" and case["items"][0]["state"] == "in review by a physician"
