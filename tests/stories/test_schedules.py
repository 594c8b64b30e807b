"""Scans at intervals: the whole schedule is authorized at once, the next needs no new proof, and sooner takes a person (F35)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from fhir_pa.operations.desk.fall_due import look
from fhir_pa.provider.codes import CERTIFIED, PENDED
from fhir_pa.provider.pas.submission import Submission
from fhir_pa.provider.play.payer_file import CLIENT_ID
from ig_profiles import json
from ig_profiles.names import COVERAGE_INFORMATION
from ig_profiles.reading import Json, extension_value, extensions
from tests.stories.asking import CANCER, scans, submit
from tests.stories.ehr import Ehr
from tests.stories.parties import CLERK, Plan, Staff, System, trace
from tests.stories.test_status import ask, member, told

BRAIN = "70553"


@pytest.fixture(params=["2.0.1", "2.2"])
def clinic(plan: Plan, request: pytest.FixtureRequest) -> System:
    return System(plan, CLIENT_ID, request.param)


def half_yearly(clinic: System, times: int = 4) -> Submission:
    """The MRI of the brain, so many times from the day the clinic asks until two years later."""
    asked = scans(clinic)
    line = asked.lines[0]
    return replace(asked, lines=(replace(line, units=times, ends=line.starts + timedelta(days=729)),))


def next_scan(asked: Submission, after: int) -> Submission:
    """A request of its own for one MRI, so many days after the first day of the schedule, without any document."""
    (line,) = asked.lines
    starts = line.starts + timedelta(days=after)
    return replace(asked, number=trace(), documents=(), lines=(replace(line, units=1, starts=starts, ends=None),))


def given(plan: Plan, number: str, asked: Submission, after: int) -> Json:
    on = (asked.lines[0].starts + timedelta(days=after)).isoformat()
    used = Staff(plan, CLERK).call("POST", f"/um/authorizations/{number}/uses", {"item": 1, "quantity": 1, "on": on, "claim": f"CLM-{after}"})
    assert used.status_code == 200, used.text
    return dict(json.parse(used.data))


def ordered(clinic: System) -> Json:
    """What the payer says of an order for the MRI, drafted now, at signing."""
    ehr = Ehr(clinic)
    call = ehr.call(CANCER)
    order = {**clinic.plan.charts.by_patient[CANCER].orders[0], "occurrenceDateTime": clinic.plan.clock().date().isoformat()}
    call["context"]["draftOrders"]["entry"] = [{"resource": order}]
    return ehr.ask(call)


def said(answer: Json) -> dict[str, str]:
    (one,) = extensions(answer["systemActions"][0]["resource"], COVERAGE_INFORMATION)
    reason = extension_value(one, "reason")
    return {"needed": str(extension_value(one, "pa-needed")), "reason": str(reason["text"] if isinstance(reason, dict) else reason)}


def test_the_schedule_is_certified_whole_and_the_next_is_answered_with_it(plan: Plan, clinic: System) -> None:
    asked = half_yearly(clinic)
    first = submit(clinic, asked)
    assert first.item(1).action == CERTIFIED
    number = told(ask(clinic, member=member(plan, CANCER), code=BRAIN, on=asked.lines[0].starts.isoformat()))["number"]
    given(plan, number, asked, 0)

    plan.clock.turn(days=190)
    again = submit(clinic, next_scan(asked, 185))
    assert again.item(1).action == CERTIFIED and number in again.numbers
    case = plan.payer.store
    with case.reading() as tx:
        assert len(tx.numbers()) == 1, "the next of a series is no new case"
    found = told(ask(clinic, member=member(plan, CANCER), code=BRAIN, on=(asked.lines[0].starts + timedelta(days=185)).isoformat()))
    assert found["valid"] is True and found["left"] == "3" and "the next is due on" in found["says"]


def test_sooner_than_its_day_the_hook_and_the_status_tell_the_day_and_a_request_goes_to_a_person(plan: Plan, clinic: System) -> None:
    asked = half_yearly(clinic)
    submit(clinic, asked)
    on = asked.lines[0].starts
    number = told(ask(clinic, member=member(plan, CANCER), code=BRAIN, on=on.isoformat()))["number"]
    given(plan, number, asked, 0)

    plan.clock.turn(days=100)
    early = told(ask(clinic, member=member(plan, CANCER), code=BRAIN))
    opens = (on + timedelta(days=164)).isoformat()
    assert early["standing"] == "next one not due yet" and early["valid"] is False and early["open_on"] == opens
    heard = ordered(clinic)
    assert said(heard)["needed"] == "auth-needed" and f"may be given from {opens} on" in said(heard)["reason"]
    assert any("before its day in a series that is authorized" in card["summary"] for card in heard["cards"])
    assert submit(clinic, next_scan(asked, 91)).item(1).action == PENDED

    plan.clock.turn(days=90)
    assert said(ordered(clinic))["needed"] == "satisfied"


def test_a_scan_given_before_its_day_counts_and_rings_at_the_desk(plan: Plan, clinic: System, physician: Staff) -> None:
    asked = half_yearly(clinic)
    submit(clinic, asked)
    number = told(ask(clinic, member=member(plan, CANCER), code=BRAIN, on=asked.lines[0].starts.isoformat()))["number"]
    given(plan, number, asked, 0)
    case = given(plan, number, asked, 60)
    assert len(case["uses"]) == 2 and case["action"] == "certified in total"
    assert case["items"][0]["determination"]["authorized"]["series"] == {"every_days": 183, "early_days": 19}
    plan.clock.turn(minutes=2)
    look(plan.payer)
    rung = json.parse(physician.call("GET", "/um/alerts").data)["alerts"]
    assert any(each["matter"] == "given before its day" and "Ask the practice why." in each["says"] for each in rung)


def test_oftener_than_the_schedule_a_physician_looks_and_nothing_is_denied(clinic: System) -> None:
    answer = submit(clinic, half_yearly(clinic, times=12))
    assert answer.item(1).action == PENDED
