"""A clinician is asked step by step over HTTP, and no more than can change the answer (dtr.md §1.7)."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import func, select

from fhir_pa.provider.wire import parameters
from fhir_pa.storage.tables import metadata
from ig_profiles.names import COVERAGE_INFORMATION, DTR_PROFILE, INTENDED_USE, QUESTIONNAIRE_ADAPTIVE
from ig_profiles.reading import extension_value, extensions
from questionnaires.form import items
from tests.stories.asking import oxygen, submit
from tests.stories.interviewing import (
    FIRST_MONTHS,
    NEXT,
    asked_in,
    contained,
    filled,
    first_response,
    interview,
    package_of,
    pap_order,
    refusal,
    signed,
    told_of,
)
from tests.stories.parties import PAYER_URL, SUPPLIER, System, trace

FORM = "http://fhir-pa.example/fhir/Questionnaire/cpap"


@pytest.mark.dtr_trap(15)
@pytest.mark.requirement("dtr-2.0.1:37", "dtr-2.0.1:40", "dtr-2.0.1:42", "dtr-2.0.1:350")
@pytest.mark.requirement("dtr-2.2:spec-23", "dtr-2.2:spec-24", "dtr-2.2:spec-25")
def test_the_package_of_an_adaptive_form_shows_where_to_ask_and_no_question_yet(clinic: System) -> None:
    """The address is a url, and under the payer's base."""
    form, response, *others = package_of(clinic, pap_order(clinic))
    assert form["meta"]["profile"] == [f"{DTR_PROFILE}dtr-questionnaire-adapt-search"]
    assert form["url"] == f"{FORM}-adaptive" and "item" not in form
    address = extension_value(form, QUESTIONNAIRE_ADAPTIVE)
    base = f"{PAYER_URL}/v{clinic.guide[:3]}/fhir"
    assert address == {"2.0.1": f"{base}/Questionnaire", "2.2": base}[clinic.guide]
    assert response["questionnaire"] == f"#{contained(response)['id']}"
    assert contained(response)["derivedFrom"] == [f"{FORM}-adaptive|2026.1"]
    assert asked_in(response) == []
    assert [each["name"] for each in others] == ["Cpap", "FHIRHelpers", "SleepTestKinds"]


@pytest.mark.requirement("dtr-2.0.1:41", "dtr-2.2:spec-24")
def test_the_address_of_the_form_takes_the_token_that_fetched_it_and_every_place_the_guides_build_from_it(clinic: System) -> None:
    response = first_response(clinic, pap_order(clinic))
    address = str(extension_value(contained(response), QUESTIONNAIRE_ADAPTIVE)).removeprefix(f"{PAYER_URL}/v{clinic.guide[:3]}/fhir").strip("/")
    suffix = {"2.0.1": "$next-question", "2.2": "Questionnaire/$next-question"}[clinic.guide]
    for path in (f"{address}/{suffix}".strip("/"), "$next-question", "Questionnaire/cpap-adaptive/$next-question"):
        assert asked_in(clinic.post(path, response)) == ["stage"]


@pytest.mark.requirement("dtr-2.0.1:219", "dtr-2.2:spec-17")
def test_only_what_can_change_the_answer_is_asked_and_then_the_form_is_complete(clinic: System) -> None:
    turns = list(interview(clinic, first_response(clinic, pap_order(clinic)), FIRST_MONTHS))
    assert [asked_in(turn) for turn in turns] == [["stage"], list(FIRST_MONTHS), list(FIRST_MONTHS)]
    assert [turn["status"] for turn in turns] == ["in-progress", "in-progress", "completed"]
    assert not extensions(turns[-1], COVERAGE_INFORMATION), "no hook was called, so nothing is told of coverage"


def test_an_answer_that_needs_another_question_brings_that_one_alone(clinic: System) -> None:
    said = {**FIRST_MONTHS, "ahi": 7, "symptoms": ["mood"]}
    turns = list(interview(clinic, first_response(clinic, pap_order(clinic)), said))
    assert set(asked_in(turns[2])) - set(asked_in(turns[1])) == {"symptoms"}
    assert turns[-1]["status"] == "completed"


