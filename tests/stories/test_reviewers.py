"""The payer's people over HTTP: what waits, what each may decide, what a decision must tell, and who gets in at all."""

from __future__ import annotations

from dataclasses import replace

import pytest

from fhir_pa.provider.codes import NOT_CERTIFIED
from fhir_pa.provider.pas.request import request_of
from fhir_pa.provider.play.payer_file import CLIENT_ID
from fhir_pa.um.deciding.root_cause import RootCause
from ig_profiles import json
from ig_profiles.names import PROCESS_PRIORITY
from ig_profiles.reading import Json
from tests.stories.asking import BORDERLINE, DENIAL, inquire, oxygen, scans, submit
from tests.stories.parties import AUDITOR, CLERK, Plan, Staff, System

CERTIFICATION = {"items": [1], "decision": "certify", "because": "Falls to 84 % on stairs at home."}


@pytest.fixture
def clinic(plan: Plan) -> System:
    return System(plan, CLIENT_ID, "2.2")


@pytest.fixture
def number(clinic: System, physician: Staff) -> str:
    """A pended case."""
    submit(clinic, oxygen(clinic, BORDERLINE))
    return str(physician.worklist()[0]["number"])


def told(answer: Json) -> str:
    (issue,) = answer["issue"]
    return str(issue["details"]["text"])


def case_of(staff: Staff, number: str) -> Json:
    return dict(json.parse(staff.call("GET", f"/um/authorizations/{number}").data))


def test_the_worklist_puts_first_what_is_due_first_and_an_urgent_case_before_older_ones(clinic: System, physician: Staff) -> None:
    first = submit(clinic, scans(clinic)).item(2).reference
    clinic.plan.clock.turn(hours=2)
    second = submit(clinic, oxygen(clinic, BORDERLINE)).item(1).reference
    clinic.plan.clock.turn(hours=2)
    urgent = request_of(oxygen(clinic, BORDERLINE))
    urgent["entry"][0]["resource"]["priority"] = {"coding": [{"system": PROCESS_PRIORITY, "code": "stat"}]}
    clinic.post("Claim/$submit", urgent)

    listed = physician.worklist()
    assert [case["urgent"] for case in listed] == [True, False, False]
    assert [case["reference"] for case in listed[1:]] == [first, second]
    assert [case["legal_due_at"] for case in listed] == sorted(case["legal_due_at"] for case in listed)
    assert listed[1]["pended_items"] == [2, 3]


def test_a_case_shows_the_reviewer_why_it_was_referred(number: str, physician: Staff) -> None:
    (item,) = case_of(physician, number)["items"]
    findings = {finding["criterion"]: finding for finding in item["determination"]["findings"]}
    assert findings["room_air"]["truth"] == "met" and findings["hypoxemia"]["truth"] == "unknown"
    assert findings["room_air"]["evidence"][0]["resource"] == "Observation/teodric-amble-saturation"
    assert item["determination"]["policy"]["edition"] == "home_oxygen 2026.1"


def test_a_nurse_may_certify_and_may_not_deny(number: str, nurse: Staff) -> None:
    refused = told(nurse.decide(number, status=403, **DENIAL))
    assert "Rowan Finch, RN may not deny a service: that takes a physician. Refer the item instead." in refused
    assert case_of(nurse, number)["revision"] == 1
    certified = nurse.decide(number, **CERTIFICATION)
    assert certified["items"][0]["determination"]["signed_by"]["role"] == "nurse"


MISSING: list[tuple[Json, str]] = [
    ({"because": ""}, "Write one plain sentence."),
    ({"reason_code": None}, "one plain sentence and a reason code"),
    ({"reason_code": "ZZ"}, "'ZZ' is no decision reason on file. Known: "),
    ({"reason_code": "0V"}, "has one root cause, and '0V' names none"),
    ({"criteria": None}, "An adverse decision names the criteria it rests on. Choose from: “"),
    ({"criteria": ["gut feeling"]}, "'gut feeling' is no criterion of this item. Criteria weighed here: "),
    ({"items": []}, "Give the sequences of the items"),
    ({"items": ["1"]}, "as a list of whole numbers"),
    ({"decision": "refuse"}, "Say one of: certify, deny, modify."),
    ({"decision": "modify"}, "Give quantity, from and until."),
    ({"decision": "modify", "authorized": {"from": "2026-12-01", "until": "2026-11-01"}}, "lies before the first"),
]


def test_a_decision_that_does_not_tell_what_it_must_is_refused_with_what_is_missing(number: str, physician: Staff) -> None:
    for missing, mending in MISSING:
        assert mending in told(physician.decide(number, status=422, **{**DENIAL, **missing})), missing
    assert case_of(physician, number)["revision"] == 1


