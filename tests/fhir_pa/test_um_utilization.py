"""Limited benefits: what is certified is counted once, in one window, and never leaves less than nothing."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fhir_pa.um.determination import Authorized
from fhir_pa.um.utilization import CALENDAR_YEAR, used, utilization, window

DAYS = st.dates(date(2020, 1, 1), date(2030, 12, 31))
AMOUNTS = st.one_of(st.none(), st.decimals(0, 60, places=1))
UNITS = st.sampled_from([None, "visits", "hours"])
CERTIFIED = st.lists(st.builds(Authorized, DAYS, DAYS, AMOUNTS, UNITS))
LIMITS = st.decimals(0, 100, places=1)


def visits(on: date, quantity: str | None, unit: str | None = "visits") -> Authorized:
    return Authorized(on, on + timedelta(days=60), Decimal(quantity) if quantity else None, unit)


def test_twelve_of_twenty_visits_are_left_when_eight_were_certified_this_year() -> None:
    held = [visits(date(2025, 12, 20), "6"), visits(date(2026, 2, 1), "5"), visits(date(2026, 6, 1), "3"), visits(date(2026, 7, 1), "9", "hours")]
    left = utilization(held, Decimal(20), window(CALENDAR_YEAR, date(2026, 11, 21)), "visits")
    assert (left.used, left.remaining) == (Decimal(8), Decimal(12))


def test_a_certification_without_a_quantity_counts_as_one() -> None:
    assert used([visits(date(2026, 2, 1), None), visits(date(2026, 3, 1), None, None)], window(CALENDAR_YEAR, date(2026, 11, 21)), "visits") == 2


def test_a_rolling_limit_forgets_what_began_before_its_days() -> None:
    held, on = [visits(date(2026, 8, 23), "5"), visits(date(2026, 8, 24), "3")], date(2026, 11, 21)
    assert used(held, window(90, on), "visits") == 3 and used(held, window(91, on), "visits") == 8


@pytest.mark.parametrize("per", ["month", 0, -3, True])
def test_a_period_nobody_can_count_in_is_named_with_those_that_work(per: object) -> None:
    with pytest.raises(ValueError, match="Write 'calendar-year' or a number of days"):
        window(per, date(2026, 11, 21))  # type: ignore[arg-type]


@given(CERTIFIED, LIMITS, DAYS, st.one_of(st.just(CALENDAR_YEAR), st.integers(1, 4000)), UNITS)
def test_used_and_remaining_fit_the_limit(held: list[Authorized], limit: Decimal, on: date, per: str | int, unit: str | None) -> None:
    left = utilization(held, limit, window(per, on), unit)
    assert left.used >= 0 and left.remaining >= 0
    assert left.used + left.remaining == max(limit, left.used)


@given(CERTIFIED, st.builds(Authorized, DAYS, DAYS, AMOUNTS, UNITS), DAYS, st.integers(1, 4000))
def test_one_more_certification_never_frees_anything(held: list[Authorized], more: Authorized, on: date, per: int) -> None:
    between = window(per, on)
    assert used([*held, more], between) >= used(held, between)
    assert used(reversed([*held, more]), between) == used([*held, more], between), "in whatever order they were given"


@given(CERTIFIED)
def test_the_years_together_count_every_certification_once(held: list[Authorized]) -> None:
    years = (window(CALENDAR_YEAR, date(year, 6, 1)) for year in range(2020, 2031))
    assert sum(used(held, year) for year in years) == sum((each.quantity if each.quantity is not None else Decimal(1)) for each in held)


@given(CERTIFIED, DAYS, st.integers(1, 2000), st.integers(0, 2000))
def test_a_longer_look_back_never_finds_less(held: list[Authorized], on: date, days: int, more: int) -> None:
    assert used(held, window(days + more, on)) >= used(held, window(days, on))
