"""Whatever the hook, an EHR that never answers costs the clinician a bounded wait and a reason, not the answer.

How long answers take is measured by ``python -m tests.benchmarks.crd``; here it is shown what bounds them.
"""

from __future__ import annotations

from dataclasses import replace

import pytest

from fhir_pa.provider.crd.coverage_answer import orders_answered, read_order
from fhir_pa.provider.play.payer_file import CLIENT_ID
from fhir_pa.settings import read
from ig_profiles import json
from ig_profiles.reading import Json
from tests.stories.asking import BORDERLINE
from tests.stories.ehr import Ehr, searchset
from tests.stories.parties import Plan, System

ORDERING = ("order-sign", "order-select", "order-dispatch", "appointment-book")
VISITING = ("encounter-start", "encounter-discharge")
GUIDE_SECONDS = 5
SILENT = "The EHR did not answer when asked for Patient."


@pytest.fixture(params=["2.0.1", "2.2"])
def ehr(request: pytest.FixtureRequest, plan: Plan) -> Ehr:
    """A clinic whose EHR takes every query for its charts and answers none, at a payer of little patience."""
    plan.payer = replace(plan.payer, settings=replace(plan.payer.settings, ehr_query_milliseconds=100, ehr_milliseconds=200))
    plan.ehr.stalls()
    return Ehr(System(plan, CLIENT_ID, request.param))


def calling(hook: str, ehr: Ehr) -> Json:
    """A call of this hook that brings what it is about, and the coverage, and nothing else of the patient."""
    chart = ehr.clinic.plan.charts.by_patient[BORDERLINE]
    order, visit = chart.orders[0], {**chart.encounter, "status": "planned"}
    booked = {"resourceType": "Appointment", "id": "a1", "status": "proposed", "basedOn": [{"reference": f"DeviceRequest/{order['id']}"}], "participant": []}
    drafts = {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": order}]}
    name = f"{order['resourceType']}/{order['id']}"
    context: dict[str, Json] = {
        "order-sign": {"draftOrders": drafts},
        "order-select": {"draftOrders": drafts, "selections": [name]},
        "order-dispatch": {"order": name, "dispatchedOrders": [name], "performer": "Organization/fernhill-oxygen"},
        "appointment-book": {"appointments": {**drafts, "entry": [{"resource": booked}]}},
    }
    brought: dict[str, Json] = {"order-dispatch": {"order": order}, "appointment-book": {"order": order}}
    prefetch = {"coverage": searchset(chart.coverage), **brought.get(hook, {"encounter": visit})}
    call = ehr.call(BORDERLINE, hook=hook, prefetch=prefetch)
    kept = {field: value for field, value in call["context"].items() if field != "draftOrders"}
    return {**call, "context": {**kept, **context.get(hook, {})}}


@pytest.mark.requirement("crd-2.0.1:5", "crd-2.0.1:6", "crd-2.0.1:7", "crd-2.0.1:8", "crd-2.0.1:9", "crd-2.0.1:10", "crd-2.0.1:11", "crd-2.2:found-2")
@pytest.mark.parametrize("hook", [*ORDERING, *VISITING])
def test_at_every_hook_the_answer_comes_and_says_what_it_would_have_needed(hook: str, ehr: Ehr) -> None:
    answered = ehr.send(calling(hook, ehr), f"{hook}-crd")
    assert answered.status_code == 200, answered.text
    told = [each for order in orders_answered(dict(json.parse(answered.data))).values() for each in read_order(order)]
    assert told and all(each.covered and each.reasons for each in told)
    assert any(SILENT in reason for each in told for reason in each.reasons) == (hook in ORDERING), "no policy looks into the chart for a mere visit"


@pytest.mark.requirement("crd-2.0.1:5", "crd-2.2:found-2")
def test_all_that_is_waited_for_elsewhere_ends_within_half_of_the_time_a_hook_has() -> None:
    settings = read({}, {})
    assert settings.ehr_query_milliseconds <= settings.ehr_milliseconds <= GUIDE_SECONDS * 1000 / 2


@pytest.mark.trap(36)
def test_an_ehr_that_stalls_costs_a_reason_and_not_the_answer(ehr: Ehr) -> None:
    (told,) = ehr.sign(BORDERLINE)
    assert (told.covered, told.pa_needed) == ("covered", "auth-needed") and told.questionnaires
    assert any("The EHR did not answer when asked for" in reason for reason in told.reasons), told.reasons


def test_once_it_is_known_to_be_silent_it_is_not_asked_for_a_while(ehr: Ehr) -> None:
    def asked() -> int:
        return sum(path.startswith("/fhir/") for path, _ in ehr.clinic.plan.ehr.heard)

    before: list[int] = []
    for _ in range(5):
        assert ehr.send(calling("order-sign", ehr)).status_code == 200
        before.append(asked())
    assert before[-1] == before[-2] > 0
