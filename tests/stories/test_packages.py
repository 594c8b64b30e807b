"""The clinic's DTR app asks for forms over HTTP: by context, by order, by name; and is told plainly when there is none."""

from __future__ import annotations

import base64
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from fhir_pa.provider.codes import CERTIFIED, PENDED
from fhir_pa.provider.dtr.answers import Occasion, answer
from fhir_pa.provider.dtr.package import Package, question, unpack
from fhir_pa.provider.elements import concept
from fhir_pa.provider.pas.submission import Submission
from fhir_pa.provider.play.payer_file import CLIENT_ID
from fhir_pa.provider.wire import parameters
from ig_profiles import json
from ig_profiles.names import CQF_LIBRARY, CRD_COVERAGE_CODES, CRD_TEMP_CODES, DTR_PROFILE, HCPCS, INTENDED_USE, code_system
from ig_profiles.reading import Coding, Json, extension_value, extensions, many, references
from questionnaires.library import Shelf, Volume
from tests.stories.asking import BORDERLINE, SHORT_OF_OXYGEN, oxygen, scans, submit
from tests.stories.ehr import Ehr
from tests.stories.parties import NOW, SUPPLIER, Plan, System, trace

OPERATION = "Questionnaire/$questionnaire-package"
OXYGEN_FORM = "http://fhir-pa.example/fhir/Questionnaire/home-oxygen"
BUNDLES = {"2.0.1": "PackageBundle", "2.2": "packagebundle"}
OUTCOMES = {"2.0.1": "operationOutcome", "2.2": "outcome"}


def asking(asked: Submission, *orders: Json, context: str | None = None, canonicals: tuple[str, ...] = (), **more: Any) -> Json:
    """The Parameters of the operation for this member."""
    body = question(asked.chart.coverage, orders, context, canonicals)
    body["parameter"] += [{"name": name, **value} for name, value in more.items()]
    return body


def orders_of(asked: Submission) -> tuple[Json, ...]:
    return tuple(line.order for line in asked.lines)


def packages(clinic: System, body: Json) -> tuple[Package, ...]:
    return unpack(clinic.post(OPERATION, body))


def warnings(clinic: System, body: Json) -> list[str]:
    """What the outcome part of a successful answer says."""
    parts = [part for part in clinic.post(OPERATION, body)["parameter"] if part["name"] == OUTCOMES[clinic.guide]]
    assert all(issue["severity"] in ("warning", "information") for issue in many(parts, "resource", "issue"))
    return [issue["details"]["text"] for issue in many(parts, "resource", "issue")]


@pytest.mark.dtr_trap(1)
@pytest.mark.requirement("dtr-2.0.1:239", "dtr-2.0.1:292", "dtr-2.0.1:294", "dtr-2.0.1:169", "dtr-2.2:oper-10")
def test_the_answer_has_the_parameters_profile_and_the_names_of_the_guide(clinic: System) -> None:
    asked = oxygen(clinic)
    answered = clinic.post(OPERATION, asking(asked, *orders_of(asked), canonicals=(f"{OXYGEN_FORM}|2026.1", "http://nobody.example/form")))
    assert answered["resourceType"] == "Parameters"
    assert answered["meta"]["profile"] == [f"{DTR_PROFILE}dtr-qpackage-output-parameters"]
    named = {part["name"]: part["resource"] for part in answered["parameter"]}
    assert list(named) == [BUNDLES[clinic.guide], OUTCOMES[clinic.guide]]
    bundle, outcome = named.values()
    assert (bundle["resourceType"], bundle["type"], outcome["resourceType"]) == ("Bundle", "collection", "OperationOutcome")
    assert bundle["meta"]["profile"] == [f"{DTR_PROFILE}DTR-QPackageBundle"]
    assert [entry["resource"]["resourceType"] for entry in bundle["entry"][:2]] == ["Questionnaire", "QuestionnaireResponse"]


