"""Cards a clinic turns down again and again fall quiet for a while, win back their place, and never when they matter."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cds_hooks.configuration import COVERAGE_INFO, DUPLICATE, INSURANCE, LIMITS
from cds_hooks.quiet import NEVER, Day, Kind, Rule, quiet

FIRST = date(2026, 1, 1)
GUIDELINES = Kind("oakwood", "guideline", "home_oxygen")
DAYS = st.dictionaries(st.integers(0, 400), st.tuples(st.integers(0, 30), st.integers(0, 30)), max_size=30).map(
    lambda counts: [Day(FIRST + timedelta(days=number), *told) for number, told in counts.items()]
)
RULES = st.builds(Rule, st.integers(0, 60), st.integers(1, 100), st.integers(1, 60))


def on(number: int) -> date:
    return FIRST + timedelta(days=number)


def test_twenty_cards_of_which_nine_in_ten_were_turned_down_are_enough_and_no_fewer() -> None:
    assert quiet(GUIDELINES, [Day(on(0), 2, 18)], Rule(), on(1)) is not None
    assert quiet(GUIDELINES, [Day(on(0), 0, 19)], Rule(), on(1)) is None
    assert quiet(GUIDELINES, [Day(on(0), 3, 17)], Rule(), on(1)) is None


def test_a_quiet_card_is_given_again_and_wins_back_its_place_or_falls_quiet_anew() -> None:
    turned_down = [Day(on(0), 0, 10), Day(on(5), 0, 10)]
    spell = quiet(GUIDELINES, turned_down, Rule(), on(6))
    assert spell is not None and (spell.since, spell.until) == (on(5), on(35))
    assert quiet(GUIDELINES, turned_down, Rule(), on(35)) == spell and quiet(GUIDELINES, turned_down, Rule(), on(36)) is None
    assert "20 of 20 cards" in spell.because and str(on(36)) in spell.because
    assert quiet(GUIDELINES, [*turned_down, Day(on(40), 5, 15)], Rule(), on(41)) is None, "counted anew, and better liked"
    assert quiet(GUIDELINES, [*turned_down, Day(on(40), 0, 20)], Rule(), on(41)) is not None


def test_what_is_said_during_the_quiet_of_earlier_cards_counts_for_nothing() -> None:
    told = [Day(on(0), 0, 20), Day(on(10), 0, 500), Day(on(40), 0, 19)]
    assert quiet(GUIDELINES, told, Rule(), on(41)) is None


def test_the_day_that_reaches_the_threshold_is_still_loud() -> None:
    assert quiet(GUIDELINES, [Day(on(3), 0, 20)], Rule(), on(3)) is None


def test_nothing_is_quiet_when_it_is_switched_off() -> None:
    assert quiet(GUIDELINES, [Day(on(0), 0, 500)], Rule(after=0), on(1)) is None


@pytest.mark.parametrize("topic", [COVERAGE_INFO.code, INSURANCE.code, DUPLICATE.code, LIMITS.code, "contraindication"])
def test_what_changes_what_is_paid_or_safe_is_never_quiet(topic: str) -> None:
    assert topic in NEVER
    assert quiet(Kind("oakwood", topic), [Day(on(0), 0, 500)], Rule(), on(1)) is None


@given(DAYS, RULES, st.integers(0, 450))
def test_a_spell_lies_over_its_day_holds_its_counts_and_ends_by_itself(days: list[Day], rule: Rule, number: int) -> None:
    spell = quiet(GUIDELINES, days, rule, on(number))
    if spell is not None:
        assert spell.since < on(number) <= spell.until == spell.since + timedelta(days=rule.days)
        assert spell.accepted + spell.rejected >= rule.after > 0
        assert 100 * spell.rejected >= rule.rejected * (spell.accepted + spell.rejected)
        before = [day for day in days if day.on <= spell.since]
        assert quiet(GUIDELINES, before, rule, spell.until + timedelta(days=1)) is None, "quiet lasts no longer when nobody says anything"


@given(DAYS, RULES, st.integers(0, 450))
def test_what_is_accepted_every_time_is_never_quiet_and_the_future_says_nothing(days: list[Day], rule: Rule, number: int) -> None:
    assert quiet(GUIDELINES, [Day(day.on, day.accepted, 0) for day in days], rule, on(number)) is None
    known = [day for day in days if day.on < on(number)]
    assert quiet(GUIDELINES, days, rule, on(number)) == quiet(GUIDELINES, known, rule, on(number))
