"""What is asked for after it was done: an emergency's notice opens its case, the window decides who looks, money is asked back last (F47-F52), over HTTP."""

from __future__ import annotations

from copy import deepcopy
from datetime import timedelta
from typing import Any

import pytest

from fhir_pa.operations.desk.fall_due import look
from fhir_pa.provider.charts.practice import CLINIC_NPI
from fhir_pa.provider.codes import PENDED
from fhir_pa.provider.pas.request import request_of
from fhir_pa.provider.play.payer_file import CLIENT_ID, ONCOLOGIST
from ig_profiles import json
from ig_profiles.names import PLACE_OF_SERVICE
from ig_profiles.reading import Json
from tests.stories.asking import BORDERLINE, inquire, oxygen
from tests.stories.parties import CLERK, NOW, SUPPLIER, Plan, Staff, System

ADMITTED = NOW - timedelta(hours=13)  # Saturday, two in the morning
REVENUE = "https://www.nubc.org/CodeSystem/RevenueCodes"
SEEN = {"what": "lactate 4.2 mmol/L, pressure 82/44", "at": ADMITTED.isoformat(), "recorded_at": (ADMITTED + timedelta(hours=1)).isoformat()}


def told(plan: Plan, status: int = 201, who: str = CLIENT_ID, **changed: Any) -> Json:
    """What a facility's system hears when it tells of the admission."""
    body = {
        "member": "SYN-01",
        "facility_npi": CLINIC_NPI,
        "facility_name": "Oakwood Hospital",
        "admitted_at": ADMITTED.isoformat(),
        "diagnoses": ["A41.9"],
        "shown": [SEEN],
        **changed,
    }
    system = System(plan, who, "2.2")
    headers = {"Content-Type": "application/json", **system.proof()}
    answer = plan.http().post("/facility/admissions", data=json.dump(body), headers=headers)
    assert answer.status_code == status, answer.text
    return dict(json.parse(answer.data))


def said(outcome: Json) -> str:
    return json.dump(outcome).decode()


def get(staff: Staff, path: str) -> Json:
    return dict(json.parse(staff.call("GET", path).data))


def stay_asked(clinic: System) -> Json:
    """The facility's own request for the bed."""
    asked = deepcopy(request_of(oxygen(clinic)))
    claim = asked["entry"][0]["resource"]
    for item in claim["item"]:
        item["productOrService"] = {"coding": [{"system": REVENUE, "code": "0120"}]}
        item["locationCodeableConcept"] = {"coding": [{"system": PLACE_OF_SERVICE, "code": "21"}]}
        item.pop("servicedPeriod", None)
        item["servicedDate"] = ADMITTED.date().isoformat()
    return asked


def test_a_notice_opens_a_case_at_once_and_tells_until_when_the_request_is_awaited(plan: Plan, physician: Staff) -> None:
    heard = told(plan)
    assert (heard["reason"], heard["action"], heard["late"]) == ("emergency admission", "pended", False)
    assert heard["send_request_by"] == (ADMITTED + timedelta(hours=48)).isoformat()
    assert heard["decision_due"] == (NOW + timedelta(hours=72)).isoformat(), "the clock runs from the notice"
    assert "the emergency room's record" in heard["wanted"] and heard["phone"]
    case = get(physician, f"/um/authorizations/{heard['number']}")
    assert case["trail"][0]["what"] == "admission notice" and case["retrospective"]["reason"] == "emergency admission"
    assert [line["number"] for line in physician.worklist()] == [heard["number"]]


def test_the_same_notice_twice_is_one_case(plan: Plan, physician: Staff) -> None:
    assert told(plan)["number"] == told(plan)["number"]
    assert len(physician.worklist()) == 1


def test_the_case_of_a_notice_is_on_file_for_whoever_inquires_about_the_bed(plan: Plan, clinic: System) -> None:
    number = told(plan)["number"]
    (answer,) = inquire(clinic, oxygen(clinic), administrationReferenceNumber=f"PR{number[2:]}")
    assert answer.item(1).action == PENDED


