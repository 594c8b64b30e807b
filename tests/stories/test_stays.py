"""Care that goes on: an extension joins what it continues, late days are seen, and silence ends nothing (F37-F46, SC-05), over HTTP."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from fhir_pa.operations.desk.fall_due import look
from fhir_pa.provider.codes import CERTIFIED
from fhir_pa.provider.pas.request import request_of
from fhir_pa.provider.pas.submission import Submission
from fhir_pa.um.case.authorization import Authorization
from fhir_pa.um.deciding.determination import Authorized, Certify, EditionReference
from ig_profiles import json
from ig_profiles.reading import Json
from tests.builders import finding, item, request
from tests.stories.asking import BORDERLINE, certification, inquiry, oxygen, submit
from tests.stories.parties import NOW, Plan, Staff, System, trace

WEEKLY = EditionReference("residential_sud", "2026.1", "0" * 64, 7, review_every=7)
FIVE = timedelta(days=4)
EXTENSION = "4"


def five_days(plan: Plan) -> Authorization:
    """A residential stay of five certified days, on file."""
    held = Authorized(NOW.date(), NOW.date() + FIVE, Decimal(5), "days")
    yes = Certify("Every criterion is met.", (finding(),), WEEKLY, held)
    case = Authorization.open("PA5", "PR5", request(item(code="H0018")), {1: yes}, "received-1", "oakwood-ehr", plan.payer.clock())
    with plan.payer.store.transaction() as tx:
        tx.add(case)
    return case


def get(staff: Staff, path: str) -> Json:
    return dict(json.parse(staff.call("GET", path).data))


def test_an_update_that_does_not_come_rings_and_nothing_ends_by_itself(plan: Plan, physician: Staff) -> None:
    five_days(plan)
    (stay,) = get(physician, "/um/stays")["stays"]
    assert stay["covered_until"] == (NOW.date() + FIVE).isoformat() and "days_at_risk" not in stay
    plan.clock.turn(days=6)
    look(plan.payer)
    rung = [each["says"] for each in get(physician, "/um/alerts")["alerts"] if each["matter"] == "authorization ends"]
    assert len(rung) == 3 and "no extension is on file" in rung[-1]
    case = get(physician, "/um/authorizations/PA5")
    assert case["items"][0]["state"] == "certified by the engine" and "earlier" not in case["items"][0]


def test_the_practice_hears_in_time_that_its_authorization_ends_once_each_and_over_the_wire(plan: Plan, clinic: System, physician: Staff) -> None:
    first = oxygen(clinic)
    number = submit(clinic, first).numbers[0]
    plan.clock.turn(days=88)
    look(plan.payer)
    look(plan.payer)
    told = [each for each in get(physician, f"/um/authorizations/{number}")["contacts"] if each["who"] == "provider"]
    assert [each["channel"] for each in told] == ["portal"] and "Care that goes on needs its extension before." in told[0]["said"]
    assert told[0]["said"] in [note["text"] for note in on_file(clinic, first)["processNote"]]


def on_file(clinic: System, asked: Submission) -> Json:
    """The ClaimResponse an inquiry finds."""
    answer = clinic.post("Claim/$inquire", inquiry(asked))
    bundle = answer if clinic.guide == "2.0.1" else answer["parameter"][0]["resource"]
    return dict(bundle["entry"][0]["resource"])


STEP = {"service": {"code": "E1392"}, "from": "2026-11-29", "until": "2026-12-12", "quantity": 10, "unit": "sessions"}
LESS = {
    "items": [1],
    "decision": "modify",
    "because": "By day it serves as well.",
    "reason_code": "0G",
    "criteria": ["hypoxemia"],
    "phone": "555-555-0142",
    "authorized": {"from": "2026-11-21", "until": "2026-11-28", "quantity": 1, "unit": "unit"},
}


def test_a_step_down_is_told_on_the_wire_with_its_days_of_transition(plan: Plan, clinic: System, physician: Staff) -> None:
    asked = oxygen(clinic, BORDERLINE)
    submit(clinic, asked)
    number = physician.worklist()[0]["number"]
    decided = physician.decide(number, step_down=STEP, **LESS)
    made = decided["items"][0]["determination"]
    assert made["step_down"]["service"]["code"] == "E1392" and "From 2026-11-29 until 2026-12-12, E1392 is certified instead" in made["because"]
    resource = on_file(clinic, asked)
    assert any("E1392 is certified instead" in note["text"] for note in resource["processNote"])
    if clinic.guide == "2.2":
        added = resource["addItem"]
        assert [each["itemSequence"] for each in added] == [[1], [1]]
        assert added[1]["productOrService"]["coding"][0]["code"] == "E1392" and added[1]["servicedPeriod"] == {"start": "2026-11-29", "end": "2026-12-12"}


def test_a_step_down_leaves_no_day_between_two_levels(plan: Plan, clinic: System, physician: Staff) -> None:
    submit(clinic, oxygen(clinic, BORDERLINE))
    number = physician.worklist()[0]["number"]
    said = physician.decide(number, 422, step_down={**STEP, "from": "2026-12-01"}, **LESS)
    assert "Let it begin on the day after" in json.dump(said).decode()
    said = physician.decide(number, 422, step_down=STEP, items=[1], decision="certify", because="Yes.")
    assert "part of a modification" in json.dump(said).decode()


def test_an_extension_over_the_wire_is_joined_to_what_it_continues(plan: Plan, clinic: System, physician: Staff) -> None:
    first = oxygen(clinic)
    assert submit(clinic, first).item(1).action == CERTIFIED
    asked = request_of(replace(first, number=trace()))
    claim = asked["entry"][0]["resource"]
    claim["extension"] = [*claim.get("extension", []), certification(EXTENSION)]
    plan.clock.turn(days=90)
    clinic.post("Claim/$submit", asked)
    with plan.payer.store.reading() as tx:
        before, after = sorted(tx.received_between(NOW - timedelta(days=1), NOW + timedelta(days=91)), key=lambda case: case.clock.received_at)
    assert before.trail[-1].what == "extension requested"
    assert before.trail[-1].because == f"As {after.number}, 1 day after it ended."
    assert after.request.certification_type == "extension"
    held = before.item(1).determination.authorized
    assert held is not None and after.stay_from == held.starts_on, "day one of the stay is known to what continues it"


def test_late_days_are_seen_by_the_plan(plan: Plan, physician: Staff) -> None:
    first = five_days(plan)
    plan.clock.turn(days=6)
    held = Authorized(NOW.date() + timedelta(days=7), NOW.date() + timedelta(days=13), Decimal(7), "days")
    yes = Certify("Every criterion is met.", (finding(),), WEEKLY, held)
    asked = request(item(code="H0018", certification_type="extension", authorization_number=first.number))
    with plan.payer.store.transaction() as tx:
        tx.add(Authorization.open("PA6", "PR6", asked, {1: yes}, "received-2", "oakwood-ehr", plan.payer.clock()))
    told = get(physician, "/um/stays")
    (stay,) = told["stays"]
    assert stay["numbers"] == ["PA5", "PA6"] and stay["days_late"] == [2]
    assert stay["days_at_risk"] == [(NOW.date() + timedelta(days=5)).isoformat(), (NOW.date() + timedelta(days=6)).isoformat()]
    assert told["extensions"] == {"in_time": 0, "of": 1, "mean_days_late": 2.0, "target_days_late": 0} and told["unfunded_days"] == 2
    assert stay["discharge_plan_wanted"] is True
