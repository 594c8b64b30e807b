"""Groups of criteria in three values: unknown is never no, and a better measurement decides alone."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from questionnaires.criteria import Answer, Circumstances, Criterion, Test, Truth, weigh

TODAY = Circumstances(date(2026, 11, 21), date(2026, 11, 21))
GAS = Criterion("gas", "Gas", test=Test("pao2", "at_most", Decimal(55)))
SATURATION = Criterion("saturation", "Saturation", test=Test("spo2", "at_most", Decimal(88)))
BETTER_FIRST = Criterion("low", "Low", group="first", below=(GAS, SATURATION))


def known(**values: int) -> dict[str, Answer]:
    return {name: Answer(name, (Decimal(value),)) for name, value in values.items()}


@pytest.mark.parametrize(
    ("answers", "truth"),
    [
        (known(pao2=60, spo2=85), Truth.NOT_MET),
        (known(pao2=50, spo2=95), Truth.MET),
        (known(spo2=85), Truth.MET),
        (known(spo2=95), Truth.NOT_MET),
        (known(), Truth.UNKNOWN),
    ],
)
def test_first_takes_the_better_measurement_that_was_made(answers: dict[str, Answer], truth: Truth) -> None:
    assert weigh(BETTER_FIRST, answers, TODAY).truth is truth


def test_first_with_nothing_known_names_everything_that_would_settle_it() -> None:
    assert weigh(BETTER_FIRST, {}, TODAY).missing == ("pao2", "spo2")


@pytest.mark.parametrize(("on", "truth"), [(date(2026, 9, 1), Truth.MET), (date(2026, 9, 2), Truth.NOT_MET), (date(2027, 1, 1), Truth.NOT_MET)])
def test_at_least_days_ago_counts_back_from_the_service(on: date, truth: Truth) -> None:
    rule = Criterion("interval", "Interval", test=Test("chest_ct_on", "at_least_days_ago", Decimal(81)))
    assert weigh(rule, {"chest_ct_on": Answer("chest_ct_on", (on,))}, TODAY).truth is truth


def test_a_missing_answer_says_what_would_settle_it() -> None:
    rule = Criterion("report", "The April report is on file", test=Test("report", "is", True), accepts=("the report", "a copy of it"))
    assert weigh(rule, {}, TODAY).because == "The April report is on file: not documented yet. Please send the report or a copy of it."
