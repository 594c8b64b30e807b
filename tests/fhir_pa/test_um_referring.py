"""A nurse hands on what she may not deny; a plan ends early for good cause alone; an indicated diagnosis wants its field (F36, rows 10 and 22)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from fhir_pa.um.case.authorization import Authorization
from fhir_pa.um.case.item import Event
from fhir_pa.um.case.review import Decision, Reviewer, Verdict
from fhir_pa.um.case.transitions import State
from fhir_pa.um.deciding.determination import ReviewAction
from fhir_pa.um.deciding.root_cause import RootCause
from fhir_pa.um.on_file.units import use
from fhir_pa.um.reviewing.contradiction import CONTRADICTED, looked_at
from fhir_pa.um.reviewing.early_end import Ground, end_early
from fhir_pa.um.reviewing.referring import refer as hand_on
from fhir_pa.um.reviewing.waiting import waits
from ig_profiles.outcome import Conflict, Forbidden, Unprocessable
from ig_profiles.reading import Coding
from questionnaires.library import open_shelf
from tests.builders import NOON, TODAY, authorization, certify, item, nurse, physician, refer, request

DAY = timedelta(days=1)
AGAINST = Decision((1,), Verdict.DENY, "Not on the schedule.", ("saturation",), ("0F",), "555-555-0142", root_cause=RootCause.NOT_NECESSARY)
SCANS = open_shelf().edition("surveillance_imaging", "2026.1")


def test_a_nurse_hands_on_what_she_does_not_see_and_then_a_physician_is_waited_for() -> None:
    case = hand_on(authorization(refer(to="nurse")), (1,), "The level is borderline.", nurse(), NOON)
    assert case.item(1).state is State.IN_REVIEW_PHYSICIAN and waits(case)[0].role == "physician"
    assert case.trail[-1].because == "The level is borderline." and case.action is ReviewAction.PENDED


def test_what_a_physician_has_is_handed_on_no_more_and_a_referral_says_why() -> None:
    with pytest.raises(Conflict, match="does not follow"):
        hand_on(authorization(refer(to="physician")), (1,), "Look.", nurse(), NOON)
    with pytest.raises(Unprocessable, match="Say in one sentence"):
        hand_on(authorization(refer(to="nurse")), (1,), " ", nurse(), NOON)
    with pytest.raises(Forbidden, match="may not refer"):
        hand_on(authorization(refer(to="nurse")), (1,), "Look.", nurse(roles=("auditor",)), NOON)


def ends(case: Authorization, last: date, ground: Ground = Ground.FRAUD, by: Reviewer | None = None) -> Authorization:
    return end_early(case, 1, last, ground, replace(AGAINST, verdict=Verdict.MODIFY), by or physician(), NOON)


@pytest.mark.parametrize(("line", "days"), [("medicare-advantage", 2), ("medicaid", 10), ("commercial-erisa", 4), ("unheard-of", 10)])
def test_the_member_is_told_so_many_days_before_an_early_end_in_each_line(line: str, days: int) -> None:
    case = authorization(certify(), request=request(line_of_business=line))
    with pytest.raises(Unprocessable, match=f"The earliest last day is {TODAY + days * DAY}"):
        ends(case, TODAY + (days - 1) * DAY)
    ended = ends(case, TODAY + days * DAY)
    assert ended.item(1).determination.authorized is not None and ended.item(1).determination.authorized.until == TODAY + days * DAY
    assert ended.item(1).state is State.MODIFIED and ended.trail[-1].what == "plan ended it early" and "Fraud" in ended.trail[-1].because


def test_only_a_physician_ends_it_and_only_within_its_days_and_after_what_was_used() -> None:
    case = use(authorization(certify()), 1, Decimal(1), TODAY + 20 * DAY, "C-1", "claims", NOON)
    with pytest.raises(Forbidden, match="may not modify"):
        ends(case, TODAY + 30 * DAY, by=nurse())
    with pytest.raises(Conflict, match="only a day within it"):
        ends(case, date(2027, 2, 17))
    with pytest.raises(Conflict, match="End it after the last day that was used"):
        ends(case, TODAY + 10 * DAY)
    assert ends(case, TODAY + 20 * DAY).uses == case.uses


def test_the_member_may_end_it_sooner_and_no_longer_needed_is_no_ground() -> None:
    assert ends(authorization(certify()), TODAY, Ground.REQUEST).item(1).state is State.MODIFIED
    assert not any("necess" in ground or "needed" in ground for ground in Ground)


def with_cancer(code: str = "C34.11") -> Authorization:
    return authorization(request=request(item(code="71260"), diagnoses=(Coding("http://hl7.org/fhir/sid/icd-10-cm", code),)))


def looked(case: Authorization, reviewer: Reviewer, decision: Decision = AGAINST) -> tuple[tuple[Event, ...], tuple[str, ...]]:
    return looked_at(case, decision, reviewer, {1: SCANS}, NOON)


def test_a_denial_against_an_indicated_diagnosis_takes_a_physician_of_the_field_and_is_written_down() -> None:
    with pytest.raises(Forbidden, match="Diagnosis C34.11 of item 1 .* Only a physician of the field .*Cancer medicine"):
        looked(with_cancer(), physician())
    (line,), fields = looked(with_cancer(), physician(specialties=("207RX0202X",)))
    assert line.what == CONTRADICTED and "C34.11 is on the list of surveillance_imaging 2026.1" in line.because
    assert "207RX0202X" in fields, "the conversation wants the field too"


def test_nothing_contradicts_a_certification_or_another_diagnosis() -> None:
    assert looked(with_cancer(), nurse(), Decision((1,), Verdict.CERTIFY, "On schedule.")) == ((), ())
    assert looked(with_cancer("M54.16"), physician()) == ((), ())