@pytest.mark.dtr_trap(5)
def test_a_form_brings_every_library_it_needs_with_cql_and_elm(clinic: System) -> None:
    asked = oxygen(clinic)
    (package,) = packages(clinic, asking(asked, *orders_of(asked)))
    there = {f"{library['url']}|{library['version']}": library for library in package.libraries}
    wanted = [each["valueCanonical"] for each in extensions(package.questionnaire, CQF_LIBRARY)]
    while wanted:
        library = there.pop(wanted.pop())
        wanted += [each["resource"] for each in many(library, "relatedArtifact") if each["type"] == "depends-on" and "/Library/" in each["resource"]]
        contents = {content["contentType"]: base64.b64decode(content["data"]) for content in library["content"]}
        assert b"library " in contents["text/cql"] and "library" in json.parse(contents["application/elm+json"])
        wanted = [name for name in wanted if name in there]
    assert there == {}
    assert package.draft is not None and package.draft["status"] == "in-progress"


@pytest.mark.dtr_trap(3)
@pytest.mark.requirement("dtr-2.0.1:297", "dtr-2.0.1:301", "dtr-2.2:oper-9")
def test_a_form_is_found_by_name_with_or_without_version_and_an_unknown_one_is_a_warning(clinic: System) -> None:
    asked = oxygen(clinic)
    for name in (OXYGEN_FORM, f"{OXYGEN_FORM}|2026.1"):
        assert [package.canonical for package in packages(clinic, asking(asked, canonicals=(name,)))] == [f"{OXYGEN_FORM}|2026.1"]
    for strange in (f"{OXYGEN_FORM}|1999.1", "http://nobody.example/form"):
        body = asking(asked, canonicals=(strange,))
        assert packages(clinic, body) == ()
        (said,) = warnings(clinic, body)
        assert strange in said and "Leave the version out for the present one" in said


@pytest.mark.requirement("dtr-2.0.1:298", "dtr-2.0.1:299", "dtr-2.0.1:303", "dtr-2.0.1:306")
def test_orders_and_contexts_together_name_the_forms_and_each_comes_once_in_a_bundle_of_its_own(clinic: System) -> None:
    asked, other = oxygen(clinic, BORDERLINE), scans(clinic)
    (told,) = Ehr(clinic).sign(BORDERLINE)
    body = asking(asked, *orders_of(asked), *orders_of(other), context=told.assertion_id)
    found = packages(clinic, body)
    assert sorted(package.canonical.rpartition("/")[2] for package in found) == ["home-oxygen|2026.1", "surveillance-imaging|2026.1"]
    answered = clinic.post(OPERATION, body)
    assert [part["name"] for part in answered["parameter"]] == [BUNDLES[clinic.guide]] * 2
    for part in answered["parameter"]:
        assert sum(entry["resource"]["resourceType"] == "Questionnaire" for entry in part["resource"]["entry"]) == 1
    drafts = {package.canonical.rpartition("/")[2]: set(references(package.draft or {})) for package in found}
    assert {f"ServiceRequest/{order['id']}" for order in orders_of(other)} <= drafts["surveillance-imaging|2026.1"]
    assert f"DeviceRequest/{orders_of(asked)[0]['id']}" in drafts["home-oxygen|2026.1"]


@pytest.mark.requirement("dtr-2.2:spec-128")
def test_the_context_of_the_hook_alone_finds_the_form_also_after_the_order_was_signed_and_annotated(clinic: System) -> None:
    asked = oxygen(clinic, BORDERLINE)
    (told,) = Ehr(clinic).sign(BORDERLINE)
    signed = {**orders_of(asked)[0], "status": "active", "note": [{"text": "Call before delivery."}]}
    for orders in ((), (signed,)):
        (package,) = packages(clinic, asking(asked, *orders, context=told.assertion_id))
        assert package.canonical in told.questionnaires
        assert package.draft is not None and f"DeviceRequest/{signed['id']}" in references(package.draft)


@pytest.mark.dtr_trap(9)
@pytest.mark.requirement("dtr-2.0.1:323")
def test_a_draft_names_the_coverage_and_what_is_ordered_and_claims_its_profile_only_when_it_can(clinic: System) -> None:
    """2.0.1 wants a request beside the coverage, so a form asked for by its name alone claims no profile there."""
    asked = oxygen(clinic, BORDERLINE)
    (told,) = Ehr(clinic).sign(BORDERLINE)
    coverage = f"Coverage/{asked.chart.coverage['id']}"
    profile = [f"{DTR_PROFILE}dtr-questionnaireresponse"]
    for body in (asking(asked, *orders_of(asked)), asking(asked, context=told.assertion_id)):
        (package,) = packages(clinic, body)
        assert {coverage, f"DeviceRequest/{orders_of(asked)[0]['id']}"} <= set(references(package.draft or {}))
        assert (package.draft or {})["meta"]["profile"] == profile
    (package,) = packages(clinic, asking(asked, canonicals=(OXYGEN_FORM,)))
    assert coverage in references(package.draft or {})
    assert many(package.draft, "meta", "profile") == {"2.0.1": [], "2.2": profile}[clinic.guide]


