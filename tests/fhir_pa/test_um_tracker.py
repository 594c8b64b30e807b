"""What a practice lives by: four measures with their targets and the lines behind them, and six failures found in time (F92, F93, M1-M4)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from fhir_pa.um.case.appeal import Outcome
from fhir_pa.um.case.authorization import Authorization
from fhir_pa.um.case.review import Decision, Verdict
from fhir_pa.um.deciding.determination import Authorized, Refer
from fhir_pa.um.deciding.information_request import InformationRequest
from fhir_pa.um.deciding.root_cause import RootCause
from fhir_pa.um.measures.failures import Failure
from fhir_pa.um.measures.tracker import NO_CLAIMS, Name, Tracker, tracker
from fhir_pa.um.on_file.rendered import Match, Rendered, matched
from fhir_pa.um.on_file.status import Standing
from fhir_pa.um.on_file.units import use
from fhir_pa.um.reviewing import appealing
from fhir_pa.um.reviewing.adverse import intend
from fhir_pa.um.stays.stay import Stay, stays
from ig_profiles.names import HCPCS
from ig_profiles.reading import Coding
from questionnaires.library import Shelf, open_shelf
from tests.builders import MEMBER, NOON, TODAY, authorization, certify, finding, item, physician, refer, request
from tests.fhir_pa.test_um_appeal import denied, filing, heard
from tests.fhir_pa.test_um_stay import more, stay

DAY = timedelta(days=1)
SINCE = TODAY - 30 * DAY
CLINIC = "9000000023"


@pytest.fixture(scope="module")
def shelf() -> Shelf:
    return open_shelf()


def given(on: date = TODAY, code: str = "E1390", claim: str = "C-1", until: date | None = None, **told: object) -> Rendered:
    """A line of a claim."""
    fields = {"line": 1, "member": MEMBER, "line_of_business": "medicare-advantage", "npi": CLINIC}
    return Rendered(**{**fields, "claim": claim, "code": Coding(HCPCS, code), "on": on, "until": until or on, **told})  # type: ignore[arg-type]


def held(shelf: Shelf, rendered: list[Rendered], *cases: Authorization) -> list[Match]:
    return list(matched(rendered, lambda member: cases, shelf.in_force))


def track(*cases: Authorization, went_on: tuple[Stay, ...] = (), matches: list[Match] | None = None, after: timedelta = timedelta(0)) -> Tracker:
    return tracker(cases, went_on, matches, SINCE, NOON + after)


def intended(cause: RootCause = RootCause.NOT_NECESSARY) -> Authorization:
    """A case whose denial a physician intends, a conversation offered."""
    drafted = Decision((1,), Verdict.DENY, "Not below the limit.", ("saturation",), ("0F",), "555-555-0142", root_cause=cause)
    return intend(authorization(), drafted, physician(), NOON, timedelta(hours=72))


def decided_as(verdict: Verdict, cause: RootCause) -> Authorization:
    instead = Authorized(TODAY, TODAY + DAY, Decimal(1), "days") if verdict is Verdict.MODIFY else None
    decision = Decision((1,), verdict, "Another level serves.", ("saturation",), ("0G",), "555-555-0142", instead, cause)
    asked = request(item(service=replace(item().service, quantity=Decimal(5), unit="days")))
    return authorization(refer(), request=asked).decide(decision, physician(), NOON)


def test_without_claims_the_first_measure_says_so_and_claims_no_value() -> None:
    measure = track(authorization(certify())).measure(Name.VALID)
    assert (measure.value, measure.is_met) == (None, None)
    assert measure.because == NO_CLAIMS and "fhir-pa claims import" in measure.because


def test_services_with_a_valid_authorization_are_counted_of_those_that_needed_one(shelf: Shelf) -> None:
    asked = [given(), given(claim="C-2", on=date(2027, 3, 1)), given(claim="C-3", code="K0861")]
    found = held(shelf, asked, authorization(certify()))
    assert [each.status.standing for each in found] == [Standing.APPROVED, Standing.NONE, Standing.EXPIRED]
    measured = tracker([], [], found, SINCE, NOON + 120 * DAY).measure(Name.VALID)
    assert (measured.value, measured.count, measured.of, measured.is_met) == (33.3, 1, 3, False)
    assert [(row.number, row.claim) for row in measured.rows] == [("", "C-3/1"), ("PA0001", "C-2/1")]
    assert str(measured.target) == "more than 98 %"


def test_a_service_the_policy_of_its_day_lets_pass_is_not_counted(shelf: Shelf) -> None:
    free = next(each for each in shelf.editions() if each.authorization == "not needed" or not each.covered)
    line = replace(given(), code=free.services[0], line_of_business=(free.lines_of_business or ("medicare-advantage",))[0])
    assert held(shelf, [line]) == []


def test_no_certified_unit_is_counted_twice_and_a_claim_on_the_ledger_stays_covered(shelf: Shelf) -> None:
    one_unit = authorization(certify())
    first, second = held(shelf, [given(), given(claim="C-2")], one_unit)
    assert first.is_covered and second.status.standing is Standing.EXHAUSTED
    assert second.status.says == "0 unit were left, and 1 given."
    (again,) = held(shelf, [given(claim="C-2")], use(one_unit, 1, Decimal(1), TODAY, "C-2", "claims", NOON))
    assert again.is_covered and again.status.number == "PA0001"


def test_care_given_beyond_the_last_certified_day_was_not_all_covered(shelf: Shelf) -> None:
    (found,) = held(shelf, [given(code="H0018", until=TODAY + 5 * DAY)], stay(5))
    assert found.status.standing is Standing.EXPIRED and f"given until {TODAY + 5 * DAY}" in found.status.says


def test_the_lag_is_the_mean_over_all_that_ended_while_care_went_on() -> None:
    late, prompt = (stay(5), more(6, TODAY + 7 * DAY)), (stay(5), more(3, TODAY + 5 * DAY))
    measured = track(went_on=(*stays(late), *stays(prompt)), after=10 * DAY).measure(Name.LAG)
    assert (measured.value, measured.count, measured.of) == (1.0, 1, 2)
    assert [(row.number, row.says) for row in measured.rows] == [("PA2", "Asked for 2 days after what went before had ended.")]


def test_care_that_went_on_with_no_extension_at_all_lags_until_discharge_or_today() -> None:
    went_on = Stay((stay(5),), given=(TODAY + 6 * DAY,))
    assert track(went_on=(went_on,), after=9 * DAY).measure(Name.LAG).value == 5.0
    left = replace(stay(5), request=replace(stay(5).request, discharge=(TODAY + 6 * DAY, TODAY + 6 * DAY)))
    assert track(went_on=(Stay((left,), given=(TODAY + 6 * DAY,)),), after=9 * DAY).measure(Name.LAG).value == 2.0
    assert track(went_on=(Stay((stay(5),)),), after=9 * DAY).measure(Name.LAG).value is None, "nothing says that care went on"


def test_each_day_of_care_that_nothing_certifies_is_a_line() -> None:
    found = track(went_on=stays([stay(5), more(6, TODAY + 7 * DAY)]), after=10 * DAY)
    assert found.unfunded_days == 2 and [row.on for row in found.unfunded] == [TODAY + 5 * DAY, TODAY + 6 * DAY]
    (row,) = [row for row in found.failures[Failure.EXPIRED].rows if row.happened]
    assert row.number == "PA2" and row.says.startswith("2 days of care that nothing certifies")


def test_appeals_decided_are_counted_with_the_upheld_ones_as_lines() -> None:
    won, lost = (heard(appealing.file(denied(), filing(), NOON + DAY), each) for each in (Outcome.OVERTURNED, Outcome.UPHELD))
    measured = tracker([won, lost], [], None, SINCE, NOON + 60 * DAY).measure(Name.OVERTURNED)
    assert (measured.value, measured.count, measured.of, measured.is_met) == (50.0, 1, 2, False)
    assert len(measured.rows) == 1 and "upheld" in measured.rows[0].says


def test_a_window_that_closed_unused_is_missed_even_before_the_clock_records_it() -> None:
    measured = track(intended(), after=4 * DAY).measure(Name.MISSED_CALLS)
    assert (measured.value, measured.of, measured.is_met) == (1.0, 1, False) and measured.rows[0].number == "PA0001"
    assert track(intended()).measure(Name.MISSED_CALLS).is_met is True


def test_an_offer_still_open_is_told_with_its_end_and_the_last_hours_say_call_now() -> None:
    (row,) = track(intended()).failures[Failure.MISSED_CALL].rows
    assert not row.happened
    assert row.says == "Book the call: the plan's physician may be talked to until Monday, November 23, 2026, at 12:00 p.m. (UTC)."
    (late,) = track(intended(), after=timedelta(hours=70)).failures[Failure.MISSED_CALL].rows
    assert late.says.startswith("Call now")


def asked_for_notes() -> Authorization:
    unclear: Refer = replace(refer(), asks=(InformationRequest("11503-0", ("the oxygen saturation at rest",)),))
    return authorization(unclear)


@pytest.mark.parametrize(
    ("case", "failure", "happened", "says"),
    [
        (lambda: authorization(request=request(item(service=replace(item().service, on=TODAY)))), Failure.NO_AUTHORIZATION, True, "still under review"),
        (lambda: decided_as(Verdict.DENY, RootCause.NO_AUTHORIZATION), Failure.NO_AUTHORIZATION, True, "no authorization beforehand"),
        (lambda: decided_as(Verdict.DENY, RootCause.EXPIRED), Failure.EXPIRED, True, "the authorization had expired"),
        (lambda: decided_as(Verdict.MODIFY, RootCause.WRONG_LEVEL), Failure.WRONG_LEVEL, True, "another level of care"),
        (lambda: decided_as(Verdict.MODIFY, RootCause.QUANTITY), Failure.WRONG_LEVEL, True, "otherwise than asked for"),
        (asked_for_notes, Failure.MISMATCH, False, "the oxygen saturation at rest"),
        (lambda: decided_as(Verdict.DENY, RootCause.CRITERIA_NOT_SPOKEN), Failure.MISMATCH, True, "do not speak to the criteria"),
        (lambda: decided_as(Verdict.DENY, RootCause.RETRO_NOT_PURSUED), Failure.RETRO_NOT_PURSUED, True, "not asked for in time afterwards"),
    ],
)
def test_each_failure_has_its_detector(case: Callable[[], Authorization], failure: Failure, happened: bool, says: str) -> None:
    found = track(case()).failures
    (row,) = found[failure].rows
    assert (row.number, row.item, row.happened) == ("PA0001", 1, happened) and says in row.says
    assert [kind for kind, behind in found.items() if behind.count] == [failure]


def test_a_stay_about_to_end_is_a_line_that_can_still_be_kept_from_happening() -> None:
    (row,) = track(went_on=stays([stay(5)]), after=3 * DAY).failures[Failure.EXPIRED].rows
    assert not row.happened and row.says == f"What is certified ends on {TODAY + 4 * DAY}. Care that goes on needs its extension before."
    assert not track(went_on=stays([stay(30)])).failures[Failure.EXPIRED].rows


def test_claims_find_what_no_case_shows(shelf: Shelf) -> None:
    found = track(matches=held(shelf, [given(), given(claim="C-2", code="H0018", on=TODAY + 9 * DAY)], stay(5)), after=10 * DAY)
    assert found.misses == {Standing.NONE: 1, Standing.EXPIRED: 1}
    assert [row.claim for row in found.failures[Failure.NO_AUTHORIZATION].rows] == ["C-1/1"]
    assert [(row.claim, row.says) for row in found.failures[Failure.EXPIRED].rows if row.claim] == [
        ("C-2/1", f"It was approved until {TODAY + 4 * DAY}. Send a renewal, or an extension for care that goes on. Send the extension now.")
    ]


def test_days_denied_or_shortened_are_counted() -> None:
    assert track(decided_as(Verdict.MODIFY, RootCause.WRONG_LEVEL), decided_as(Verdict.DENY, RootCause.NOT_NECESSARY)).denied_days == 4 + 5
    assert track(authorization(certify(finding()))).denied_days == 0