def test_nothing_more_is_asked_when_a_person_must_look_whatever_comes(clinic: System) -> None:
    turns = list(interview(clinic, first_response(clinic, pap_order(clinic)), {**FIRST_MONTHS, "instructed": False, "ahi": 7}))
    assert "symptoms" not in asked_in(turns[-1])


@pytest.mark.requirement("dtr-2.2:spec-39")
def test_a_line_says_when_the_last_clinical_questions_are_on_the_page(clinic: System) -> None:
    continued = {"stage": "continued", "started_on": "2026-06-01", "reevaluated_on": "2026-07-15", "use_percent": 82, "benefit": True}
    first, second, last = interview(clinic, first_response(clinic, pap_order(clinic)), continued)
    closing = [[item["linkId"] for item in contained(turn)["item"] if item["type"] == "display"][-1:] for turn in (first, second, last)]
    assert closing[1:] == [["plan.complete"]] * 2 and closing[0] != ["plan.complete"]
    assert {"use_percent", "benefit"} <= set(asked_in(second))


@pytest.mark.dtr_trap(14)
def test_an_earlier_answer_that_is_changed_brings_other_questions_and_no_item_is_lost(clinic: System) -> None:
    """Earlier items stay; nothing is remembered between two calls."""
    _, second, _ = interview(clinic, first_response(clinic, pap_order(clinic)), FIRST_MONTHS)
    changed = filled(second, {"stage": "continued"})
    third = clinic.post(NEXT, changed)
    assert {"started_on", "reevaluated_on", "use_percent", "benefit"} <= set(asked_in(third))
    assert set(asked_in(second)) <= set(asked_in(third))


@pytest.mark.dtr_trap(14)
def test_what_a_client_changes_in_the_contained_form_has_no_effect(clinic: System) -> None:
    second = clinic.post(NEXT, filled(clinic.post(NEXT, first_response(clinic, pap_order(clinic))), FIRST_MONTHS))
    forged = deepcopy(second)
    for item in items(contained(forged)):
        item.update({"text": "Anything?", "type": "string", "required": False})
    issues = refusal(clinic, forged)["issue"]
    assert any("'Which" not in issue["details"]["text"] and "needs one" in issue["details"]["text"] for issue in issues)
    honest = clinic.post(NEXT, filled(second, FIRST_MONTHS))
    assert {item["text"] for item in items(contained(honest))} >= {item["text"] for item in items(contained(second))}


@pytest.mark.dtr_trap(13)
@pytest.mark.requirement("dtr-2.2:spec-147")
@pytest.mark.parametrize(
    ("spoil", "told", "place"),
    [
        (lambda item: item.update(answer=[{**item["answer"][0], "valueCoding": {"code": "someday"}}]), "not among its choices", "valueCoding"),
        (lambda item: item.pop("answer"), "has no answer, and needs one", "item[0]"),
        (lambda item: item.update(linkId="shoe_size"), "The form asks nothing called 'shoe_size'", "linkId"),
        (lambda item: item.update(answer=[{"extension": item["answer"][0]["extension"], "valueBoolean": True}]), "asks for choice", "valueBoolean"),
        (lambda item: item["answer"][0].pop("extension"), "does not say where its answer came from", "answer[0]"),
        (lambda item: item.update(answer=item["answer"] * 2), "takes one answer and has 2", "answer"),
    ],
)
def test_an_invalid_response_is_refused_with_400_every_fault_and_its_place(clinic: System, spoil: Any, told: str, place: str) -> None:
    answered = filled(clinic.post(NEXT, first_response(clinic, pap_order(clinic))), {"stage": "first"})
    spoiled = deepcopy(answered)
    spoil(next(item for item in items(spoiled) if item["linkId"] == "stage"))
    issues = refusal(clinic, spoiled)["issue"]
    (found,) = [issue for issue in issues if told in issue["details"]["text"]]
    assert place in found["expression"][0] and found["expression"][0].startswith("QuestionnaireResponse.item")


