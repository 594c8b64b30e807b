"""What the payer's policies publish is read, searched and expanded over HTTP; apps report what went wrong with it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from urllib.parse import quote

import pytest

from fhir_pa.provider.wire import parameters
from ig_profiles import json
from ig_profiles.reading import Json, many
from questionnaires.library import Shelf
from tests.stories.asking import SHORT_OF_OXYGEN
from tests.stories.interviewing import pap_order
from tests.stories.parties import CLIENT_ID, NOW, PAYER_URL, Plan, System

SET = "http://fhir-pa.example/fhir/ValueSet/sleep-test-kinds"
LOG = "Questionnaire/$log-questionnaire-errors"


def codes(value_set: Json) -> list[str]:
    return [each["code"] for each in many(value_set, "expansion", "contains")]


@pytest.mark.dtr_trap(24)
@pytest.mark.requirement("dtr-2.0.1:240", "dtr-2.2:oper-5")
def test_a_value_set_is_expanded_as_of_today_with_active_codes_by_name_version_and_filter(clinic: System) -> None:
    """Filter, version suffix, POST, and no more than the active codes."""
    whole = clinic.get(f"ValueSet/$expand?url={quote(SET)}")
    assert codes(whole) == ["psg", "home_2", "home_3", "home_4", "other"]
    assert whole["expansion"]["timestamp"].startswith(str(NOW.date())) and "compose" not in whole
    for question in (f"?url={quote(SET + '|2026.1')}", f"?url={quote(SET)}&valueSetVersion=2026.1"):
        assert codes(clinic.get(f"ValueSet/$expand{question}")) == codes(whole)
    assert codes(clinic.get("ValueSet/sleep-test-kinds/$expand")) == codes(whole)
    assert codes(clinic.get(f"ValueSet/$expand?url={quote(SET)}&filter=home%20iii")) == ["home_3"]
    page = clinic.get(f"ValueSet/$expand?url={quote(SET)}&count=2&offset=1")
    assert (codes(page), page["expansion"]["total"]) == (["home_2", "home_3"], 5)
    posted = parameters({"name": "url", "valueUri": SET}, {"name": "filter", "valueString": "HOME"})
    assert codes(clinic.post("ValueSet/$expand", posted)) == ["home_2", "home_3", "home_4"]


@pytest.mark.parametrize(
    ("question", "status", "mending"),
    [
        ("", 422, "'url' says which value set is wanted"),
        ("?url=http://nobody.example/set", 404, "Ask for one that a form or library of ours names."),
        (f"?url={quote(SET)}&count=many", 422, "Give one, or leave it out."),
    ],
)
def test_a_value_set_nobody_here_names_is_refused_with_what_to_do(clinic: System, question: str, status: int, mending: str) -> None:
    answered = clinic.call("GET", f"ValueSet/$expand{question}")
    assert answered.status_code == status and mending in json.parse(answered.data)["issue"][0]["details"]["text"]


def test_a_value_set_of_the_guides_is_expanded_too_and_one_that_rests_on_what_is_not_at_hand_says_so(clinic: System) -> None:
    genders = clinic.get("ValueSet/$expand?url=" + quote("http://hl7.org/fhir/ValueSet/administrative-gender"))
    assert codes(genders) == ["female", "male", "other", "unknown"]
    of_snomed = {"resourceType": "ValueSet", "url": "urn:findings", "version": "1", "compose": {"include": [{"system": "http://snomed.info/sct"}]}}
    payer = clinic.plan.payer
    shelf = Shelf([*payer.shelf.volumes(), replace(payer.shelf.volume("cpap"), value_sets=(of_snomed,))])
    later = System(replace(clinic.plan, payer=replace(payer, shelf=shelf)), clinic.client, clinic.guide)
    answered = later.call("GET", "ValueSet/$expand?url=urn:findings")
    (issue,) = json.parse(answered.data)["issue"]
    assert (answered.status_code, issue["code"]) == (422, "too-costly") and "Use a terminology server." in issue["details"]["text"]


@pytest.mark.dtr_trap(5)
@pytest.mark.requirement("dtr-2.0.1:311", "dtr-2.0.1:312", "dtr-2.0.1:320", "dtr-2.2:oper-14", "dtr-2.2:oper-15")
def test_a_package_holds_each_value_set_of_its_form_once_and_expanded(clinic: System) -> None:
    coverage = clinic.plan.charts.by_patient[SHORT_OF_OXYGEN].coverage
    body = parameters({"name": "coverage", "resource": coverage}, {"name": "questionnaire", "valueCanonical": "http://fhir-pa.example/fhir/Questionnaire/cpap"})
    answered = clinic.post("Questionnaire/$questionnaire-package", body)
    found = [each for each in many(answered, "parameter", "resource", "entry", "resource") if each["resourceType"] == "ValueSet"]
    assert [each["url"] for each in found] == [SET] and codes(found[0])


@pytest.mark.requirement("dtr-2.0.1:292")
def test_a_form_may_be_named_by_its_address(clinic: System) -> None:
    coverage = clinic.plan.charts.by_patient[SHORT_OF_OXYGEN].coverage
    for identity, url in (("cpap", "cpap"), ("cpap-adaptive", "cpap-adaptive")):
        answered = clinic.post(f"Questionnaire/{identity}/$questionnaire-package", parameters({"name": "coverage", "resource": coverage}))
        form = many(answered, "parameter", "resource", "entry", "resource")[0]
        assert form["url"].endswith(f"/Questionnaire/{url}")
    refused = clinic.call("POST", "Questionnaire/nowhere/$questionnaire-package", parameters({"name": "coverage", "resource": coverage}))
    assert refused.status_code == 404 and "Search Questionnaire" in refused.text


@pytest.mark.parametrize(
    ("question", "ids"),
    [
        ("Questionnaire?url=http://fhir-pa.example/fhir/Questionnaire/home-oxygen", ["home-oxygen"]),
        ("Questionnaire?url=http://fhir-pa.example/fhir/Questionnaire/cpap-adaptive&version=2026.1", ["cpap-adaptive"]),
        ("Questionnaire?name=homeoxygen", ["home-oxygen"]),
        ("Questionnaire?title:contains=oxygen", ["home-oxygen"]),
        ("Questionnaire?title=Home%20oxygen&status=retired", []),
        ("Questionnaire?_id=home-oxygen,lumbar-mri", ["home-oxygen", "lumbar-mri"]),
        ("Library?name=HomeOxygen", ["HomeOxygen"]),
        ("Library?url=http://fhir-pa.example/fhir/Library/FHIRHelpers", ["FHIRHelpers"]),
        ("ValueSet?url=" + SET, ["sleep-test-kinds"]),
    ],
)
def test_what_is_published_is_found_by_what_names_it(clinic: System, question: str, ids: list[str]) -> None:
    bundle = clinic.get(question)
    assert [each["id"] for each in many(bundle, "entry", "resource")] == ids
    assert bundle["total"] == len(ids) and [link["relation"] for link in bundle["link"]] == ["self"]
    for identity in ids:
        kind = question.split("?")[0]
        assert clinic.get(f"{kind}/{identity}")["id"] == identity


def test_a_long_list_comes_in_pages_that_lead_to_each_other(clinic: System) -> None:
    seen: list[str] = []
    address = "Questionnaire?_count=5&status=active"
    for _ in range(10):
        page = clinic.get(address)
        seen += [each["id"] for each in many(page, "entry", "resource")]
        following = next((link["url"] for link in page["link"] if link["relation"] == "next"), None)
        if following is None:
            break
        address = following.removeprefix(f"{PAYER_URL}/v{clinic.guide[:3]}/fhir/")
    assert len(seen) == len(set(seen)) == page["total"] > 12


@pytest.mark.parametrize("kind", ["Questionnaire", "Library", "ValueSet"])
def test_reading_needs_the_scope_of_its_type(kind: str, plan: Plan) -> None:
    other = {"Questionnaire": "Library", "Library": "ValueSet", "ValueSet": "Questionnaire"}[kind]
    assert System(plan, CLIENT_ID, "2.2", scope=f"system/{other}.rs").call("GET", kind).status_code == 403
    assert System(plan, CLIENT_ID, "2.2", scope=f"system/{kind.lower()}.rs").call("GET", kind).status_code == 200


def report(*issues: Json, form: str = "http://fhir-pa.example/fhir/Questionnaire/cpap|2026.1", named: str = "questionnaire") -> Json:
    outcome = {"resourceType": "OperationOutcome", "issue": list(issues)}
    return parameters({"name": named, "valueCanonical": form}, {"name": "operationOutcome", "resource": outcome})


BROKEN = {
    "severity": "error",
    "code": "exception",
    "details": {
        "coding": [{"system": "http://terminology.hl7.org/CodeSystem/operation-outcome", "code": "MSG_BAD_SYNTAX"}],
        "text": "Cannot read Patient/orla",
    },
    "diagnostics": "app 3.1: could not convert 'Orla Penhallow' born 1974-03-02 (orla@example.org)",
    "expression": ["Questionnaire.item[3]"],
}


@pytest.mark.dtr_trap(20)
@pytest.mark.requirement("dtr-2.0.1:284", "dtr-2.2:oper-1")
def test_a_reported_error_is_kept_for_the_operator_without_a_patient_in_it(clinic: System) -> None:
    """Engines put values into their messages."""
    clinic.post(LOG, report(BROKEN, named="Questionnaire"))
    with clinic.plan.payer.store.reading() as tx:
        (kept,) = tx.form_errors(NOW - timedelta(days=1))
    assert (kept.client, kept.guide, kept.report.questionnaires) == (clinic.client, clinic.guide, ("http://fhir-pa.example/fhir/Questionnaire/cpap|2026.1",))
    (problem,) = kept.report.problems
    assert problem.details == "MSG_BAD_SYNTAX" and "could not convert" in problem.message
    assert not any(word in repr(kept.report.problems) for word in ("orla", "Orla", "Penhallow", "1974", "@"))


def test_a_report_that_reports_nothing_is_refused_with_what_to_add(clinic: System) -> None:
    for body, mending in [
        (parameters({"name": "questionnaire", "valueCanonical": "urn:a"}), "Add 'operationOutcome' with an issue."),
        (parameters({"name": "operationOutcome", "resource": {"resourceType": "OperationOutcome", "issue": [BROKEN]}}), "Add 'questionnaire'"),
    ]:
        answered = clinic.call("POST", LOG, body)
        assert answered.status_code == 422 and any(mending in issue["details"]["text"] for issue in json.parse(answered.data)["issue"])
    assert clinic.call("POST", LOG, pap_order(clinic)).status_code == 400


@pytest.mark.requirement("dtr-2.2:conf-1")
def test_the_capability_statement_says_what_is_offered(clinic: System) -> None:
    statement = clinic.get("metadata")
    offered = {each["type"]: each for each in statement["rest"][0]["resource"]}
    assert [each["name"] for each in offered["Questionnaire"]["operation"]] == ["questionnaire-package", "next-question", "log-questionnaire-errors"]
    assert [each["name"] for each in offered["ValueSet"]["operation"]] == ["expand"]
    for kind in ("Questionnaire", "Library", "ValueSet"):
        assert {each["code"] for each in offered[kind]["interaction"]} == {"read", "search-type"}