def test_without_a_word_on_the_urgency_and_its_time_there_is_no_emergency(plan: Plan) -> None:
    assert "Say what made it an emergency, with the time" in said(told(plan, 422, shown=[]))
    assert "Say what was seen and when" in said(told(plan, 422, shown=[{"what": "sepsis"}]))


def test_what_was_written_down_a_day_later_is_for_a_person_to_weigh(plan: Plan) -> None:
    was, written = ADMITTED - timedelta(hours=20), NOW - timedelta(hours=1)
    later = {"what": "two midnights expected", "at": was.isoformat(), "recorded_at": written.isoformat()}
    heard = told(plan, shown=[SEEN, later])
    assert heard["for_a_person_to_weigh"] == ["two midnights expected"] and heard["action"] == "pended"


def test_a_late_notice_takes_a_reason_and_goes_to_a_physician_never_to_a_denial(plan: Plan, physician: Staff) -> None:
    plan.clock.turn(hours=60)
    assert "Say why it comes late (late_because); a person decides, never software." in said(told(plan, 422))
    heard = told(plan, late_because="The member came without a card and could not speak.")
    assert heard["late"] is True and heard["action"] == "pended"
    (line,) = physician.worklist()
    assert line["role"] == "physician" and line["number"] == heard["number"]


def test_a_system_tells_of_its_own_facility_alone_and_of_members_alone(plan: Plan) -> None:
    assert "does not speak for" in said(told(plan, 403, who=SUPPLIER))
    assert "Check the number on the card" in said(told(plan, 404, member="SYN-99"))


def test_a_clerk_records_a_notice_that_came_by_phone(plan: Plan) -> None:
    body = {"member": "SYN-01", "facility_npi": CLINIC_NPI, "admitted_at": ADMITTED.isoformat(), "shown": [SEEN]}
    assert Staff(plan, CLERK).call("POST", "/facility/admissions", body).status_code == 201


def test_care_after_the_emergency_is_answered_within_the_hour_or_the_plan_is_responsible(plan: Plan, physician: Staff) -> None:
    heard = told(plan, stabilized=True)
    assert heard["decision_due"] == (NOW + timedelta(hours=1)).isoformat() and "422.113(c)" in heard["source"]
    plan.clock.turn(minutes=61)
    look(plan.payer)
    (alert,) = [each for each in get(physician, "/um/alerts")["alerts"] if each["matter"] == "deadline passed"]
    assert "responsible" in alert["says"].lower()
    case = get(physician, f"/um/authorizations/{heard['number']}")
    assert case["action"] == "pended" and any(event["what"] == "deadline passed" for event in case["trail"])


def test_the_facilitys_request_joins_the_case_of_its_notice(plan: Plan, clinic: System, physician: Staff) -> None:
    heard = told(plan)
    plan.clock.turn(hours=5)
    clinic.post("Claim/$submit", stay_asked(clinic))
    (line,) = physician.worklist()
    assert line["number"] == heard["number"]
    case = get(physician, f"/um/authorizations/{heard['number']}")
    assert case["retrospective"]["request_came_at"] and case["legal_due_at"] == heard["decision_due"]
    assert [event["what"] for event in case["trail"]].count("request for the admission") == 1


def test_a_request_that_does_not_come_rings_and_stands_among_the_failures_and_nothing_is_denied_by_it(plan: Plan, physician: Staff) -> None:
    number = told(plan)["number"]
    plan.clock.turn(hours=36)
    look(plan.payer)
    rung = [each["says"] for each in get(physician, "/um/alerts")["alerts"] if each["matter"] == "request awaited"]
    assert len(rung) == 2 and "did not come" in rung[-1]
    found = {each["failure"]: each for each in get(physician, f"/um/measures/four?practice={CLINIC_NPI}")["failures"]}["not asked for after an emergency"]
    assert found["count"] == 1 and found["rows"][0]["number"] == number and "Send it with the reason" in found["rows"][0]["says"]
    assert get(physician, f"/um/authorizations/{number}")["action"] == "pended"