def test_a_response_that_is_no_interview_of_ours_is_refused_with_what_to_do(clinic: System) -> None:
    response = first_response(clinic, pap_order(clinic))
    form = contained(response)
    spoiled = [
        ({**response, "questionnaire": "http://nobody.example/form"}, "Send the response as $questionnaire-package"),
        ({**response, "contained": [{**form, "derivedFrom": ["http://nobody.example/form|1"]}]}, "Ask for the present one"),
        ({**response, "contained": [{**form, "identifier": [{**form["identifier"][0], "value": "e30.forged"}]}]}, "not the one given to this client"),
        ({**response, "contained": [{**form, "item": [{"linkId": "ssn", "text": "?", "type": "string"}]}]}, "The plan never asked 'ssn'"),
        ({**response, "status": "stopped"}, "Send it 'in-progress'"),
        (parameters({"name": "questionnaire-response", "resource": form}), "takes a QuestionnaireResponse and got Questionnaire"),
    ]
    for body, mending in spoiled:
        (issue, *_) = refusal(clinic, body)["issue"]
        assert mending in issue["details"]["text"]


def test_the_seal_given_to_one_system_is_not_taken_from_another(clinic: System) -> None:
    response = first_response(clinic, pap_order(clinic))
    assert "not the one given to this client" in refusal(System(clinic.plan, SUPPLIER, clinic.guide), response)["issue"][0]["details"]["text"]


@pytest.mark.dtr_trap(2)
def test_the_response_is_taken_bare_or_in_parameters_and_answered_bare(clinic: System) -> None:
    response = first_response(clinic, pap_order(clinic))
    named = [parameters({"name": name, "resource": response}) for name in ("questionnaire-response", "questionnaire-response-in")]
    for body in (response, *named):
        assert clinic.post(NEXT, body)["resourceType"] == "QuestionnaireResponse"


def test_the_standard_form_is_there_for_those_who_name_it(clinic: System) -> None:
    form, response, *_ = package_of(clinic, canonicals=(f"{FORM}|2026.1",))
    assert form["url"] == FORM and form["item"] and "contained" not in response


@pytest.mark.dtr_trap(25)
@pytest.mark.requirement("dtr-2.0.1:49", "dtr-2.0.1:346", "dtr-2.2:sec-10")
def test_nothing_of_an_interview_is_kept(clinic: System) -> None:
    """Neither packages nor interviews leave a row behind."""
    response = first_response(clinic, pap_order(clinic))
    before = rows(clinic)
    list(interview(clinic, response, FIRST_MONTHS))
    assert rows(clinic) == before


def rows(clinic: System) -> dict[str, int]:
    """How many rows each table holds, but for the one that tells how long calls took (what stands there: test_dtr_measures)."""
    tables = [table for table in metadata.sorted_tables if table.name != "dtr_metrics"]
    with clinic.plan.payer.store.engine.connect() as connection:
        return {table.name: connection.execute(select(func.count()).select_from(table)).scalar_one() for table in tables}


@pytest.mark.requirement("dtr-2.0.1:52", "dtr-2.0.1:53", "dtr-2.0.1:54", "dtr-2.2:spec-41", "dtr-2.2:spec-43")
def test_after_a_hook_the_last_question_is_whether_to_issue_the_number_and_yes_brings_it(clinic: System) -> None:
    order, assertion = signed(clinic)
    turns = list(interview(clinic, first_response(clinic, order, context=assertion), {**FIRST_MONTHS, "plan.issue": True}))
    assert asked_in(turns[-1])[-1] == "plan.issue" and "plan.issue" not in asked_in(turns[1])
    assert not any(extensions(turn, COVERAGE_INFORMATION) for turn in turns[:-1])
    said = told_of(turns[-1])
    assert (said["pa-needed"], said["coverage-assertion-id"]) == ("satisfied", assertion)
    assert said["satisfied-pa-id"].startswith("PA")


