"""Limited benefits: what is certified is counted once, in one window, in whatever words its unit is written."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cds_hooks.allowance import Allowance
from fhir_pa.um.deciding.determination import Authorized
from fhir_pa.um.deciding.utilization import used, window
from questionnaires.benefits import CALENDAR_YEAR, Limit

DAYS = st.dates(date(2020, 1, 1), date(2030, 12, 31))
AMOUNTS = st.one_of(st.none(), st.decimals(0, 60, places=1))
UNITS = st.sampled_from([None, "visits", "visit", "{visit}", "hours"])
CERTIFIED = st.lists(st.builds(Authorized, DAYS, DAYS, AMOUNTS, UNITS))
ANY_LIMIT = st.builds(Limit, st.decimals(0, 100, places=1), st.sampled_from(["visits", "hours"]), st.one_of(st.just(CALENDAR_YEAR), st.integers(1, 4000)))
TODAY = date(2026, 11, 21)
TWENTY = Limit(Decimal(20), "visits")


def visits(on: date, quantity: str | None, unit: str | None = "visits") -> Authorized:
    return Authorized(on, on + timedelta(days=60), Decimal(quantity) if quantity else None, unit)


def rolling(days: int) -> Limit:
    return Limit(Decimal(20), "visits", days)


def test_eight_of_twenty_visits_are_used_when_eight_were_certified_this_year() -> None:
    held = [visits(date(2025, 12, 20), "6"), visits(date(2026, 2, 1), "5"), visits(date(2026, 6, 1), "3", "{visit}"), visits(date(2026, 7, 1), "9", "hours")]
    assert used(held, TWENTY, TODAY) == 8
    assert Allowance(TWENTY, TODAY, used(held, TWENTY, TODAY)).remaining == 12


def test_a_certification_without_a_quantity_counts_as_one() -> None:
    assert used([visits(date(2026, 2, 1), None), visits(date(2026, 3, 1), None, None)], TWENTY, TODAY) == 2


def test_a_rolling_limit_forgets_what_began_before_its_days() -> None:
    held = [visits(date(2026, 8, 23), "5"), visits(date(2026, 8, 24), "3")]
    assert used(held, rolling(90), TODAY) == 3 and used(held, rolling(91), TODAY) == 8


@pytest.mark.parametrize("per", ["month", 0, -3, True])
def test_a_period_nobody_can_count_in_is_named_with_those_that_work(per: object) -> None:
    with pytest.raises(ValueError, match="Write 'calendar-year' or a number of days"):
        window(per, TODAY)  # type: ignore[arg-type]


@given(CERTIFIED, ANY_LIMIT, DAYS)
def test_used_and_remaining_fit_the_limit(held: list[Authorized], limit: Limit, on: date) -> None:
    spent = used(held, limit, on)
    left = Allowance(limit, on, spent).remaining
    assert spent >= 0 and left >= 0 and spent + left == max(limit.quantity, spent)


@given(CERTIFIED, st.builds(Authorized, DAYS, DAYS, AMOUNTS, UNITS), ANY_LIMIT, DAYS)
def test_one_more_certification_never_frees_anything(held: list[Authorized], more: Authorized, limit: Limit, on: date) -> None:
    assert used([*held, more], limit, on) >= used(held, limit, on)
    assert used(reversed([*held, more]), limit, on) == used([*held, more], limit, on), "in whatever order they were given"


@given(CERTIFIED)
def test_the_years_together_count_every_certification_once(held: list[Authorized]) -> None:
    counted = [each for each in held if TWENTY.counts(each.unit)]
    years = (used(held, TWENTY, date(year, 6, 1)) for year in range(2020, 2031))
    assert sum(years) == sum((each.quantity if each.quantity is not None else Decimal(1)) for each in counted)


@given(CERTIFIED, DAYS, st.integers(1, 2000), st.integers(0, 2000))
def test_a_longer_look_back_never_finds_less(held: list[Authorized], on: date, days: int, more: int) -> None:
    assert used(held, rolling(days + more), on) >= used(held, rolling(days), on)