@pytest.fixture
def denied(plan: Plan, physician: Staff) -> str:
    """An admission a physician looked back on and did not certify; its number."""
    number = str(told(plan)["number"])
    said = {"items": [1], "decision": "deny", "because": "Observation would have served.", "reason_code": "0G", "phone": "555-555-0154"}
    physician.decide(number, criteria=["hospital_needed"], **said)
    return number


DEMAND = {"items": [1], "claim": "C-771", "amount": 8120.50, "because": "The inpatient days of this claim were not certified."}


def demand(plan: Plan, number: str, status: int = 200, **changed: Any) -> Json:
    answer = Staff(plan, CLERK).call("POST", f"/um/authorizations/{number}/recoupments", {**DEMAND, **changed})
    assert answer.status_code == status, answer.text
    return dict(json.parse(answer.data))


def test_money_is_asked_back_only_after_a_physicians_signed_decision(plan: Plan) -> None:
    number = told(plan)["number"]
    assert "only where a physician signed a decision" in said(demand(plan, number, 409))


def test_the_notice_of_a_demand_tells_amount_reason_physician_and_the_last_day_to_appeal(plan: Plan, denied: str, physician: Staff) -> None:
    written = demand(plan, denied)["recoupments"][0]
    assert (written["amount"], written["stage"], written["claim"]) == ("8120.50", "notice written", "C-771")
    page = physician.call("GET", f"/um/authorizations/{denied}/recoupments/1.html").text
    assert "$8120.50" in page and "C-771" in page and "licence" in page and "Observation would have served." in page
    assert f"Ask for the {written['appeal_to']} by January 25, 2027." in page
    assert physician.call("GET", f"/um/authorizations/{denied}/recoupments/1.pdf").data.startswith(b"%PDF")


def test_a_demand_names_an_amount_and_its_claim(plan: Plan, denied: str) -> None:
    assert "dollars and cents" in said(demand(plan, denied, 422, amount=-1))
    assert "names the claim" in said(demand(plan, denied, 422, claim=""))
    assert "Settle or withdraw it first" in said([demand(plan, denied), demand(plan, denied, 409)][1])


def test_an_appeal_halts_the_demand_and_its_success_withdraws_it(plan: Plan, denied: str) -> None:
    demand(plan, denied)
    clerk, other = Staff(plan, CLERK), Staff(plan, ONCOLOGIST)
    appeal = {"items": [1], "by": "member", "name": "Orla Penhallow", "because": "I could not stand."}
    filed = dict(json.parse(clerk.call("POST", f"/um/authorizations/{denied}/appeals", appeal).data))
    assert filed["recoupments"][0]["stage"] == "under appeal"
    assert "under appeal" in said(demand(plan, denied, 409))
    assert clerk.call("POST", f"/um/authorizations/{denied}/appeals/1", {"act": "assign", "reviewer": ONCOLOGIST}).status_code == 200
    decided = other.call("POST", f"/um/authorizations/{denied}/appeals/1", {"act": "decide", "outcome": "overturned", "because": "She was in shock."})
    assert dict(json.parse(decided.data))["recoupments"][0]["stage"] == "withdrawn", decided.text


def test_a_denial_before_the_service_asks_for_nothing_back(plan: Plan, clinic: System, physician: Staff) -> None:
    clinic.post("Claim/$submit", request_of(oxygen(clinic, BORDERLINE)))
    number = physician.worklist()[0]["number"]
    physician.decide(number, items=[1], decision="deny", because="Above the limit.", reason_code="0F", criteria=["hypoxemia"], phone="555-555-0142")
    assert "was decided before the service" in said(demand(plan, number, 409))


