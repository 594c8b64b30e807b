"""A chart that proves an order needs no request: the answer to the signing brings a real authorization, once."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from fhir_pa.pas.people import identifiers
from fhir_pa.provider.codes import CERTIFIED
from fhir_pa.um.case.authorization import Authorization
from fhir_pa.um.on_file.order_time import SIGNED
from ig_profiles.names import COVERAGE_INFORMATION
from ig_profiles.reading import Json, extension_value, extensions, many
from tests.stories.asking import BORDERLINE, CANCER, SHORT_OF_OXYGEN, inquire, oxygen, scans, submit
from tests.stories.ehr import Ehr
from tests.stories.ehr import said as read
from tests.stories.parties import System

WHAT_IF = {"davinci-crd.configuration": {"unsolicited-determ": False}}


@pytest.fixture
def ehr(clinic: System) -> Ehr:
    """The clinic's EHR."""
    return Ehr(clinic)


def on_file(clinic: System, number: str) -> Authorization:
    with clinic.plan.payer.store.reading() as tx:
        return tx.authorization(number)


def how_many(clinic: System, who: str = SHORT_OF_OXYGEN) -> int:
    chart = clinic.plan.charts.by_patient[who]
    with clinic.plan.payer.store.reading() as tx:
        return len(tx.of_member(identifiers([chart.patient, chart.coverage], "identifier")))


def details(answer: Json) -> dict[str, Any]:
    """The details of the first order's coverage information, by code."""
    (said,) = extensions(answer["systemActions"][0]["resource"], COVERAGE_INFORMATION)
    listed = [part for part in many(said, "extension") if part["url"] == "detail"]
    return {extension_value(part, "code")["coding"][0]["code"]: extension_value(part, "value") for part in listed}


@pytest.mark.trap(31)
@pytest.mark.requirement("crd-2.2:resp-32", "crd-2.2:found-11")
def test_an_order_the_chart_proves_is_authorized_with_the_answer(clinic: System, ehr: Ehr) -> None:
    answer = ehr.ask(ehr.call())
    (told,) = read(answer)
    assert (told.covered, told.pa_needed, told.doc_needed, told.questionnaires) == ("covered", "satisfied", (), ())
    number = told.satisfied_pa_id
    assert number and number.startswith("PA")
    reason = told.reasons[0]
    assert "The chart meets every criterion of Home oxygen (2026.1)" in reason and "86 %" in reason and number in reason
    case = on_file(clinic, number)
    (item,) = case.items
    held = item.determination.authorized
    assert item.determination.action == "certified in total" and held is not None and item.determination.signed_by is None
    assert details(answer)["allowed-period"] == {"start": str(held.starts_on), "end": str(held.until)}
    assert [trace.value for trace in case.request.trace_numbers] == [told.assertion_id] == [case.request.assertion]
    assert (case.client, case.request.requestor.npi is not None, case.trail[0].what) == (clinic.client, True, SIGNED)
    assert {finding.criterion for finding in item.determination.findings} >= {"treating_practitioner", "room_air", "hypoxemia"}
    with clinic.plan.payer.store.reading() as tx:
        kept = tx.assertion(told.assertion_id)
        assert kept is not None and kept.said["authorization_number"] == number
        assert b"eyJ" not in tx.received(case.submission).body, "no token is kept"


def test_the_same_order_signed_again_hears_the_same_number_and_opens_nothing(clinic: System, ehr: Ehr) -> None:
    first = ehr.ask(ehr.call())
    annotated = [action["resource"] for action in first["systemActions"]]
    (number,) = [each.satisfied_pa_id for each in read(first)]
    (again,) = ehr.sign()
    assert again.satisfied_pa_id == number and how_many(clinic) == 1
    call = ehr.call()
    call["context"]["draftOrders"]["entry"] = [{"resource": order} for order in annotated]
    clinic.plan.clock.turn(days=3)
    (later,) = read(ehr.ask({**call, **leave(ehr)}))
    assert later.satisfied_pa_id == number and how_many(clinic) == 1


@pytest.mark.trap(33)
def test_a_what_if_call_is_told_in_words_and_opens_nothing(clinic: System, ehr: Ehr) -> None:
    (told,) = ehr.sign(extension=WHAT_IF)
    assert (told.pa_needed, told.satisfied_pa_id) == ("auth-needed", None)
    assert "The criteria appear met" in told.reasons[0] and how_many(clinic) == 0
    ehr.sign()
    (known,) = ehr.sign(extension=WHAT_IF)
    assert (known.pa_needed, known.satisfied_pa_id) == ("no-auth", None) and "PA" not in known.reasons[0].split("authorized")[1]
    assert how_many(clinic) == 1


@pytest.mark.parametrize("switch", [{"coverage-info": False}, {"unsolicited-determ": False}])
def test_nothing_is_opened_when_nobody_would_hear_the_number(switch: dict[str, bool], clinic: System, ehr: Ehr) -> None:
    ehr.ask(ehr.call(extension={"davinci-crd.configuration": switch}))
    assert how_many(clinic) == 0


