"""The story of the partial denial, told to its end: one scan certified, two nearly denied, all three certified before the day (SC-04, F101)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from fhir_pa.provider.codes import CERTIFIED, NOT_CERTIFIED, PENDED
from fhir_pa.provider.pas.attachment import attachment_of
from fhir_pa.provider.pas.claim_response import PasAnswer
from fhir_pa.provider.pas.submission import Submission
from fhir_pa.provider.play.payer_file import CLIENT_ID, ONCOLOGIST, PULMONOLOGIST, SECOND_ONCOLOGIST
from fhir_pa.um.reviewing.delegate import Delegate
from ig_profiles import json
from ig_profiles.reading import Json
from tests.stories.asking import inquire, scans, submit
from tests.stories.parties import CLERK, NOW, Plan, Staff, System

NORTHLIGHT = Delegate("Northlight Imaging Review", "555-555-0160", ("surveillance_imaging",))
DENIAL = {"decision": "deny", "because": "The last scan is not on file.", "reason_code": "0F", "phone": "555-555-0160"}


@pytest.fixture
def plan(plan: Plan) -> Plan:
    """A payer whose scans a review organization looks at, with an oncologist and a lung physician; conversations are offered."""
    directory = plan.payer.directory
    people = tuple(replace(each, delegate=NORTHLIGHT.name) if each.id in (ONCOLOGIST, PULMONOLOGIST) else each for each in directory.people)
    settings = replace(plan.payer.settings, peer_to_peer_hours=72, directory=replace(directory, people=people, delegates=(NORTHLIGHT,)))
    plan.payer = replace(plan.payer, settings=settings)
    return plan


@pytest.fixture
def clinic(plan: Plan) -> System:
    return System(plan, CLIENT_ID, "2.2")


@pytest.fixture
def asked(clinic: System) -> Submission:
    return scans(clinic)


@pytest.fixture
def answer(clinic: System, asked: Submission) -> PasAnswer:
    return submit(clinic, asked)


@pytest.fixture
def number(plan: Plan, answer: PasAnswer) -> str:
    return str(Staff(plan, ONCOLOGIST).worklist()[0]["number"])


def get(staff: Staff, path: str) -> Json:
    return dict(json.parse(staff.call("GET", path).data))


def letter(staff: Staff, number: str) -> str:
    page = staff.call("GET", f"/um/authorizations/{number}/letters/member.html")
    assert page.status_code == 200, page.text
    return page.text


def deny(staff: Staff, number: str) -> Json:
    """Against both CTs, each by its own criterion; how the case stands then."""
    staff.decide(number, items=[2], criteria=["chest_ct_report"], **DENIAL)
    return staff.decide(number, items=[3], criteria=["neck_ct_report"], **DENIAL)


def send(clinic: System, asked: Submission, answer: PasAnswer, sequence: int, of: str) -> None:
    """A report another facility held until now, under the payer's number for this item."""
    report = next(each for each in clinic.plan.charts.by_patient["ilsabet-crane"].elsewhere if of in each["id"])
    control = next(each.control for each in answer.asked if each.sequence == sequence)
    clinic.post("$submit-attachment", attachment_of(asked, control, {sequence: report}))


def test_the_denial_is_intended_talked_about_and_turned_by_the_reports_before_the_day_of_the_scans(
    plan: Plan, clinic: System, asked: Submission, answer: PasAnswer, number: str
) -> None:
    delegate, plans_own = Staff(plan, ONCOLOGIST), Staff(plan, SECOND_ONCOLOGIST)
    assert answer.actions == {1: CERTIFIED, 2: PENDED, 3: PENDED}, "what is only missing is asked for, never denied"

    plan.clock.turn(days=1)
    refused = Staff(plan, PULMONOLOGIST).decide(number, 403, items=[2], criteria=["chest_ct_report"], **DENIAL)
    assert "Only a physician of the field" in json.dump(refused).decode(), "her cancer is what the policy is for"
    drafted = deny(delegate, number)
    assert [item["state"] for item in drafted["items"][1:]] == ["adverse decision intended"] * 2
    assert any(event["what"] == "a diagnosis speaks for it" for event in drafted["trail"])
    (heard,) = inquire(clinic, asked)
    assert heard.actions == {1: CERTIFIED, 2: PENDED, 3: PENDED} and any("Nothing is decided yet." in note for note in heard.item(2).notes)

    told = letter(plans_own, number)
    assert all(word in told for word in ("Northlight Imaging Review", "555-555-0160", "Larkfield")), "the plan answers for what its delegate does"
    brief = get(delegate, f"/um/authorizations/{number}/peer-to-peers/1")
    assert brief["items"][0]["findings"][0]["truth"] != "met"
    call = {"stage": "scheduled", "call_at": "2026-11-23T10:00:00-05:00", "clinician": {"name": "Imre Castellane, MD"}, "reviewer": ONCOLOGIST}
    assert Staff(plan, CLERK).call("POST", f"/um/authorizations/{number}/peer-to-peers/1", call).status_code == 200

    plan.clock.turn(hours=20)
    send(clinic, asked, answer, 2, "chest")
    send(clinic, asked, answer, 3, "neck")
    (final,) = inquire(clinic, asked)
    assert final.actions == {1: CERTIFIED, 2: CERTIFIED, 3: CERTIFIED} and plan.clock() < NOW.replace(day=30)
    case = get(plans_own, f"/um/authorizations/{number}")
    assert case["action"] == "certified in total" and plans_own.worklist() == []
    assert letter(plans_own, number).count("Approved") >= 3
    for code in ("70553", "71260", "70491"):
        answered = plan.http().get(f"/practice/status?member=SYN-04&code={code}&on=2026-11-30", headers=clinic.proof())
        assert dict(json.parse(answered.data))["standing"] == "approved"


def test_had_the_reports_not_come_the_denial_names_items_reasons_and_phones_and_an_appeal_turns_it_in_time(
    plan: Plan, clinic: System, asked: Submission, answer: PasAnswer, number: str
) -> None:
    delegate, other, clerk = Staff(plan, ONCOLOGIST), Staff(plan, SECOND_ONCOLOGIST), Staff(plan, CLERK)
    deny(delegate, number)
    declined = {"stage": "declined", "note": "The office could not be reached before."}
    for conversation in (1, 2):
        assert clerk.call("POST", f"/um/authorizations/{number}/peer-to-peers/{conversation}", declined).status_code == 200
    deny(delegate, number)
    (heard,) = inquire(clinic, asked)
    assert heard.actions == {1: CERTIFIED, 2: NOT_CERTIFIED, 3: NOT_CERTIFIED}

    page = letter(other, number)
    assert page.count("The last scan is not on file.") == 2 and "555-555-0160" in page, "each item its reason, and whom to call"
    appeal = {"items": [2, 3], "by": "member", "name": "Ilsabet Crane", "because": "My April scans are on file at the hospital.", "expedited": True}
    assert clerk.call("POST", f"/um/authorizations/{number}/appeals", appeal).status_code == 200
    assert clerk.call("POST", f"/um/authorizations/{number}/appeals/1", {"act": "assign", "reviewer": SECOND_ONCOLOGIST}).status_code == 200
    outcome = {"act": "decide", "outcome": "overturned", "because": "The April reports were obtained.", "new_evidence": True}
    assert other.call("POST", f"/um/authorizations/{number}/appeals/1", outcome).status_code == 200
    (final,) = inquire(clinic, asked)
    assert final.actions == {1: CERTIFIED, 2: CERTIFIED, 3: CERTIFIED} and plan.clock() < NOW.replace(day=30)