def test_an_order_that_asks_for_something_else_than_its_context_gets_the_forms_for_what_it_asks_now(clinic: System) -> None:
    asked = oxygen(clinic, BORDERLINE)
    (told,) = Ehr(clinic).sign(BORDERLINE)
    changed = {**orders_of(asked)[0], "codeCodeableConcept": concept(HCPCS, "E0601")}
    body = asking(asked, changed, context=told.assertion_id)
    (package,) = packages(clinic, body)
    assert package.canonical.rpartition("/")[2] == "cpap-adaptive|2026.1"
    (said,) = warnings(clinic, body)
    assert "asks for something else than when the plan answered about it" in said


def test_an_order_written_anew_under_another_id_is_the_only_one_its_form_is_about(clinic: System) -> None:
    """The assertion stays the same for the same order; the one it was first made for may be long withdrawn."""
    asked = oxygen(clinic, BORDERLINE)
    (told,) = Ehr(clinic).sign(BORDERLINE)
    (order,) = orders_of(asked)
    (package,) = packages(clinic, asking(asked, {**order, "id": "written-anew"}, context=told.assertion_id))
    assert [name for name in references(package.draft or {}) if name.startswith("DeviceRequest/")] == ["DeviceRequest/written-anew"]


def test_a_context_that_asked_for_nothing_at_first_brings_the_form_once_it_is_wanted(clinic: System) -> None:
    """Signed while an authorization was on file; that one was withdrawn since, and the assertion is still the same."""
    asked = oxygen(clinic)
    assert submit(clinic, asked).actions == {1: CERTIFIED}
    (told,) = Ehr(clinic).sign(SHORT_OF_OXYGEN)
    assert told.questionnaires == ()
    (package,) = packages(clinic, asking(asked, context=told.assertion_id))
    assert package.canonical == f"{OXYGEN_FORM}|2026.1"
    assert package.draft is not None and f"DeviceRequest/{orders_of(asked)[0]['id']}" in references(package.draft)


@pytest.mark.requirement("dtr-2.2:oper-8")
def test_when_the_form_named_at_order_time_is_gone_the_answer_says_what_to_do(clinic: System) -> None:
    asked = oxygen(clinic, BORDERLINE)
    (told,) = Ehr(clinic).sign(BORDERLINE)
    payer = clinic.plan.payer
    left = Shelf(volume for volume in payer.shelf.volumes() if volume.edition.topic != "home_oxygen")
    later = System(replace(clinic.plan, payer=replace(payer, shelf=left)), CLIENT_ID, clinic.guide)
    (said,) = warnings(later, asking(asked, context=told.assertion_id))
    assert "no longer in force" in said and "Order again, or call the plan." in said


@pytest.mark.requirement("dtr-2.0.1:302")
def test_an_order_or_coverage_that_cannot_be_understood_is_a_warning_beside_the_others(clinic: System) -> None:
    asked = oxygen(clinic)
    nameless = {**orders_of(asked)[0], "id": "nameless", "codeCodeableConcept": {"text": "that thing for breathing"}}
    body = asking(asked, nameless, *orders_of(asked))
    assert len(packages(clinic, body)) == 1
    (said,) = warnings(clinic, body)
    assert "Code the order, or send the canonical." in said
    for name in ("order", "coverage"):
        strange = parameters(*body["parameter"], {"name": name, "resource": asked.chart.patient})
        assert any(f"'{name}' holds Patient" in text for text in warnings(clinic, strange))
        assert len(packages(clinic, strange)) == 1


def test_an_order_that_needs_no_form_is_told_so(clinic: System) -> None:
    asked = oxygen(clinic)
    walker = {**orders_of(asked)[0], "codeCodeableConcept": concept(HCPCS, "E0130")}
    assert warnings(clinic, asking(asked, walker)) == ["No form is needed, or none has changed since the time you named."]


