"""Comparisons of two facts, and steps of therapy: three-valued, and a missing part is named, never taken for a no."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from ig_profiles.reading import Coding
from questionnaires.authoring.criteria import read_criteria
from questionnaires.authoring.mistakes import Mistake
from questionnaires.authoring.table import Table
from questionnaires.criteria import Answer, Circumstances, Criterion, Test, Truth, weigh

DAY = date(2026, 11, 21)
TODAY = Circumstances(DAY, DAY)
SIX_WEEKS = Criterion("care", "Six weeks of care", test=Test("until", "at_least_days_after", Decimal(42), "from"), accepts=("the dates",))
SOON = Criterion("record", "Recorded soon", test=Test("recorded", "at_most_days_after", Decimal(60), "until"))
PENS = Criterion("pens", "Two pens in 28 days", test=Test("pens", "at_most_per", (Decimal(2), Decimal(28)), "supply"))
STEP = {
    "drug": {"fact": "drug", "one_of": ["methotrexate", "leflunomide"]},
    "dose": {"fact": "dose", "at_least": 15},
    "duration": {"fact": "until", "at_least_days_after": {"fact": "from", "days": 84}},
    "reason": {"fact": "reason", "one_of": ["no_response", "adverse"]},
    "record": {"fact": "recorded", "at_most_days_after": {"fact": "until", "days": 60}},
}
TRIED: dict[str, Any] = {
    "drug": "methotrexate",
    "dose": Decimal(15),
    "from": date(2026, 3, 1),
    "until": date(2026, 6, 1),
    "reason": "no_response",
    "recorded": date(2026, 6, 3),
}


def known(**values: Any) -> dict[str, Answer]:
    return {name: Answer(name, (value,)) for name, value in values.items()}


def read(*rows: dict[str, Any]) -> tuple[list[Criterion], list[Mistake]]:
    mistakes: list[Mistake] = []
    return read_criteria(Table({}, "policy.toml", "edition 1", mistakes), list(rows)), mistakes


def step(**more: Any) -> Criterion:
    (criterion,), mistakes = read({"id": "first", "title": "Another drug was tried first", "because": "Try it.", "step": {**STEP, **more}})
    assert mistakes == []
    return criterion


@given(start=some.dates(date(2020, 1, 1), DAY), days=some.integers(-400, 400))
def test_days_between_two_dates_are_counted_from_the_other_to_the_first(start: date, days: int) -> None:
    found = weigh(SIX_WEEKS, known(**{"from": start, "until": start + timedelta(days=days)}), TODAY)
    assert found.truth is (Truth.MET if days >= 42 else Truth.NOT_MET)
    late = weigh(SOON, known(until=start, recorded=start + timedelta(days=days)), TODAY)
    assert late.truth is (Truth.MET if days <= 60 else Truth.NOT_MET)


@given(pens=some.integers(0, 20), days=some.integers(1, 120))
def test_a_quantity_is_within_its_limit_when_its_rate_is(pens: int, days: int) -> None:
    assert weigh(PENS, known(pens=Decimal(pens), supply=Decimal(days)), TODAY).truth is (Truth.MET if pens * 28 <= 2 * days else Truth.NOT_MET)


@given(values=some.fixed_dictionaries({}, optional={"from": some.just(DAY), "until": some.just(DAY), "pens": some.just(Decimal(9))}))
def test_what_one_of_the_two_does_not_tell_is_unknown_and_named(values: dict[str, Any]) -> None:
    for rule in (SIX_WEEKS, PENS):
        assert rule.test is not None
        missing = tuple(fact for fact in rule.test.facts if fact not in values)
        found = weigh(rule, known(**values), TODAY)
        assert (found.truth is Truth.UNKNOWN, found.missing) == (bool(missing), missing)


@pytest.mark.parametrize("supply", [Decimal(0), Decimal(-28), True, "28 days", DAY])
def test_days_of_supply_that_cannot_be_are_unknown(supply: Any) -> None:
    found = weigh(PENS, known(pens=Decimal(2), supply=supply), TODAY)
    assert (found.truth, found.missing) == (Truth.UNKNOWN, ("pens", "supply"))


@pytest.mark.parametrize("odd", ["2026-05", "in May", Decimal(5), True, Coding("", "may")])
def test_a_date_known_only_to_the_month_is_no_day(odd: Any) -> None:
    assert weigh(SIX_WEEKS, known(**{"from": odd, "until": DAY}), TODAY).truth is Truth.UNKNOWN


def test_a_moment_counts_by_its_day() -> None:
    assert weigh(SIX_WEEKS, known(**{"from": "2026-10-10T23:30:00-05:00", "until": DAY}), TODAY).truth is Truth.MET


def test_either_of_two_facts_in_dispute_keeps_it_open() -> None:
    disputed = Answer("from", (date(2026, 1, 1),), disputed="The form says May, the record says June.")
    found = weigh(SIX_WEEKS, known(until=DAY) | {"from": disputed}, TODAY)
    assert (found.truth, found.missing) == (Truth.UNKNOWN, ("from",))
    assert "the record says June" in found.because


def test_a_step_that_was_taken_in_full_is_met_part_by_part() -> None:
    found = weigh(step(), known(**TRIED), TODAY)
    assert {part.criterion: part.truth for part in found.below} == dict.fromkeys((f"first.{part}" for part in STEP), Truth.MET)


@pytest.mark.parametrize(
    ("fact", "value", "part"),
    [
        ("drug", "prednisone", "first.drug"),
        ("dose", Decimal(10), "first.dose"),
        ("until", date(2026, 4, 1), "first.duration"),
        ("reason", "wanted_another", "first.reason"),
        ("recorded", date(2026, 10, 1), "first.record"),
    ],
)
def test_a_step_with_one_part_short_says_which(fact: str, value: Any, part: str) -> None:
    found = weigh(step(), known(**{**TRIED, fact: value}), TODAY)
    assert found.truth is Truth.NOT_MET
    assert part in [below.criterion for below in found.below if below.truth is Truth.NOT_MET]


def test_failed_methotrexate_alone_names_every_field_that_is_missing() -> None:
    found = weigh(step(), known(drug="methotrexate"), TODAY)
    assert (found.truth, found.missing) == (Truth.UNKNOWN, ("dose", "until", "from", "reason", "recorded"))


def test_an_exception_spares_the_step_and_its_absence_does_not_forbid_it() -> None:
    rule = step(unless=[{"fact": "contraindicated", "is": True}])
    assert weigh(rule, known(contraindicated=True), TODAY).truth is Truth.MET
    assert weigh(rule, known(contraindicated=False, **TRIED), TODAY).truth is Truth.MET
    assert weigh(rule, known(**TRIED), TODAY).truth is Truth.MET
    assert weigh(rule, known(contraindicated=False), TODAY).truth is Truth.UNKNOWN
    assert weigh(rule, known(contraindicated=False, **{**TRIED, "dose": Decimal(5)}), TODAY).truth is Truth.NOT_MET


@given(have=some.sets(some.sampled_from(sorted(TRIED))))
def test_leaving_something_out_never_turns_a_step_into_a_no(have: set[str]) -> None:
    found = weigh(step(), known(**{name: TRIED[name] for name in have}), TODAY)
    assert found.truth is (Truth.MET if have == set(TRIED) else Truth.UNKNOWN)
    assert set(found.missing) == set(TRIED) - have


@pytest.mark.parametrize(
    ("row", "what", "mend"),
    [
        ({"step": {key: value for key, value in STEP.items() if key != "dose"}}, "what 'dose' must be", "dose = { fact ="),
        ({"step": {**STEP, "dosage": {"fact": "dose", "answered": True}}}, "a key 'dosage'", "Did you mean 'dose'?"),
        ({"fact": "until", "at_least_days_after": {"days": 84}}, "has no 'fact'", "Add the line: fact ="),
        ({"fact": "until", "at_least_days_after": {"fact": "from", "days": -1}}, "days = -1", "Count the days forward"),
        ({"fact": "pens", "at_most_per": {"fact": "supply", "days": 28}}, "has no 'limit'", "Add the line: limit ="),
        ({"fact": "pens", "at_most_per": {"fact": "supply", "limit": 2, "days": 0}}, "days = 0", "Count the days forward"),
        ({"fact": "until", "at_least_days_after": 84}, "not a table", "Write a table"),
    ],
)
def test_a_mistake_in_such_a_criterion_is_named_with_how_to_mend_it(row: dict[str, Any], what: str, mend: str) -> None:
    _, mistakes = read({"id": "first", "title": "First", **row})
    assert [mistake for mistake in mistakes if what in mistake.what and mend in mistake.mend], [str(each) for each in mistakes]
