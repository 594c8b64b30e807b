"""A child on the policy holder's number is nobody we know, and is not taken for the holder: neither while ordering nor in a request."""

from __future__ import annotations

import pytest

from fhir_pa.provider.crd.coverage_answer import orders_answered, read_order
from fhir_pa.provider.pas.request import request_of
from fhir_pa.provider.play.payer_file import CLIENT_ID
from ig_profiles import json
from ig_profiles.reading import Json, many
from tests.stories.asking import SHORT_OF_OXYGEN, oxygen
from tests.stories.ehr import Ehr, searchset
from tests.stories.parties import Plan, System

BORN = "2015-08-09"


@pytest.fixture
def clinic(plan: Plan) -> System:
    return System(plan, CLIENT_ID, "2.2")


def test_while_ordering_the_coverage_cannot_be_told_apart_and_nothing_of_the_holder_is_told(clinic: System) -> None:
    ehr = Ehr(clinic)
    chart = clinic.plan.charts.by_patient[SHORT_OF_OXYGEN]
    child = {**chart.patient, "birthDate": BORN}
    call = ehr.call(SHORT_OF_OXYGEN, prefetch={"patient": child, "coverage": searchset(chart.coverage)})
    (order,) = orders_answered(ehr.ask(call)).values()
    (answer,) = read_order(order)
    assert answer.covered == "not-covered" and not answer.pa_needed
    told = json.dump(order).decode()
    assert "coverage-not-found" in told and "another person in the family" in told
    assert clinic.plan.payer.directory.members[0].plan not in told


@pytest.mark.parametrize("guide", ["2.0.1", "2.2"])
def test_a_request_for_the_child_is_answered_with_a_business_error_and_opens_no_case(plan: Plan, guide: str) -> None:
    clinic = System(plan, CLIENT_ID, guide)
    bundle = request_of(oxygen(clinic, SHORT_OF_OXYGEN))
    patient: Json = next(each for each in many(bundle, "entry", "resource") if each["resourceType"] == "Patient")
    patient["birthDate"] = BORN
    answer = clinic.post("Claim/$submit", bundle)
    errors = [error for each in many(answer, "entry", "resource") for error in many(each, "error")]
    assert errors, "the request was taken for the holder's"
    with plan.payer.store.reading() as tx:
        assert not tx.pended()
