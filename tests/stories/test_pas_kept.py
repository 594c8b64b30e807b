"""What was pended once can be asked about for half a year after its service ended, and longer; nothing on file is forgotten."""

from __future__ import annotations

import pytest

from fhir_pa.provider.codes import CERTIFIED, PENDED
from fhir_pa.provider.pas.claim_response import read
from fhir_pa.provider.pas.request import request_of
from ig_profiles.reading import many
from tests.stories.asking import BORDERLINE, inquire, oxygen, submit
from tests.stories.parties import Staff, System

SERVICE, HALF_A_YEAR = 90, 184


@pytest.mark.requirement("pas-2.0.1:183", "pas-2.2.1:spec-73")
def test_a_case_that_was_pended_is_told_of_six_months_after_its_service_ended(clinic: System, physician: Staff) -> None:
    asked = oxygen(clinic, BORDERLINE)
    submit(clinic, asked)
    physician.decide(physician.worklist()[0]["number"], items=[1], decision="certify", because="Falls at night.", criteria=["group_2"])
    clinic.plan.clock.turn(days=SERVICE + HALF_A_YEAR)
    (found,) = inquire(clinic, asked)
    assert found.actions == {1: CERTIFIED} and found.item(1).number
    assert [read(each).actions for each in many(clinic.get(f"ClaimResponse?identifier={asked.number}"), "entry", "resource")] == [{1: CERTIFIED}]


@pytest.mark.requirement("pas-2.0.1:183", "pas-2.2.1:spec-73")
def test_one_that_nobody_decided_is_told_of_as_pended_after_all_that_time(clinic: System) -> None:
    asked = oxygen(clinic, BORDERLINE)
    answered = clinic.post("Claim/$submit", request_of(asked))
    clinic.plan.clock.turn(days=SERVICE + HALF_A_YEAR)
    (found,) = inquire(clinic, asked)
    assert found.actions == {1: PENDED} and answered["entry"][0]["resource"]["id"] in found.numbers
