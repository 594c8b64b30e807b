"""A step down is certified with its days of transition, found by a claim for either level, and counted by itself (F42, F63)."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from decimal import Decimal

import pytest

from fhir_pa.um.case.authorization import Authorization
from fhir_pa.um.case.review import Decision, Verdict
from fhir_pa.um.deciding.determination import Authorized, EditionReference
from fhir_pa.um.deciding.root_cause import RootCause
from fhir_pa.um.deciding.step_down import StepDown
from fhir_pa.um.on_file.status import Standing, status
from fhir_pa.um.on_file.units import left, left_of_step_down, use
from fhir_pa.um.stays.discharge_plan import came_at, is_asked_for
from fhir_pa.um.stays.ending import about, told
from fhir_pa.um.stays.falls_due import Matter, moments
from fhir_pa.um.stays.stay import Stay
from ig_profiles.names import HCPCS
from ig_profiles.outcome import Conflict, Unprocessable
from ig_profiles.reading import Coding
from questionnaires.criteria import Truth
from questionnaires.library import open_shelf
from tests.builders import NOON, TODAY, authorization, certify, finding, item, nurse, physician, refer, request

DAY = timedelta(days=1)
DAYS, PARTIAL = Coding(HCPCS, "H0018"), Coding(HCPCS, "H0035")
STEP = StepDown(PARTIAL, TODAY + 3 * DAY, TODAY + 16 * DAY, Decimal(2), "sessions")
TRANSITION = Authorized(TODAY, TODAY + 2 * DAY, Decimal(3), "days")


def offered(step: StepDown | None = STEP, verdict: Verdict = Verdict.MODIFY, authorized: Authorized | None = TRANSITION) -> Decision:
    return Decision((1,), verdict, "By day it is safe.", ("saturation",), ("0G",), "555-555-0142", authorized, RootCause.WRONG_LEVEL, step)


def stepped() -> Authorization:
    return authorization(refer(), request=request(item(code="H0018"))).decide(offered(), physician(), NOON)


def test_a_physician_certifies_days_of_transition_and_less_intense_care_after_them() -> None:
    made = stepped().item(1).determination
    assert made.step_down == STEP and made.authorized == TRANSITION
    assert made.because == f"By day it is safe. From {STEP.starts_on} until {STEP.until}, H0035 is certified instead (2 sessions)."


@pytest.mark.parametrize(
    ("decision", "says"),
    [
        (offered(StepDown(PARTIAL, TODAY + 5 * DAY, TODAY + 9 * DAY)), "Let it begin on the day after"),
        (offered(StepDown(PARTIAL, TODAY + 3 * DAY, TODAY)), "before it begins"),
        (offered(verdict=Verdict.DENY, authorized=None), "part of a modification"),
    ],
)
def test_nobody_is_left_between_two_levels(decision: Decision, says: str) -> None:
    with pytest.raises(Unprocessable, match=says):
        authorization(refer()).decide(decision, physician(), NOON)


def test_a_nurse_offers_no_step_down() -> None:
    with pytest.raises(Exception, match="may not modify"):
        authorization(refer()).decide(offered(), nurse(), NOON)


@pytest.mark.parametrize(
    ("code", "after", "standing"),
    [
        (DAYS, 1, Standing.APPROVED),
        (DAYS, 5, Standing.REDUCED),
        (DAYS, 40, Standing.EXPIRED),
        (PARTIAL, 1, Standing.NOT_YET),
        (PARTIAL, 5, Standing.APPROVED),
        (PARTIAL, 40, Standing.EXPIRED),
    ],
)
def test_a_claim_for_either_level_finds_what_is_certified_that_day(code: Coding, after: int, standing: Standing) -> None:
    found = status([stepped()], (code,), TODAY + after * DAY)
    assert found.standing is standing
    if standing is Standing.REDUCED:
        assert found.says == STEP.says


def test_each_level_is_counted_by_itself() -> None:
    case = use(stepped(), 1, Decimal(3), TODAY, "C-1", "claims", NOON)
    case = use(case, 1, Decimal(2), TODAY + 4 * DAY, "C-2", "claims", NOON)
    assert (left(case, case.item(1)).left, left_of_step_down(case, case.item(1)).left) == (0, 0)
    with pytest.raises(Conflict, match="0 sessions are left"):
        use(case, 1, Decimal(1), TODAY + 5 * DAY, "C-3", "claims", NOON)


def test_days_at_the_lower_level_are_covered_days_of_the_stay() -> None:
    assert Stay((stepped(),), given=(TODAY + 10 * DAY,)).unfunded(TODAY + 10 * DAY) == ()


WEEKLY = EditionReference("residential_sud", "2026.1", "0" * 64, 30, review_every=7, plan_criteria=("discharge_plan",))


def reviewed(truth: Truth) -> Authorization:
    case = certify(finding(), finding("discharge_plan", truth))
    held = Authorized(TODAY, TODAY + 29 * DAY, Decimal(30), "days")
    return authorization(type(case)(case.because, case.findings, WEEKLY, held), request=request(item(code="H0018")))


def test_a_discharge_plan_on_file_is_asked_for_no_more_and_a_missing_one_is_a_task() -> None:
    there, missing = reviewed(Truth.MET), reviewed(Truth.UNKNOWN)
    assert came_at(there) == NOON and came_at(missing) is None and is_asked_for(missing)
    said = [due.says for due in moments(missing) if due.matter is Matter.REVIEW]
    assert "The discharge plan has not come with review 2. Ask the facility for it." in said and sum("has not come" in each for each in said) == 3
    assert not any("discharge plan" in due.says for due in moments(there))


def test_the_policy_says_which_criterion_the_discharge_plan_shows() -> None:
    edition = open_shelf().edition("residential_sud", "2026.1")
    assert EditionReference.of(edition).plan_criteria == ("discharge_plan",)


def test_the_practice_is_told_once_that_what_is_certified_ends_and_not_when_it_is_no_news_any_more() -> None:
    case = authorization(certify())
    ends = datetime.combine(case.items[0].determination.authorized.until, time(), NOON.tzinfo)  # type: ignore[union-attr]
    once = told(case, ends - 2 * DAY)
    assert [(each.who, each.channel) for each in once.contacts] == [("provider", "portal")] and once.revision == case.revision
    assert about(once) == once.contacts[0].said and told(once, ends - 2 * DAY) is once
    assert told(case, ends + 30 * DAY) is case and about(case) == ""