def test_a_chart_that_leaves_a_question_open_hears_the_shortest_way_to_a_yes_in_the_forms_words(clinic: System, ehr: Ehr) -> None:
    (told,) = ehr.sign(BORDERLINE)
    assert told.pa_needed == "auth-needed" and how_many(clinic, BORDERLINE) == 0
    assert "Enough for a yes" in told.reasons[0] and '"Does the patient have dependent edema that suggests heart failure?"' in told.reasons[0]
    assert "heart_failure_edema" not in told.reasons[0]


def test_of_three_scans_the_proven_one_is_authorized_and_the_others_name_their_missing_report(clinic: System, ehr: Ehr) -> None:
    told = ehr.sign(CANCER)
    assert [each.pa_needed for each in told] == ["satisfied", "auth-needed", "auth-needed"]
    assert how_many(clinic, CANCER) == 1


@pytest.mark.requirement("crd-2.2:found-11")
def test_a_request_sent_anyway_is_answered_with_the_authorization_the_order_has(clinic: System, ehr: Ehr) -> None:
    (told,) = ehr.sign()
    asked = oxygen(clinic)
    answer = submit(clinic, asked)
    assert (answer.outcome, answer.actions, answer.item(1).number) == ("complete", {1: CERTIFIED}, told.satisfied_pa_id)
    assert how_many(clinic) == 1
    case = on_file(clinic, str(told.satisfied_pa_id))
    assert case.revision == 2 and len(case.received) == 2 and case.request.assertion == told.assertion_id
    assert {asked.number, told.assertion_id} == {trace.value for trace in case.request.trace_numbers}
    (found,) = inquire(clinic, asked)
    assert found.item(1).number == told.satisfied_pa_id


@pytest.mark.trap(33)
def test_an_inquiry_finds_the_authorization_nobody_asked_for(clinic: System, ehr: Ehr) -> None:
    (told,) = ehr.sign()
    (by_number,) = inquire(clinic, oxygen(clinic), authorizationNumber=str(told.satisfied_pa_id))
    assert by_number.item(1).number == told.satisfied_pa_id and by_number.actions == {1: CERTIFIED}


def test_a_request_for_more_than_the_order_had_is_a_case_of_its_own(clinic: System, ehr: Ehr) -> None:
    (told,) = ehr.sign()
    asked = oxygen(clinic)
    longer = replace(asked, lines=tuple(replace(line, ends=line.ends.replace(year=line.ends.year + 2)) for line in asked.lines if line.ends))
    answer = submit(clinic, longer)
    assert answer.item(1).number != told.satisfied_pa_id and how_many(clinic) == 2


def test_what_was_authorized_with_its_order_keeps_its_certification_among_others(clinic: System, ehr: Ehr) -> None:
    brain = next(each for each in ehr.sign(CANCER) if each.satisfied_pa_id)
    answer = submit(clinic, scans(clinic))
    assert answer.actions[1] == CERTIFIED and answer.outcome == "partial"
    assert any(str(brain.satisfied_pa_id) in note for note in answer.item(1).notes)


def test_an_order_changed_after_it_was_authorized_asks_for_an_update(clinic: System, ehr: Ehr) -> None:
    first = ehr.ask(ehr.call())
    order = first["systemActions"][0]["resource"]
    kept = {name: value for name, value in order.items() if not name.startswith("occurrence")}
    call = ehr.call()
    call["context"]["draftOrders"]["entry"] = [{"resource": {**kept, "occurrencePeriod": {"start": "2026-11-21", "end": "2029-11-21"}}}]
    (told,) = read(ehr.ask(call))
    assert told.pa_needed == "auth-needed" and how_many(clinic) == 1
    assert "was given for this order before it was changed" in told.reasons[0] and "Send an update" in told.reasons[0]


def test_a_request_under_review_is_not_overtaken_by_a_signature(clinic: System, ehr: Ehr) -> None:
    pended = submit(clinic, oxygen(clinic, BORDERLINE)).item(1)
    (told,) = ehr.sign(BORDERLINE)
    assert f"A request for the same service is under review as {pended.reference} since 2026-11-21" in told.reasons[0]


def test_two_signatures_at_one_address_leave_one_authorization(clinic: System, ehr: Ehr) -> None:
    call = ehr.call()
    order = call["context"]["draftOrders"]["entry"][0]["resource"]
    call["context"]["draftOrders"]["entry"].append({"resource": {**order, "id": "second-draft"}})
    told = read(ehr.ask(call))
    assert len(told) == 2 and len({each.satisfied_pa_id for each in told}) == 1 and how_many(clinic) == 1


def leave(ehr: Ehr) -> Json:
    """Fresh leave to read the chart, for a call made later."""
    fresh = ehr.call()
    return {name: fresh[name] for name in ("fhirAuthorization", "hookInstance")}
