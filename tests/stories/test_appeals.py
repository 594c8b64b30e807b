"""A denial is appealed, heard by somebody new, and what is overturned reaches the practice as certified (F74-F79, F105)."""

from __future__ import annotations

import pytest

from fhir_pa.provider.codes import CERTIFIED, NOT_CERTIFIED
from fhir_pa.provider.pas.submission import Submission
from fhir_pa.provider.play.payer_file import CLIENT_ID, ONCOLOGIST
from ig_profiles import json
from ig_profiles.reading import Json
from tests.stories.asking import DENIAL, inquire
from tests.stories.parties import AUDITOR, CLERK, Plan, Staff, System

FILING = {"items": [1], "by": "member", "name": "Teodric Amble", "because": "I cannot sleep without it.", "expedited": True}


@pytest.fixture
def clinic(plan: Plan) -> System:
    return System(plan, CLIENT_ID, "2.2")


@pytest.fixture
def number(number: str, physician: Staff) -> str:
    """A case whose only item was denied."""
    physician.decide(number, **DENIAL)
    return number


def send(staff: Staff, path: str, status: int = 200, **said: object) -> Json:
    answer = staff.call("POST", f"/um/authorizations/{path}", said)
    assert answer.status_code == status, answer.text
    return dict(json.parse(answer.data))


def told(answer: Json) -> str:
    return " ".join(str(issue["details"]["text"]) for issue in answer["issue"])


def test_a_denied_case_says_until_when_and_to_whom_it_may_be_appealed(number: str, physician: Staff) -> None:
    case = json.parse(physician.call("GET", f"/um/authorizations/{number}").data)
    (until,) = case["appeal_until"]
    assert until["item"] == 1 and until["until"] == "2027-01-25T15:00:00+00:00"
    assert until["level"] == "reconsideration by the plan" and "422" in until["source"]


def test_the_member_appeals_another_physician_overturns_and_the_practice_hears_certified(
    plan: Plan, clinic: System, asked: Submission, number: str, physician: Staff
) -> None:
    clerk, other = Staff(plan, CLERK), Staff(plan, ONCOLOGIST)
    filed = send(clerk, f"{number}/appeals", **FILING)
    assert filed["appeals"][0]["due_at"] == "2026-11-24T15:00:00+00:00"
    (heard,) = inquire(clinic, asked)
    assert heard.item(1).action == NOT_CERTIFIED

    assert "had a part in the decision" in told(send(clerk, f"{number}/appeals/1", 403, act="assign", reviewer=physician.person))
    send(clerk, f"{number}/appeals/1", act="assign", reviewer=other.person)
    packet = json.parse(other.call("GET", f"/um/authorizations/{number}/appeals/1/packet").data)
    assert packet["appeal"]["filing"]["because"] == "I cannot sleep without it."
    assert packet["turns_on"][0]["findings"][0]["truth"] != "met" and packet["authorization"]["trail"]

    send(other, f"{number}/appeals/1", act="decide", outcome="overturned", because="The night's recording shows 84 %.", new_evidence=True)
    (heard,) = inquire(clinic, asked)
    assert heard.item(1).action == CERTIFIED
    assert any("The night's recording shows 84 %." in note for note in heard.item(1).notes)


def test_what_medicare_advantage_upholds_goes_to_the_independent_entity_by_itself(plan: Plan, number: str) -> None:
    clerk, other = Staff(plan, CLERK), Staff(plan, ONCOLOGIST)
    send(clerk, f"{number}/appeals", **FILING)
    send(clerk, f"{number}/appeals/1", act="assign", reviewer=other.person)
    case = send(other, f"{number}/appeals/1", act="decide", outcome="upheld", because="No reading is below the limit.")
    assert [each["name"] for each in case["appeals"]] == ["reconsideration by the plan", "independent review entity"]
    assert "send the case file by" in case["trail"][-1]["because"]


def test_a_late_appeal_needs_good_cause_and_everything_wrong_is_named_at_once(plan: Plan, number: str) -> None:
    clerk = Staff(plan, CLERK)
    plan.clock.turn(days=70)
    assert "say which (good_cause)" in told(send(clerk, f"{number}/appeals", 422, **FILING))
    assert send(clerk, f"{number}/appeals", **FILING, good_cause="Was in hospital until yesterday.")["appeals"]
    wrong = told(send(clerk, f"{number}/appeals", 422, **{**FILING, "by": "neighbour", "expedited": "soon"}))
    assert "one of: member, representative, provider" in wrong and "true or false" in wrong
    assert "may not file appeals" in told(send(Staff(plan, AUDITOR), f"{number}/appeals", 403, **FILING))
    assert "There are: 1." in told(send(clerk, f"{number}/appeals/4", 404, act="extend", because="More time."))
    assert "Nobody here is called 'nobody'" in told(send(clerk, f"{number}/appeals/1", 422, act="assign", reviewer="nobody"))
