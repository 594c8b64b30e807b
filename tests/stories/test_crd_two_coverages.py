"""One order under two coverages of one member: each has its own assertion, and its own authorization."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from fhir_pa.provider.codes import CERTIFIED
from fhir_pa.provider.crd.coverage_answer import CoverageAnswer, orders_answered, read_order
from ig_profiles.reading import Json
from tests.stories.asking import SHORT_OF_OXYGEN, oxygen, submit
from tests.stories.ehr import Ehr, searchset
from tests.stories.parties import System

SECOND = "second-card"


@pytest.fixture
def ehr(clinic: System) -> Ehr:
    """The clinic's EHR, at a plan that takes every member at the sender's word."""
    plan = clinic.plan
    plan.payer = replace(plan.payer, settings=replace(plan.payer.settings, directory=replace(plan.payer.settings.directory, members=())))
    plan.__dict__.pop("application", None)
    clinic.http = plan.http()
    return Ehr(clinic)


def second(coverage: Json, **told: Any) -> Json:
    """Another card of the same person: with a number of its own, unless told otherwise."""
    return {**coverage, "id": SECOND, "identifier": [], "subscriberId": "SYN-2ND-77", **told}


def annotated(ehr: Ehr, order: Json, coverage: Json) -> Json:
    """The order after it was signed under this coverage."""
    chart = ehr.clinic.plan.charts.by_patient[SHORT_OF_OXYGEN]
    mine = {**order, "insurance": [{"reference": f"Coverage/{coverage['id']}"}]}
    call = ehr.call(prefetch={"patient": chart.patient, "coverage": searchset(coverage)})
    call["context"]["draftOrders"]["entry"] = [{"resource": mine}]
    return orders_answered(ehr.ask(call)).get(f"{order['resourceType']}/{order['id']}", mine)


def under(order: Json) -> dict[str, CoverageAnswer]:
    return {each.coverage.rpartition("/")[2]: each for each in read_order(order)}


@pytest.mark.requirement("crd-2.0.1:264", "crd-2.2:resp-32")
@pytest.mark.parametrize("told", [{}, {"class": [{"type": {"coding": [{"code": "plan"}]}, "value": "SILVER"}], "subscriberId": None}])
def test_two_coverages_of_one_order_have_an_assertion_and_an_authorization_each(told: dict[str, Any], clinic: System, ehr: Ehr) -> None:
    chart = clinic.plan.charts.by_patient[SHORT_OF_OXYGEN]
    first = {**chart.coverage, **({"class": [{"type": {"coding": [{"code": "plan"}]}, "value": "GOLD"}]} if told else {})}
    other = {name: value for name, value in second(chart.coverage, **told).items() if value}
    both = annotated(ehr, annotated(ehr, chart.orders[0], first), other)
    answers = under(both)
    assert sorted(answers) == sorted([first["id"], SECOND])
    assert {each.pa_needed for each in answers.values()} == {"satisfied"}
    assert len({each.assertion_id for each in answers.values()}) == len({each.satisfied_pa_id for each in answers.values()}) == 2
    again = under(annotated(ehr, both, first))
    assert {name: (each.assertion_id, each.satisfied_pa_id) for name, each in again.items()} == {
        name: (each.assertion_id, each.satisfied_pa_id) for name, each in answers.items()
    }, "each is told again as it is"
    number = answers[first["id"]].satisfied_pa_id
    with clinic.plan.payer.store.reading() as tx:
        numbers = [tx.authorization(str(each.satisfied_pa_id)).request.member.card for each in answers.values()]
        assert numbers[0] != numbers[1] and tx.authorization(str(number)).request.assertion == answers[first["id"]].assertion_id


@pytest.mark.requirement("crd-2.0.1:264", "crd-2.2:resp-32")
def test_a_second_record_of_the_same_coverage_opens_nothing_and_repeats_no_number(clinic: System, ehr: Ehr) -> None:
    chart = clinic.plan.charts.by_patient[SHORT_OF_OXYGEN]
    answers = under(annotated(ehr, annotated(ehr, chart.orders[0], chart.coverage), {**chart.coverage, "id": SECOND}))
    told = answers[chart.coverage["id"]]
    twin = answers[SECOND]
    assert (told.pa_needed, twin.pa_needed, twin.satisfied_pa_id) == ("satisfied", "no-auth", None)
    assert str(told.satisfied_pa_id) in twin.reasons[0] and "No request is needed" in twin.reasons[0]
    assert told.assertion_id != twin.assertion_id


def test_a_request_under_the_other_coverage_is_a_case_of_its_own(clinic: System, ehr: Ehr) -> None:
    chart = clinic.plan.charts.by_patient[SHORT_OF_OXYGEN]
    (told,) = read_order(annotated(ehr, chart.orders[0], chart.coverage))
    asked = oxygen(clinic)
    elsewhere = replace(asked, chart=replace(asked.chart, coverage={**second(chart.coverage), "id": chart.coverage["id"]}))
    answer = submit(clinic, elsewhere)
    assert [item.action for item in answer.items] == [CERTIFIED] and told.satisfied_pa_id not in answer.numbers
    assert told.satisfied_pa_id in submit(clinic, oxygen(clinic)).numbers, "under its own coverage it is answered with what was certified"