@pytest.mark.parametrize("hindered", [{"extension": {"davinci-crd.configuration": {"unsolicited-determ": False}}}, {"orderer_at_hand": False}])
def test_no_number_is_offered_where_none_could_be_given(clinic: System, hindered: dict[str, Any]) -> None:
    order, assertion = signed(clinic, **hindered)
    *_, last = interview(clinic, first_response(clinic, order, context=assertion), {**FIRST_MONTHS, "plan.issue": True})
    said = told_of(last)
    assert "plan.issue" not in asked_in(last) and "satisfied-pa-id" not in said
    assert (said["pa-needed"], said["coverage-assertion-id"]) == ("auth-needed", assertion)


def test_once_the_number_is_issued_the_form_is_kept_and_need_not_be_sent(clinic: System) -> None:
    order, assertion = signed(clinic)
    use = {}
    for wish in (False, True):
        *_, last = interview(clinic, first_response(clinic, order, context=assertion), {**FIRST_MONTHS, "plan.issue": wish})
        use[wish] = extension_value(last, INTENDED_USE)["coding"][0]["code"]
    assert use == {False: "withpa", True: "retain-doc"}


def test_a_context_alone_tells_for_which_service_the_form_asks(clinic: System) -> None:
    """A pressure device of the second kind needs a trial of the first; nobody who ordered the first is asked about one."""
    asked = {}
    for code in ("E0601", "E0470"):
        _, assertion = signed(clinic, code)
        asked[code] = {name for turn in interview(clinic, first_response(clinic, context=assertion), FIRST_MONTHS) for name in asked_in(turn)}
    assert asked["E0601"] == set(FIRST_MONTHS) and asked["E0470"] > asked["E0601"]


def test_no_leaves_the_authorization_to_a_request(clinic: System) -> None:
    order, assertion = signed(clinic)
    *_, last = interview(clinic, first_response(clinic, order, context=assertion), {**FIRST_MONTHS, "plan.issue": False})
    said = told_of(last)
    assert (said["pa-needed"], said["coverage-assertion-id"]) == ("auth-needed", assertion) and "satisfied-pa-id" not in said


@pytest.mark.requirement("dtr-2.0.1:56", "dtr-2.2:spec-45")
def test_a_form_completed_again_for_the_same_order_gets_the_same_number(clinic: System) -> None:
    order, assertion = signed(clinic)
    numbers = set()
    for _ in range(2):
        *_, last = interview(clinic, first_response(clinic, order, context=assertion), {**FIRST_MONTHS, "plan.issue": True})
        numbers.add(told_of(last)["satisfied-pa-id"])
    assert len(numbers) == 1


def test_without_the_hooks_mark_on_the_order_nothing_is_told_of_coverage(clinic: System) -> None:
    _, assertion = signed(clinic)
    *_, last = interview(clinic, first_response(clinic, pap_order(clinic), context=assertion), FIRST_MONTHS)
    assert not extensions(last, COVERAGE_INFORMATION) and "plan.issue" not in asked_in(last)


@pytest.mark.requirement("dtr-2.2:spec-42")
def test_a_form_that_a_pended_request_asks_for_never_ends_in_a_number(clinic: System) -> None:
    asked = oxygen(clinic)
    order = signed(clinic)[0]
    submit(clinic, replace(asked, number=trace(), lines=(replace(asked.lines[0], order=order),)))
    with clinic.plan.payer.store.reading() as tx:
        (case,) = [tx.authorization(number) for number in tx.numbers()]
    context = f"{case.reference}-1-102089-0"
    first = first_response(clinic, order, context=context)
    assert contained(first)["derivedFrom"] == [f"{FORM}-adaptive|2026.1"]
    *_, last = interview(clinic, first, {**FIRST_MONTHS, "plan.issue": True})
    assert last["status"] == "completed" and "plan.issue" not in asked_in(last)
    assert not extensions(last, COVERAGE_INFORMATION)
