"""One address for each version takes every request, whatever line of business the member is in; the payer finds out behind it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from fhir_pa.provider.codes import CERTIFIED
from fhir_pa.um.clocks.time_limits import ERISA, MEDICAID, MEDICARE_ADVANTAGE, QHP, limits_for
from tests.stories.asking import oxygen, submit
from tests.stories.parties import Plan, System


@pytest.fixture(params=[MEDICARE_ADVANTAGE, MEDICAID, ERISA, QHP])
def plan(request: pytest.FixtureRequest, plan: Plan) -> Plan:
    """A payer whose members are all in this line of business."""
    settings = plan.payer.settings
    members = tuple(replace(member, line_of_business=request.param) for member in settings.directory.members)
    plan.payer = replace(plan.payer, settings=replace(settings, directory=replace(settings.directory, members=members)))
    return plan


@pytest.mark.requirement("pas-2.2.1:conf-3", "pas-2.2.1:spec-6", "pas-2.0.1:72")
def test_every_line_of_business_is_served_at_the_address_of_the_version(plan: Plan, clinic: System) -> None:
    answer = submit(clinic, oxygen(clinic))
    assert answer.actions == {1: CERTIFIED}
    (line,) = {member.line_of_business for member in plan.payer.directory.members}
    with plan.payer.store.reading() as tx:
        case = tx.authorization(str(answer.item(1).number))
    assert case.request.line_of_business == line and case.clock.source == limits_for(line, case.clock.asked).source
