"""An edition: what it certifies depends on what was found."""

from __future__ import annotations

import pytest

from questionnaires.criteria import Finding, Truth
from questionnaires.library import open_shelf

OXYGEN = open_shelf().edition("home_oxygen", "2026.1")


def found(*met: str) -> tuple[Finding, ...]:
    """All criteria of a request, with these among them met, each below a group."""
    below = tuple(Finding(name, Truth.MET, "") for name in met) + (Finding("group_1_rest", Truth.UNKNOWN, ""),)
    return (Finding("hypoxemia", Truth.MET, "", below=below),)


@pytest.mark.parametrize(("findings", "days"), [(found(), 365), (found("chronic_stable"), 365), (found("group_2"), 90), (found("before_discharge"), 90)])
def test_a_need_that_may_pass_is_certified_for_ninety_days_and_else_for_a_year(findings: tuple[Finding, ...], days: int) -> None:
    certifies = OXYGEN.certifying(findings)
    assert certifies is not None
    assert certifies.days == days


def test_a_criterion_that_is_not_met_shortens_nothing() -> None:
    certifies = OXYGEN.certifying((Finding("group_2", Truth.NOT_MET, ""),))
    assert certifies is not None
    assert certifies.days == 365
