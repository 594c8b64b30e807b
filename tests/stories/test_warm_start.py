"""What an early hook read of the chart is there when the order is signed, for that reader alone, for a short while, and once."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace
from typing import Any

import pytest

from fhir_pa.outbound.ehr import AT_ONCE
from fhir_pa.provider.cds_client import READ_SCOPES
from fhir_pa.provider.play.payer_file import CLIENT_ID
from ig_profiles.reading import Json
from tests.stories.asking import BORDERLINE, SHORT_OF_OXYGEN
from tests.stories.ehr import Ehr, said
from tests.stories.on_file import everything_on_file
from tests.stories.parties import Plan, System

SELECTING, STARTING = "order-select-crd", "encounter-start-crd"


@pytest.fixture
def ehr(clinic: System) -> Ehr:
    return Ehr(clinic)


def selecting(signing: Json) -> Json:
    """The call that came before: the same orders being chosen."""
    call = deepcopy({**signing, "hook": "order-select"})
    call["context"]["selections"] = [f"{each['resource']['resourceType']}/{each['resource']['id']}" for each in call["context"]["draftOrders"]["entry"]]
    return call


def starting(signing: Json) -> Json:
    """The beginning of the visit in which the orders are written."""
    context = {name: value for name, value in signing["context"].items() if name != "draftOrders"}
    return {**signing, "hook": "encounter-start", "context": context}


def asked_of(ehr: Ehr) -> list[str]:
    """What was asked for at the EHR since this was looked at last."""
    heard = ehr.clinic.plan.ehr.heard
    asked = [path for path, _ in heard if path.startswith("/fhir/")]
    heard.clear()
    return asked


def selected(ehr: Ehr, who: str = SHORT_OF_OXYGEN, **changed: Any) -> Json:
    """The signing call to come, after the orders were chosen."""
    signing = ehr.call(who, **changed)
    assert ehr.send(selecting(signing), SELECTING).status_code == 200
    assert asked_of(ehr), "choosing reads the chart"
    return signing


def test_signing_after_choosing_asks_the_ehr_nothing_and_answers_the_same(ehr: Ehr) -> None:
    (cold,) = ehr.sign(BORDERLINE)
    assert asked_of(ehr)
    (warm,) = said(ehr.ask(selected(ehr, BORDERLINE)))
    assert asked_of(ehr) == []
    assert (warm.covered, warm.pa_needed, warm.doc_needed, warm.reasons) == (cold.covered, cold.pa_needed, cold.doc_needed, cold.reasons)


def test_a_chart_read_while_choosing_proves_the_order_at_signing(ehr: Ehr) -> None:
    (told,) = said(ehr.ask(selected(ehr)))
    assert asked_of(ehr) == [] and told.pa_needed == "satisfied" and told.satisfied_pa_id


def test_it_is_used_once_so_that_what_is_recorded_after_a_first_answer_is_seen_at_the_second(ehr: Ehr) -> None:
    signing = selected(ehr)
    ehr.ask(signing)
    assert asked_of(ehr) == []
    ehr.ask(signing)
    assert asked_of(ehr)


def test_after_the_window_the_chart_is_read_anew(ehr: Ehr) -> None:
    signing = selected(ehr)
    ehr.clinic.plan.clock.turn(seconds=121)
    ehr.ask({**signing, "fhirAuthorization": ehr.call()["fhirAuthorization"]})
    assert asked_of(ehr)


@pytest.mark.parametrize("other", ["user", "patient", "scope"])
def test_another_user_another_patient_or_another_leave_reads_for_itself(other: str, ehr: Ehr) -> None:
    signing = selected(ehr, BORDERLINE)
    if other == "patient":
        signing = ehr.call(SHORT_OF_OXYGEN)
    elif other == "user":
        signing["context"]["userId"] = "Practitioner/noor-tamsin"
    else:
        signing["fhirAuthorization"]["scope"] = READ_SCOPES.split()[0]
    ehr.ask(signing)
    assert asked_of(ehr)


def test_without_leave_to_read_in_the_second_call_nothing_of_the_first_is_used(ehr: Ehr) -> None:
    (told,) = said(ehr.ask({**selected(ehr), "fhirAuthorization": None}))
    assert told.pa_needed == "auth-needed"


def test_what_the_second_call_brings_goes_before_what_the_first_read(ehr: Ehr) -> None:
    signing = selected(ehr)
    high = [each for each in ehr.clinic.plan.charts.by_patient[SHORT_OF_OXYGEN].findings if each["resourceType"] == "Observation"]
    signing["prefetch"]["observations"] = [{**each, "status": "entered-in-error"} for each in high]
    (told,) = said(ehr.ask(signing))
    assert told.pa_needed == "auth-needed" and not any("Observation" in path for path in asked_of(ehr))


def test_what_the_ehr_refused_is_asked_for_again(ehr: Ehr) -> None:
    signing = ehr.call(BORDERLINE)
    refused = {**signing["fhirAuthorization"], "access_token": "good-for-nothing"}
    assert ehr.send({**selecting(signing), "fhirAuthorization": refused}, SELECTING).status_code == 200
    before = asked_of(ehr)
    ehr.ask(signing)
    assert set(before) == set(asked_of(ehr))


def test_the_start_of_a_visit_reads_no_more_than_it_needs_unless_the_payer_wants_it(ehr: Ehr) -> None:
    signing = ehr.call(BORDERLINE)
    assert ehr.send(starting(signing), STARTING).status_code == 200
    assert asked_of(ehr) == [f"/fhir/Encounter/{signing['context']['encounterId']}"]


def test_where_the_payer_wants_it_the_start_of_a_visit_reads_ahead_what_most_policies_look_for(plan: Plan) -> None:
    plan.payer = replace(plan.payer, settings=replace(plan.payer.settings, warm_at_encounter=True))
    ehr = Ehr(System(plan, CLIENT_ID, "2.2"))
    signing = ehr.call(BORDERLINE)
    assert ehr.send(starting(signing), STARTING).status_code == 200
    ahead = asked_of(ehr)
    assert f"/fhir/Condition?patient={BORDERLINE}" in ahead and len(ahead) <= 1 + AT_ONCE
    ehr.ask(signing)
    later = asked_of(ehr)
    assert later and not set(ahead) & set(later)


def test_neither_chart_nor_token_is_written_anywhere(ehr: Ehr) -> None:
    signing = selected(ehr)
    measured = next(each["id"] for each in ehr.clinic.plan.charts.by_patient[SHORT_OF_OXYGEN].findings if each["resourceType"] == "Observation")
    kept = everything_on_file(ehr.clinic.plan)
    assert measured not in kept and signing["fhirAuthorization"]["access_token"] not in kept
