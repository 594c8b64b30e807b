"""The path to yes names the fewest open facts that could certify, and never a known one."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import combinations, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from ig_profiles.reading import Coding
from questionnaires.criteria import Answer, Circumstances, Criterion, Test, Truth, truth_of, weigh
from questionnaires.library import open_shelf
from questionnaires.path_to_yes import path_to_yes, shortest_paths
from questionnaires.policy import Edition, RequestedService

DAY = date(2026, 11, 21)
TODAY = Circumstances(DAY, DAY)
FACTS = {
    "yes": [True, False],
    "other": [True, False],
    "state": ["rest", "sleep", "exercise"],
    "level": [Decimal(n) for n in ("1", "1.5", "2", "2.5", "3")],
    "on": [DAY - timedelta(days=days) for days in (-5, 0, 5, 10, 40)],
    "since": [DAY - timedelta(days=days) for days in (0, 5, 10, 15, 45)],
}
TESTS = [
    Test("yes", "is", True),
    Test("yes", "answered", True),
    Test("other", "is", True),
    Test("other", "is", False),
    Test("state", "is", "rest"),
    Test("state", "one_of", ["sleep", "exercise"]),
    Test("level", "at_most", Decimal(2)),
    Test("level", "above", Decimal(1)),
    Test("level", "at_least", Decimal(2)),
    Test("level", "below", Decimal(3)),
    Test("on", "within_days", 30),
    Test("on", "at_least_days_ago", 5),
    Test("on", "at_least_days_after", 5, "since"),
]
LEAVES = some.sampled_from(TESTS).map(lambda test: Criterion(f"{test.fact} {test.operator}", "a test", test=test))
FIRSTS = some.lists(LEAVES, min_size=1, max_size=3).map(lambda below: Criterion("first", "first", group="first", below=tuple(below)))


def _group(below: list[Criterion]) -> some.SearchStrategy[Criterion]:
    counts = some.integers(1, len(below)).map(lambda least: Criterion("count", "count", group="count", at_least=least, below=tuple(below)))
    return some.one_of(counts, some.sampled_from(["all", "any"]).map(lambda group: Criterion(group, group, group=group, below=tuple(below))))


TREES = some.recursive(some.one_of(LEAVES, FIRSTS), lambda inner: some.lists(inner, min_size=1, max_size=3).flatmap(_group), max_leaves=6)
KNOWN = some.fixed_dictionaries({}, optional={fact: some.sampled_from(values) for fact, values in FACTS.items()})


def answered(values: dict[str, object]) -> dict[str, Answer]:
    return {fact: Answer(fact, (value,)) for fact, value in values.items()}


def certifies(criteria: list[Criterion], values: dict[str, object]) -> bool:
    return all(weigh(criterion, answered(values), TODAY).truth is Truth.MET for criterion in criteria)


def could(criteria: list[Criterion], known: dict[str, object], facts: tuple[str, ...]) -> bool:
    """Whether any answers to these facts certify, found by trying them all."""
    return any(certifies(criteria, {**known, **dict(zip(facts, values, strict=True))}) for values in product(*(FACTS[fact] for fact in facts)))


@settings(max_examples=400, deadline=None)
@given(criteria=some.lists(TREES, min_size=1, max_size=3), known=KNOWN)
def test_the_path_certifies_is_as_short_as_can_be_and_touches_nothing_known(criteria, known):
    path = path_to_yes(criteria, answered(known), TODAY)
    open_ = [fact for fact in FACTS if fact not in known]
    if path is None:
        assert not any(could(criteria, known, facts) for size in range(len(open_) + 1) for facts in combinations(open_, size))
        return
    assert set(path) <= set(open_)
    assert could(criteria, known, path)
    assert not any(could(criteria, known, facts) for facts in combinations(open_, len(path) - 1)) if path else certifies(criteria, known)


@settings(max_examples=200, deadline=None)
@given(criteria=some.lists(TREES, min_size=1, max_size=2), known=KNOWN)
def test_alternatives_are_equally_short_and_each_of_them_certifies(criteria, known):
    paths = shortest_paths(criteria, answered(known), TODAY)
    assert len({len(path) for path in paths}) <= 1 and len({frozenset(path) for path in paths}) == len(paths)
    assert all(could(criteria, known, path) for path in paths)


@settings(max_examples=200, deadline=None)
@given(tree=TREES, known=KNOWN, disputed=some.booleans())
def test_the_truth_alone_is_the_truth_of_the_finding(tree, known, disputed):
    answers = {fact: replace(answer, disputed="Two sources disagree." if disputed else None) for fact, answer in answered(known).items()}
    assert truth_of(tree, answers, TODAY) is weigh(tree, answers, TODAY).truth


def test_a_path_sought_again_is_sought_anew_when_a_value_of_another_kind_is_known():
    level = Criterion("level", "Level", test=Test("level", "is", Decimal(1)))
    assert [path_to_yes([level], answered({"level": value}), TODAY) for value in (Decimal(1), True, Decimal(1))] == [(), ("level",), ()]


def test_a_disputed_answer_is_open_and_an_undisputed_one_is_not():
    low = Criterion("low", "Low", test=Test("spo2", "at_most", Decimal(88)))
    disputed = Answer("spo2", (Decimal(86),), disputed="The form says 86, the record says 91.")
    assert path_to_yes([low], {"spo2": disputed}, TODAY) == ("spo2",)
    assert path_to_yes([low], {"spo2": Answer("spo2", (Decimal(86),))}, TODAY) == ()
    assert path_to_yes([low], {"spo2": Answer("spo2", (Decimal(91),))}, TODAY) is None


def test_one_fact_cannot_be_two_things_at_once():
    both = [Criterion("a", "A", test=Test("state", "is", "rest")), Criterion("b", "B", test=Test("state", "is", "sleep"))]
    assert path_to_yes(both, {}, TODAY) is None


def test_an_89_percent_at_rest_lacks_a_blood_gas_or_one_of_three_findings():
    edition = open_shelf().edition("home_oxygen", "2026.1")
    asked = [criterion for criterion in edition.criteria if not criterion.services]
    chart = answered({"treating_practitioner": True, "independent_tester": True, "tested_on": DAY, "test_setting": "stable"})
    chart |= answered({"room_air": True, "test_state": "rest", "spo2": Decimal(89)})
    assert shortest_paths(asked, chart, TODAY) == (("pao2",), ("heart_failure_edema",), ("pulmonary_hypertension",), ("hematocrit",))


SERVICES = [(edition, service) for edition in open_shelf().editions() if edition.criteria for service in edition.services]


@pytest.mark.parametrize(("edition", "service"), SERVICES, ids=[f"{edition.topic} {service.code}" for edition, service in SERVICES])
def test_every_service_of_every_policy_has_a_way_to_yes_from_nothing(edition: Edition, service: Coding) -> None:
    path = path_to_yes(edition.applying(RequestedService((service,))), {}, TODAY)
    assert path is not None and set(path) <= set(edition.facts)


def test_dates_that_must_fit_together_are_found_among_many_other_open_facts() -> None:
    many = [Criterion(f"n{n}", f"N{n}", test=Test(f"n{n}", "at_most", Decimal(5))) for n in range(12)]
    recent = Criterion("recent", "Recent", test=Test("until", "within_days", Decimal(60)))
    after = Criterion("after", "After", test=Test("until", "at_least_days_after", Decimal(42), "from"))
    assert set(path_to_yes([*many, recent, after], {}, TODAY) or ()) == {*(f"n{n}" for n in range(12)), "until", "from"}


FITTING = [({}, ("pens", "supply")), ({"pens": 6}, ("supply",)), ({"supply": 14}, ("pens",)), ({"pens": 3, "supply": 28}, None)]


@pytest.mark.parametrize(("known", "path"), FITTING)
def test_a_quantity_and_its_days_of_supply_are_found_to_fit(known: dict[str, int], path: tuple[str, ...] | None) -> None:
    limit = Criterion("pens", "Pens", test=Test("pens", "at_most_per", (Decimal(2), Decimal(28)), "supply"))
    assert path_to_yes([limit], answered({fact: Decimal(value) for fact, value in known.items()}), TODAY) == path