@pytest.mark.dtr_trap(4)
def test_only_what_changed_since_then_comes_again(clinic: System) -> None:
    asked = oxygen(clinic)
    value = {"2.0.1": "valueDateTime", "2.2": "valueInstant"}[clinic.guide]
    long_ago = asking(asked, *orders_of(asked), changedsince={value: "2025-06-01T00:00:00Z"})
    today = asking(asked, *orders_of(asked), changedsince={value: NOW.isoformat()})
    assert len(packages(clinic, long_ago)) == 1
    assert packages(clinic, today) == () and "none has changed" in warnings(clinic, today)[0]


@pytest.mark.dtr_trap(3)
@pytest.mark.requirement("dtr-2.2:spec-130", "hrex-1.2:sec-20")
def test_an_unknown_member_or_context_is_refused_with_an_outcome(clinic: System) -> None:
    asked = oxygen(clinic)
    stranger = {**asked.chart.coverage, "subscriberId": "SYN-99", "identifier": [{"system": "http://larkfield.example/members", "value": "SYN-99"}]}
    (told,) = Ehr(clinic).sign(BORDERLINE)
    of_another = System(clinic.plan, SUPPLIER, clinic.guide)
    refused = [
        (clinic, question(stranger, orders_of(asked)), "Check Coverage.identifier and subscriberId."),
        (clinic, asking(asked, context="no-such-context"), "'no-such-context' is no context of ours"),
        (of_another, asking(asked, context=told.assertion_id), "Send the order's coverage-assertion-id, or the order alone."),
        (clinic, asking(asked), "Add 'order', 'questionnaire' or 'context'"),
        (clinic, parameters({"name": "order", "resource": orders_of(asked)[0]}), "Add a parameter 'coverage'"),
    ]
    for system, body, mending in refused:
        answered = system.call("POST", OPERATION, body)
        outcome = json.parse(answered.data)
        assert answered.status_code == 422 and outcome["resourceType"] == "OperationOutcome"
        assert mending in outcome["issue"][0]["details"]["text"] and outcome["issue"][0]["expression"]


@pytest.mark.dtr_trap(27)
@pytest.mark.requirement("dtr-2.2:conf-8", "dtr-2.2:conf-12")
def test_orders_and_coverages_with_the_least_they_may_hold_still_bring_a_form(clinic: System) -> None:
    asked = oxygen(clinic)
    order = {name: orders_of(asked)[0][name] for name in ("resourceType", "id", "status", "intent", "codeCodeableConcept", "subject")}
    coverage = {name: asked.chart.coverage[name] for name in ("resourceType", "id", "status", "subscriberId", "beneficiary", "payor")}
    assert len(packages(clinic, question(coverage, (order,)))) == 1


@pytest.mark.requirement("dtr-2.0.1:151", "dtr-2.2:spec-120")
@pytest.mark.parametrize("guide", ["2.0.1", "2.2"])
def test_forms_are_handed_out_only_for_a_token_of_backend_services(guide: str, plan: Plan) -> None:
    clinic = System(plan, CLIENT_ID, guide)
    asked = oxygen(clinic)
    body, path = json.dump(asking(asked, *orders_of(asked))), f"/v{guide[:3]}/fhir/{OPERATION}"
    for headers in ({}, {"Authorization": "Bearer made-up"}, {"Authorization": "Basic b2FrOndvb2Q="}):
        assert clinic.http.post(path, data=body, headers={"Content-Type": "application/fhir+json", **headers}).status_code == 401
    writer = System(plan, CLIENT_ID, guide, scope="system/Claim.c")
    assert writer.call("POST", OPERATION, body).status_code == 403
    assert System(plan, CLIENT_ID, guide, scope="system/Questionnaire.rs").call("POST", OPERATION, body).status_code == 200


def test_the_form_filled_by_the_clinician_settles_what_the_chart_leaves_open(clinic: System) -> None:
    asked = oxygen(clinic, BORDERLINE)
    (package,) = packages(clinic, asking(asked, *orders_of(asked)))
    occasion = Occasion(asked.chart, orders_of(asked), clinic.guide, NOW)
    form = answer(package, occasion, {}, {"test_state": "rest", "spo2": 89, "heart_failure_edema": True}).response
    assert submit(clinic, asked).actions == {1: PENDED}
    assert submit(clinic, replace(asked, number=trace(), documents=(form, *asked.documents))).actions == {1: CERTIFIED}


