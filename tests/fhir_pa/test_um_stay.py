"""Care that goes on is reviewed on a schedule; what is late or not covered is counted; nothing ends by silence (F37-F46, SC-05)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal

import pytest

from fhir_pa.um.case.authorization import Authorization
from fhir_pa.um.case.transitions import State
from fhir_pa.um.deciding.determination import Authorized, Certify, EditionReference
from fhir_pa.um.deciding.request import CertificationType
from fhir_pa.um.on_file.units import use
from fhir_pa.um.stays.falls_due import Matter, moments
from fhir_pa.um.stays.goal import began_on
from fhir_pa.um.stays.stay import CONTINUED, Stay, continuation, continued, continues, lag, reviews, reviews_of, stays
from questionnaires.library import open_shelf
from tests.builders import NOON, authorization, finding, item, request

DAY = timedelta(days=1)
FIRST = NOON.date()
RESIDENTIAL = EditionReference("residential_sud", "2026.1", "0" * 64, 7, review_every=7)


def stay(days: int = 5, starts: date = FIRST, number: str = "PA1", **asked: object) -> Authorization:
    """So many days of a residential stay, certified."""
    held = Authorized(starts, starts + (days - 1) * DAY, Decimal(days), "days")
    yes = Certify("Every criterion is met.", (finding(),), RESIDENTIAL, held)
    return authorization(yes, request=request(item(code="H0018", **asked)), number=number)


def more(after_days: int, starts: date, parent: str | None = "PA1", number: str = "PA2") -> Authorization:
    """The extension, received so many days after the stay began."""
    case = stay(7, starts, number, certification_type=CertificationType.EXTENSION, authorization_number=parent)
    return replace(case, clock=replace(case.clock, received_at=NOON + after_days * DAY))


def rung(case: Authorization, matter: Matter) -> list[str]:
    return [due.says for due in moments(case) if due.matter is matter]


def test_a_thirty_day_stay_is_reviewed_on_days_7_14_21_and_28() -> None:
    found = reviews(Authorized(FIRST, FIRST + 29 * DAY), 7)
    assert [(review.on - FIRST).days + 1 for review in found] == [7, 14, 21, 28]
    assert [review.wants_discharge_plan for review in found] == [False, True, True, True]


@pytest.mark.parametrize(("days", "every", "expected"), [(5, 7, []), (7, 7, [7]), (6, 3, [3, 6]), (5, 1, [1, 2, 3, 4, 5])])
def test_the_cadence_is_the_editions(days: int, every: int, expected: list[int]) -> None:
    found = reviews(Authorized(FIRST, FIRST + (days - 1) * DAY), every)
    assert [(review.on - FIRST).days + 1 for review in found] == expected


def test_each_review_rings_on_its_day_and_asks_for_the_discharge_plan_from_the_second_on() -> None:
    said = rung(stay(30), Matter.REVIEW)
    assert len(said) == 4 and "discharge plan" not in said[0] and all("discharge plan" in each for each in said[1:])
    assert all("discharge plan" in each for each in rung(more(3, FIRST + 5 * DAY), Matter.REVIEW)), "an extension is the second review at least"
    assert all("at a lower level" in each for each in said), "stable alone is no answer (F31)"


def test_an_item_that_is_not_certified_or_not_reviewed_has_no_reviews() -> None:
    case = stay(30)
    assert not reviews_of(replace(case.item(1), state=State.DENIED))
    unreviewed = replace(case.item(1).determination, edition=replace(RESIDENTIAL, review_every=None))
    assert not reviews_of(replace(case.item(1), determination=unreviewed))


def test_the_end_is_announced_72_and_24_hours_before_and_a_missed_update_only_rings() -> None:
    case = stay(7)
    over = datetime.combine(FIRST + 7 * DAY, time(), NOON.tzinfo)
    ringing = [due.at for due in moments(case) if due.matter is Matter.ENDING]
    assert ringing == [over - timedelta(hours=72), over - timedelta(hours=24), over + timedelta(seconds=1)]
    assert "Nothing ends by itself." in rung(case, Matter.ENDING)[-1]


def test_an_extension_is_joined_to_the_case_it_names_or_else_to_the_newest_of_the_same_service() -> None:
    first, second = stay(), stay(7, FIRST + 5 * DAY, "PA7")
    assert continues(more(3, FIRST + 5 * DAY).request, [first, second]) == first
    assert continues(more(3, FIRST + 12 * DAY, parent=None).request, [first, second]) == second
    assert continues(more(3, FIRST, parent="PA-of-somebody-else").request, [first]) is None
    assert continues(first.request, [second]) is None, "only an extension continues anything"


def test_once_the_extension_is_asked_for_the_end_is_announced_no_more() -> None:
    joined = continued(stay(), more(3, FIRST + 5 * DAY), NOON + 3 * DAY)
    assert not rung(joined, Matter.ENDING)
    assert joined.trail[-1].what == CONTINUED and joined.trail[-1].because == "As PA2, before it ended."
    assert joined.revision == stay().revision + 1 and joined.items == stay().items


def test_the_failure_of_sc_05_five_days_and_an_update_on_day_seven_is_two_days_late_and_two_days_unfunded() -> None:
    first, second = stay(5), more(6, FIRST + 7 * DAY)
    assert lag(first, NOON + 6 * DAY) == 2
    (found,) = stays([second, first])
    assert found.lags == (2,) and found.unfunded(found.known_until) == (FIRST + 5 * DAY, FIRST + 6 * DAY)
    told = continuation([found])
    assert (told.in_time, told.extensions, told.mean_lag, told.unfunded) == (0, 1, 2.0, 2)


def test_an_extension_in_time_leaves_no_day_unfunded() -> None:
    (found,) = stays([stay(5), more(3, FIRST + 5 * DAY)])
    assert found.lags == (0,) and not found.unfunded(FIRST + 11 * DAY)
    assert continuation([found]).mean_lag == 0.0 and continuation([]).mean_lag is None


def test_days_that_claims_tell_are_care_that_went_on_until_the_discharge() -> None:
    used = use(stay(5), 1, Decimal(1), FIRST + 4 * DAY, "C-1", "claims", NOON)
    assert Stay((used,)).known_until == FIRST + 4 * DAY
    left = replace(used, request=replace(used.request, discharge=(FIRST + 2 * DAY, FIRST + 2 * DAY)))
    assert Stay((left,)).known_until == FIRST + 2 * DAY


@pytest.mark.parametrize(
    ("topic", "days", "unit", "every"),
    [
        ("emergency_inpatient", 6, "days", 1),
        ("residential_sud", 7, "days", 7),
        ("partial_hospitalization", 14, "days", 7),
        ("intensive_outpatient", 28, "sessions", 14),
    ],
)
def test_each_setting_has_its_own_unit_days_and_cadence(topic: str, days: int, unit: str, every: int) -> None:
    edition = next(each for each in open_shelf().editions() if each.topic == topic)
    assert edition.certifies is not None and (edition.certifies.days, edition.certifies.unit) == (days, unit)
    named = EditionReference.of(edition)
    case = authorization(Certify("Met.", (finding(),), named, Authorized(FIRST, FIRST + 27 * DAY, Decimal(12), unit)))
    assert named.review_every == every and [(each.on - FIRST).days + 1 for each in reviews_of(case.item(1))][:2] == [every, 2 * every]


EXPECTED = replace(RESIDENTIAL, goal_days=28)


def expected(days: int, starts: date = FIRST, **given: object) -> Authorization:
    """So many certified days under an edition whose goal is four weeks."""
    return authorization(Certify("Met.", (finding(),), EXPECTED, Authorized(starts, starts + (days - 1) * DAY, Decimal(days), "days")), **given)


def goal(case: Authorization) -> list[str]:
    return [f"{due.at:%m-%d} {due.says}" for due in moments(case) if due.matter is Matter.GOAL]


@pytest.mark.parametrize(("days", "rings"), [(28, False), (29, True), (40, True)])
def test_the_first_certified_day_beyond_the_goal_rings_and_nothing_ends(days: int, rings: bool) -> None:
    case = expected(days)
    on = f"{FIRST + 28 * DAY:%m-%d}"
    said = f"{on} Day 29 of the stay, whose guideline expects 28. Ask what keeps the patient and what would help; nothing ends by it."
    assert goal(case) == ([said] if rings else []) and case.item(1).determination.action == "certified in total"


def test_an_extension_counts_from_day_one_of_its_stay() -> None:
    first = expected(7)
    assert began_on(first) == FIRST
    later = expected(7, FIRST + 25 * DAY, stay_from=FIRST)
    assert "Day 29 of the stay" in goal(later)[0]
    beyond = expected(7, FIRST + 32 * DAY, stay_from=FIRST)
    assert "Day 33 of the stay" in goal(beyond)[0], "each authorization beyond it rings on its own first day"
    assert goal(expected(7, FIRST + 25 * DAY)) == [], "by itself it is a stay that begins"


def test_an_admission_that_is_told_is_day_one_and_a_discharge_ends_the_counting() -> None:
    case = expected(28)
    sooner = replace(case, request=replace(case.request, admission=(FIRST - 2 * DAY, FIRST)))
    assert "Day 29" in goal(sooner)[0] and goal(sooner)[0].startswith(f"{FIRST + 26 * DAY:%m-%d}")
    left = replace(sooner, request=replace(sooner.request, discharge=(FIRST + 20 * DAY, FIRST + 20 * DAY)))
    assert goal(left) == []