def test_a_plan_may_say_what_it_means_by_a_reason_code(number: str, clinic: System, physician: Staff) -> None:
    plan = clinic.plan
    directory = replace(plan.payer.directory, root_causes={"0V": RootCause.NOT_NECESSARY})
    plan.payer = replace(plan.payer, settings=replace(plan.payer.settings, directory=directory))
    plan.__dict__.pop("application", None)
    decided = physician.decide(number, **{**DENIAL, "reason_code": "0V"})
    assert decided["items"][0]["determination"]["root_cause"] == "not medically necessary"


def test_a_denial_tells_the_provider_the_reason_and_whom_to_call(number: str, clinic: System, physician: Staff) -> None:
    physician.decide(number, **DENIAL)
    (answer,) = inquire(clinic, oxygen(clinic, BORDERLINE), authorizationNumber=number)
    item = answer.item(1)
    assert item.action == NOT_CERTIFIED and item.number is None and answer.human is True
    assert any("89 % is above the limit." in note for note in item.notes) and any("555-555-0142" in note for note in item.notes)


def test_a_denial_without_a_phone_number_of_its_own_names_the_physicians(number: str, physician: Staff) -> None:
    decided = physician.decide(number, **{**DENIAL, "phone": None})
    assert decided["items"][0]["determination"]["phone"] == "555-555-0142"


def test_a_physician_whose_licence_has_ended_decides_nothing(number: str, clinic: System, physician: Staff) -> None:
    clinic.plan.clock.turn(days=3 * 365)
    assert "Renew the licence on file, or let another physician decide." in told(physician.decide(number, status=403, **DENIAL))


@pytest.mark.parametrize("person", [AUDITOR, CLERK])
def test_an_auditor_and_a_clerk_read_everything_and_decide_nothing(person: str, number: str, plan: Plan) -> None:
    reader = Staff(plan, person)
    assert [case["number"] for case in reader.worklist()] == [number] and case_of(reader, number)["number"] == number
    for decision in (CERTIFICATION, DENIAL):
        assert "Refer the item instead." in told(reader.decide(number, status=403, **decision))
    reopening = reader.call("POST", f"/um/authorizations/{number}/reopenings", {"items": [1], "because": "So I please."})
    assert reopening.status_code == 403
    assert case_of(reader, number)["revision"] == 1


def test_a_decided_item_is_not_decided_again_but_reopened_with_a_reason(number: str, physician: Staff) -> None:
    physician.decide(number, **DENIAL)
    assert "What may follow: appeal filed, reviewer reopened." in told(physician.decide(number, status=409, **CERTIFICATION))
    path = f"/um/authorizations/{number}/reopenings"
    silent = physician.call("POST", path, {"items": [1], "because": " "})
    assert silent.status_code == 422 and "Write one plain sentence." in silent.text
    assert physician.call("POST", path, {"items": [1], "because": "A new test arrived."}).status_code == 200
    certified = physician.decide(number, **CERTIFICATION)
    assert [each["action"] for each in certified["items"][0]["earlier"]] == ["pended", "not certified", "pended"]


def test_an_item_or_case_that_is_not_there_is_said_to_be_so(number: str, physician: Staff) -> None:
    assert "Its items are 1." in told(physician.decide(number, status=404, **{**CERTIFICATION, "items": [7]}))
    assert "Check the number." in told(physician.decide("PA-NOBODY", status=404, **CERTIFICATION))


def test_only_staff_comes_in_and_no_providers_system(number: str, clinic: System, plan: Plan) -> None:
    paths = [("GET", "/um/worklist"), ("GET", f"/um/authorizations/{number}"), ("POST", f"/um/authorizations/{number}/decisions")]
    for method, path in paths:
        body = json.dump(CERTIFICATION) if method == "POST" else None
        nobody = plan.http().open(path, method=method, data=body, content_type="application/json")
        system = plan.http().open(path, method=method, data=body, headers={"Content-Type": "application/json", **clinic.proof()})
        assert (nobody.status_code, system.status_code) == (401, 403)
        assert "with a person's token" in system.text
    dismissed = Staff(plan, "nobody-we-employ")
    assert dismissed.call("GET", "/um/worklist").status_code == 401


def test_a_reviewers_token_ends_after_an_hour(number: str, clinic: System, physician: Staff) -> None:
    proof = physician.proof()
    clinic.plan.clock.turn(hours=2)
    assert clinic.plan.http().get("/um/worklist", headers=proof).status_code == 401
    assert physician.decide(number, **CERTIFICATION)["items"][0]["determination"]["action"] == "certified in total"