def with_shelf(clinic: System, *volumes: Volume) -> System:
    """The same clinic at a payer with these policies besides those of the shelf."""
    payer = clinic.plan.payer
    return System(replace(clinic.plan, payer=replace(payer, shelf=Shelf([*payer.shelf.volumes(), *volumes]))), CLIENT_ID, clinic.guide)


def test_a_form_wanted_with_the_claim_comes_for_its_order_too_and_says_what_it_is_for(clinic: System) -> None:
    now = clinic.plan.payer.shelf.volume("home_oxygen", "2026.1")
    walker = (Coding(code_system(HCPCS), "E0130"),)
    edition = replace(now.edition, topic="walkers", services=walker, criteria=(), authorization="not needed")
    later = with_shelf(clinic, replace(now, edition=edition))
    asked = oxygen(later)
    order = {**orders_of(asked)[0], "codeCodeableConcept": concept(HCPCS, "E0130")}
    (package,) = packages(later, asking(asked, order))
    use = extension_value(package.draft, INTENDED_USE)
    system = {"2.0.1": CRD_TEMP_CODES, "2.2": CRD_COVERAGE_CODES}[clinic.guide]
    assert use["coding"] == [{"system": system, "code": "withclaim"}]


@pytest.mark.requirement("dtr-2.0.1:300", "dtr-2.2:oper-7")
def test_two_versions_of_a_form_in_one_answer_belong_to_different_orders(clinic: System) -> None:
    shelf = clinic.plan.payer.shelf
    now = shelf.volume("home_oxygen", "2026.1")
    assert now.questionnaire is not None
    form = {**now.questionnaire, "version": "2025.1"}
    edition = replace(now.edition, version="2025.1", in_force_from=date(2025, 1, 1), in_force_until=date(2025, 12, 31), questionnaire=f"{OXYGEN_FORM}|2025.1")
    later = with_shelf(clinic, replace(now, edition=edition, questionnaire=form))
    asked = oxygen(later)
    (order,) = orders_of(asked)
    timeless = {name: value for name, value in order.items() if not name.startswith("occurrence")}
    old = {**timeless, "id": "last-year", "occurrenceDateTime": "2025-10-01", "authoredOn": "2025-10-01"}
    found = {package.canonical.rpartition("|")[2]: package for package in packages(later, asking(asked, order, old))}
    named = {version: {name for name in references(package.draft or {}) if name.startswith("DeviceRequest")} for version, package in found.items()}
    assert named == {"2026.1": {f"DeviceRequest/{order['id']}"}, "2025.1": {"DeviceRequest/last-year"}}


@pytest.mark.requirement("dtr-2.0.1:315", "dtr-2.0.1:316", "dtr-2.2:oper-9")
def test_a_value_set_that_cannot_be_had_or_listed_is_a_warning_beside_the_form(clinic: System) -> None:
    now = clinic.plan.payer.shelf.volume("home_oxygen", "2026.1")
    assert now.questionnaire is not None
    by_rule = {"resourceType": "ValueSet", "id": "rule", "url": "http://fhir-pa.example/rule", "version": "1", "compose": {"include": [{"system": "urn:s"}]}}
    items = [
        {"linkId": name, "text": name, "type": "choice", "answerValueSet": name} for name in ("http://nobody.example/set", "http://fhir-pa.example/rule|1")
    ]
    form = {**now.questionnaire, "url": "http://fhir-pa.example/fhir/Questionnaire/wanting", "id": "wanting", "item": items}
    edition = replace(
        now.edition, topic="wanting", services=(), questionnaire=f"{form['url']}|2026.1", in_force_from=date(1999, 1, 1), in_force_until=date(1999, 1, 2)
    )
    later = with_shelf(clinic, replace(now, edition=edition, questionnaire=form, value_sets=(by_rule,)))
    body = asking(oxygen(later), canonicals=(form["url"],))
    assert len(packages(later, body)) == 1
    told = warnings(later, body)
    assert [any(name in text for text in told) for name in ("http://nobody.example/set", "cannot be listed here")] == [True, True]
