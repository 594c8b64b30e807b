"""Why something is asked for afterwards is told apart, the window decides who looks, and the eighth dose of seven is nobody's (F47-F52, F57, SC-11)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from fhir_pa.um.case.looking_back import reason_of
from fhir_pa.um.case.retrospective import Reason, Shown, window
from fhir_pa.um.deciding.answer import Documented, answer
from fhir_pa.um.deciding.asked_late import CRITERION, in_window
from fhir_pa.um.deciding.determination import Authorized, Refer
from fhir_pa.um.on_file.units import left, use
from ig_profiles.names import HCPCS
from ig_profiles.outcome import Conflict
from ig_profiles.reading import Coding
from questionnaires.criteria import Circumstances, Truth
from questionnaires.library import open_shelf
from questionnaires.policy import RequestedService
from tests.builders import NOON, TODAY, authorization, certify, item, request

DAY = timedelta(days=1)
SHELF = open_shelf()
INPATIENT, INFLIXIMAB = (next(each for each in SHELF.editions() if each.topic == topic) for topic in ("emergency_inpatient", "infliximab"))
BED = Coding("https://www.nubc.org/CodeSystem/RevenueCodes", "0120")


@pytest.mark.parametrize(
    ("code", "given", "reason"),
    [
        ("E1390", {"level_of_service": "emergency", "urgent": True}, Reason.EMERGENCY),
        ("E1390", {"urgent": True}, Reason.URGENT),
        ("J1745", {}, Reason.DRUG),
        ("E1390", {}, Reason.UNTOLD),
    ],
)
def test_the_reasons_are_told_apart(code: str, given: dict[str, object], reason: Reason) -> None:
    over = item(service=RequestedService((Coding(HCPCS, code),), on=TODAY - 2 * DAY))
    assert reason_of(authorization(request=request(over, **given))) is reason


def test_what_is_still_to_come_looks_back_at_nothing() -> None:
    assert reason_of(authorization(request=request(item(service=RequestedService((Coding(HCPCS, "E1390"),), on=TODAY))))) is None


@pytest.mark.parametrize(("days_ago", "open_"), [(0, False), (2, False), (3, True), (30, True)])
def test_after_the_window_the_finding_is_open_and_never_a_no(days_ago: int, open_: bool) -> None:
    found = in_window(INPATIENT, RequestedService((BED,), on=TODAY - days_ago * DAY), (), TODAY)
    assert bool(found) is open_ and all(each.criterion == CRITERION and each.truth is Truth.UNKNOWN for each in found)


def test_a_late_request_is_referred_however_good_its_evidence_is() -> None:
    service = RequestedService((BED,), on=TODAY - 5 * DAY, line_of_business="qhp")
    found = answer(INPATIENT, service, Documented(dict, INPATIENT and None, False), Circumstances(TODAY - 5 * DAY, TODAY))
    assert isinstance(found, Refer) and "5 days after the service" in found.because


def test_the_editions_own_days_are_the_window_else_forty_eight_hours() -> None:
    assert window(INPATIENT) == window(INFLIXIMAB) == timedelta(hours=48)
    ahead = replace(INFLIXIMAB.benefits.ahead, retro_window_days=1)
    assert window(replace(INFLIXIMAB, benefits=replace(INFLIXIMAB.benefits, ahead=ahead))) == timedelta(hours=24)


def test_an_infusion_given_early_for_a_flare_and_asked_for_thirty_hours_later_is_weighed_like_any_other() -> None:
    asked = RequestedService((Coding(HCPCS, "J1745"),), on=TODAY - DAY)
    assert in_window(INFLIXIMAB, asked, (), TODAY) == ()
    assert reason_of(authorization(request=request(item(service=asked), urgent=True))) is Reason.DRUG


def test_what_was_written_after_the_plan_said_that_it_looks_is_for_a_person_to_weigh() -> None:
    note = Shown("pressure 82/44", NOON, NOON + timedelta(hours=2))
    assert not note.made_later() and note.made_later(review_since=NOON + timedelta(hours=1))
    assert Shown("pressure 82/44", NOON, NOON + timedelta(hours=25)).made_later()


def test_the_ledger_lets_seven_doses_be_given_and_no_eighth() -> None:
    yes = certify()
    course = replace(yes, authorized=Authorized(TODAY, date(2027, 11, 19), Decimal(280), "units"))
    case = authorization(course, request=request(item(code="Q5103")))
    for dose in range(7):
        case = use(case, 1, Decimal(40), TODAY + 56 * dose * DAY, f"C-{dose}", "claims", NOON)
    assert left(case, case.item(1)).is_exhausted
    with pytest.raises(Conflict, match="0 units are left of item 1; 40 need an authorization of their own"):
        use(case, 1, Decimal(40), TODAY + 360 * DAY, "C-8", "claims", NOON)
