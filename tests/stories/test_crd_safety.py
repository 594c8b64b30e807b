"""What changes the meaning of an order or a finding keeps a hook from granting: unknown modifiers, entries in error, orders withdrawn."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from ig_profiles.reading import Json
from tests.stories.asking import SHORT_OF_OXYGEN
from tests.stories.ehr import Ehr, said
from tests.stories.parties import System

UNKNOWN = {"modifierExtension": [{"url": "http://ehr.example/negated", "valueBoolean": True}]}


@pytest.fixture
def ehr(clinic: System) -> Ehr:
    """The clinic's EHR."""
    return Ehr(clinic)


def with_findings(ehr: Ehr, change: Callable[[Json], Json]) -> None:
    """Change every Observation of the chart that would be granted."""
    charts = ehr.clinic.plan.charts.by_patient
    chart = charts[SHORT_OF_OXYGEN]
    findings = (change(each) if each["resourceType"] == "Observation" else each for each in chart.findings)
    charts[SHORT_OF_OXYGEN] = replace(chart, findings=tuple(findings))


def test_without_any_of_this_the_order_is_granted(ehr: Ehr) -> None:
    assert ehr.sign()[0].satisfied_pa_id


@pytest.mark.parametrize("change", [UNKNOWN, {"status": "entered-in-error"}, {"status": "revoked"}])
def test_an_order_whose_meaning_is_changed_is_not_granted(change: Json, ehr: Ehr) -> None:
    call = ehr.call()
    (entry,) = call["context"]["draftOrders"]["entry"]
    entry["resource"] = {**entry["resource"], **change}
    (told,) = said(ehr.ask(call))
    assert (told.pa_needed, told.satisfied_pa_id) == ("auth-needed", None)


def test_a_finding_with_a_modifier_nobody_here_knows_grants_nothing(ehr: Ehr) -> None:
    with_findings(ehr, lambda found: {**found, **UNKNOWN})
    (told,) = ehr.sign()
    assert (told.pa_needed, told.satisfied_pa_id) == ("auth-needed", None)


@pytest.mark.parametrize("status", ["entered-in-error", "cancelled"])
def test_a_finding_that_was_entered_in_error_or_cancelled_is_not_found(status: str, ehr: Ehr) -> None:
    with_findings(ehr, lambda found: {**found, "status": status})
    (told,) = ehr.sign()
    assert told.pa_needed == "auth-needed" and "86 %" not in told.reasons[0]
