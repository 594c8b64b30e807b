"""$questionnaire-package: the same form in the shape of each guide generation (dtr.md §0)."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from fhir.resources.R4B.bundle import Bundle
from fhir.resources.R4B.parameters import Parameters

from ig_profiles.json import dump
from ig_profiles.names import CRD_COVERAGE_CODES, CRD_TEMP_CODES, DTR_PROFILE, INFORMATION_ORIGIN, INTENDED_USE, QR_CONTEXT, QR_COVERAGE
from ig_profiles.outcome import Issue
from ig_profiles.reading import Coding, Json, extension_value, extensions, many
from ig_profiles.registry import open_set
from ig_profiles.validator import validate
from questionnaires.cql import FactEngine, dist
from questionnaires.draft import Occasion
from questionnaires.facts import Fact
from questionnaires.form import items
from questionnaires.library import open_shelf
from questionnaires.logic import Logic, closure
from questionnaires.package import answer, changed, package, questionnaire_for
from questionnaires.package_request import Guide

GUIDES: tuple[Guide, ...] = ("2.0.1", "2.2")
COVERAGE = {"resourceType": "Coverage", "id": "cov-7", "status": "active", "beneficiary": {"reference": "Patient/orla"}}
ORDER = {"resourceType": "DeviceRequest", "id": "order-9", "status": "draft", "intent": "order", "subject": {"reference": "Patient/orla"}}
OCCASION = Occasion((COVERAGE,), (ORDER,), context_id="assertion-1")
VOLUME = open_shelf().volume("home_oxygen", "2026.1")
HELPERS = Logic(dist("FHIRHelpers-4.0.1.cql"), json.loads(dist("FHIRHelpers-4.0.1.json")))
FOUND = {"spo2": Fact("spo2", Decimal("86.0"), unit="%"), "tested_on": Fact("tested_on", date(2026, 11, 20)), "hematocrit": Fact("hematocrit", Decimal(57))}


def packaged(guide: Guide, **facts: Fact) -> Json:
    assert VOLUME.questionnaire and VOLUME.cql and VOLUME.elm
    logics = closure((Logic(VOLUME.cql, VOLUME.elm),), (HELPERS,))
    return package(VOLUME.edition, VOLUME.questionnaire, logics, OCCASION, guide=guide, prefilled=facts)


def of_type(bundle: Json, kind: str) -> list[Json]:
    return [resource for resource in many(bundle, "entry", "resource") if resource["resourceType"] == kind]


def answered(response: Json) -> dict[str, Json]:
    return {item["linkId"]: item["answer"][0] for item in items(response) if "answer" in item}


def expressions(node: Any) -> Iterator[Json]:
    if isinstance(node, dict):
        if node.get("url", "").endswith("initialExpression"):
            yield node["valueExpression"]
        for value in node.values():
            yield from expressions(value)
    elif isinstance(node, list):
        for value in node:
            yield from expressions(value)


@pytest.mark.requirement("dtr-2.0.1:308", "dtr-2.0.1:317", "dtr-2.2:oper-18", "dtr-2.2:oper-12")
@pytest.mark.parametrize("guide", GUIDES)
def test_the_package_is_a_valid_collection_with_the_questionnaire_first_and_one_draft(guide: Guide) -> None:
    bundle = packaged(guide, **FOUND)
    Bundle.model_validate_json(dump(bundle))
    assert [resource["resourceType"] for resource in many(bundle, "entry", "resource")] == ["Questionnaire", "QuestionnaireResponse", "Library", "Library"]
    assert bundle["type"] == "collection"


@pytest.mark.parametrize(("guide", "profile"), [("2.0.1", "dtr-std-questionnaire"), ("2.2", "dtr-base-questionnaire")])
def test_every_form_on_the_shelf_claims_the_profile_its_guide_has_for_forms_and_keeps_to_it(guide: Guide, profile: str) -> None:
    for volume in open_shelf().volumes():
        if volume.questionnaire is None:
            continue
        form = questionnaire_for(guide, volume.questionnaire, volume.edition)
        (claimed,) = form["meta"]["profile"]
        assert claimed == f"{DTR_PROFILE}{profile}" and open_set(guide).profile(claimed) is not None
        assert [issue for issue in validate(form, open_set(guide), strict=True) if issue.severity in ("fatal", "error")] == []


@pytest.mark.requirement("dtr-2.0.1:305")
@pytest.mark.parametrize(("guide", "package_name", "outcome_name"), [("2.0.1", "PackageBundle", "operationOutcome"), ("2.2", "packagebundle", "outcome")])
def test_the_parameters_bear_the_names_of_their_generation(guide: Guide, package_name: str, outcome_name: str) -> None:
    body = answer([packaged(guide)], [Issue("The form 'x' is not known here.", "not-found", "warning")], guide)
    Parameters.model_validate_json(dump(body))
    assert [part["name"] for part in body["parameter"]] == [package_name, outcome_name]


@pytest.mark.dtr_trap(4)
@pytest.mark.parametrize("guide", GUIDES)
def test_with_nothing_to_hand_out_the_answer_says_so_and_is_not_empty(guide: Guide) -> None:
    (part,) = answer([], [], guide)["parameter"]
    assert part["resource"]["issue"][0]["severity"] == "information"


@pytest.mark.dtr_trap(5, 6)
@pytest.mark.requirement("dtr-2.0.1:84", "dtr-2.0.1:309", "dtr-2.0.1:317", "dtr-2.0.1:95", "dtr-2.0.1:96")
@pytest.mark.requirement("dtr-2.0.1:101", "dtr-2.0.1:102", "dtr-2.2:spec-95", "dtr-2.2:spec-99", "dtr-2.2:spec-87")
@pytest.mark.requirement("dtr-2.2:oper-12")
def test_every_library_the_form_needs_comes_once_with_cql_and_elm_that_say_the_same() -> None:
    named = {library["name"]: library for library in of_type(packaged("2.0.1"), "Library")}
    assert set(named) == {"HomeOxygen", "FHIRHelpers"}
    content = {row["contentType"]: base64.b64decode(row["data"]) for row in named["HomeOxygen"]["content"]}
    assert content["text/cql"].decode() == VOLUME.cql
    assert json.loads(content["application/elm+json"])["library"]["identifier"] == {"id": "HomeOxygen", "version": "2026.1"}


def test_the_shipped_elm_answers_in_the_engine_as_the_shelf_does() -> None:
    library = next(each for each in of_type(packaged("2.2"), "Library") if each["name"] == "HomeOxygen")
    shipped = json.loads(base64.b64decode(library["content"][1]["data"]))
    chart = json.loads((VOLUME.folder / "cases" / "clinic-86.json").read_text())
    with FactEngine() as engine:
        fact = engine.facts(shipped, many(chart, "entry", "resource"), datetime(2026, 11, 21, tzinfo=UTC), ["spo2"])["spo2"]
    assert fact.value == 86


def test_an_included_library_that_is_not_known_is_named() -> None:
    assert VOLUME.cql and VOLUME.elm
    with pytest.raises(KeyError, match="FHIRHelpers"):
        closure((Logic(VOLUME.cql, VOLUME.elm),), ())


@pytest.mark.dtr_trap(21)
def test_the_library_asks_for_named_codes_and_not_for_every_condition_of_the_patient() -> None:
    library = next(each for each in of_type(packaged("2.2"), "Library") if each["name"] == "HomeOxygen")
    conditions = [row for row in library["dataRequirement"] if row["type"] == "Condition"]
    assert len(conditions) == 3
    assert all(row["codeFilter"][0]["code"] for row in conditions)


@pytest.mark.dtr_trap(7)
@pytest.mark.requirement("dtr-2.0.1:313", "dtr-2.0.1:321", "dtr-2.2:oper-16", "dtr-2.2:spec-122")
@pytest.mark.parametrize("guide", GUIDES)
def test_every_canonical_inside_is_pinned_to_a_version(guide: Guide) -> None:
    bundle = packaged(guide)
    published = {f"{each['url']}|{each['version']}" for each in many(bundle, "entry", "resource") if "url" in each}
    form, response = of_type(bundle, "Questionnaire")[0], of_type(bundle, "QuestionnaireResponse")[0]
    used = {*many(form, "extension", "valueCanonical"), response["questionnaire"], *many(of_type(bundle, "Library"), "relatedArtifact", "resource")}
    assert len(used) == 3
    assert used <= published


@pytest.mark.requirement("dtr-2.0.1:97", "dtr-2.2:spec-96")
@pytest.mark.parametrize(
    ("guide", "language", "url"),
    [
        ("2.0.1", "text/cql", "http://hl7.org/fhir/us/ecr/StructureDefinition/us-ph-alternative-expression-extension"),
        ("2.2", "text/cql-identifier", "http://hl7.org/fhir/us/davinci-dtr/StructureDefinition/alternativeExpression"),
    ],
)
def test_every_expression_speaks_the_guides_language_and_brings_its_elm(guide: Guide, language: str, url: str) -> None:
    found = list(expressions(of_type(packaged(guide), "Questionnaire")[0]))
    assert len(found) == 13
    for expression in found:
        assert expression["language"] == language
        name = expression["expression"].split(".")[1]
        (alternative,) = [each["valueExpression"] for each in extensions(expression, url)]
        assert json.loads(alternative["expression"]) == {"type": "ExpressionRef", "libraryName": "HomeOxygen", "name": name}


def test_the_form_itself_on_the_shelf_stays_as_it_was() -> None:
    before = dump(VOLUME.questionnaire)
    packaged("2.0.1", **FOUND)
    assert dump(VOLUME.questionnaire) == before


@pytest.mark.parametrize("guide", GUIDES)
def test_the_form_has_a_narrative_a_period_of_force_and_text_on_every_item(guide: Guide) -> None:
    form = of_type(packaged(guide), "Questionnaire")[0]
    assert "Was the patient breathing room air?" in form["text"]["div"]
    assert form["effectivePeriod"] == {"start": "2026-01-01"}
    assert all(item.get("text") for item in items(form))


@pytest.mark.dtr_trap(9)
@pytest.mark.requirement("dtr-2.0.1:323")
def test_the_older_guide_puts_the_coverage_among_the_contexts() -> None:
    response = of_type(packaged("2.0.1"), "QuestionnaireResponse")[0]
    assert [each["valueReference"]["reference"] for each in extensions(response, QR_CONTEXT)] == ["Coverage/cov-7", "DeviceRequest/order-9"]
    assert not extensions(response, QR_COVERAGE)
    assert extension_value(response, INTENDED_USE)["coding"] == [{"system": CRD_TEMP_CODES, "code": "withpa"}]
    assert [item["linkId"] for item in response["item"]] == ["order", "test", "borderline", "portable"]


@pytest.mark.dtr_trap(9)
@pytest.mark.requirement("dtr-2.2:oper-18")
def test_the_newer_guide_gives_the_coverage_an_extension_of_its_own() -> None:
    response = of_type(packaged("2.2"), "QuestionnaireResponse")[0]
    assert [each["valueReference"]["reference"] for each in extensions(response, QR_COVERAGE)] == ["Coverage/cov-7"]
    assert [each["valueReference"]["reference"] for each in extensions(response, QR_CONTEXT)] == ["DeviceRequest/order-9"]
    assert extension_value(response, INTENDED_USE)["coding"] == [{"system": CRD_COVERAGE_CODES, "code": "withpa"}]
    assert "item" not in response


@pytest.mark.dtr_trap(10)
@pytest.mark.requirement("dtr-2.0.1:175")
@pytest.mark.parametrize(("guide", "source"), [("2.0.1", "auto"), ("2.2", "auto-server")])
def test_what_the_payer_fills_in_is_marked_as_found_and_has_no_author(guide: Guide, source: str) -> None:
    response = of_type(packaged(guide, **FOUND), "QuestionnaireResponse")[0]
    given = answered(response)
    assert given["spo2"]["valueDecimal"] == Decimal("86.0")
    assert given["tested_on"]["valueDate"] == "2026-11-20"
    for each in given.values():
        (origin,) = extensions(each, INFORMATION_ORIGIN)
        assert origin["extension"] == [{"url": "source", "valueCode": source}]


def test_a_question_that_is_not_asked_is_not_filled_in() -> None:
    assert "hematocrit" not in answered(of_type(packaged("2.2", **FOUND), "QuestionnaireResponse")[0])
    borderline = {**FOUND, "spo2": Fact("spo2", Decimal(89))}
    assert "hematocrit" in answered(of_type(packaged("2.2", **borderline), "QuestionnaireResponse")[0])


def test_a_choice_is_filled_in_as_the_form_words_it_and_a_foreign_one_not_at_all() -> None:
    system = "http://fhir-pa.example/fhir/CodeSystem/home-oxygen-answers"
    known = packaged("2.2", test_state=Fact("test_state", Coding(system, "rest")))
    foreign = packaged("2.2", test_state=Fact("test_state", Coding("http://other.example", "rest")))
    given = answered(of_type(known, "QuestionnaireResponse")[0])["test_state"]["valueCoding"]
    assert given == {"system": system, "code": "rest", "display": "Awake and at rest"}
    assert "item" not in of_type(foreign, "QuestionnaireResponse")[0]


@pytest.mark.dtr_trap(8)
@pytest.mark.requirement("dtr-2.2:oper-18", "dtr-2.2:spec-139")
def test_the_draft_names_the_patient_as_the_client_does_and_keeps_its_identity() -> None:
    first, second = (of_type(packaged("2.2"), "QuestionnaireResponse")[0] for _ in range(2))
    assert first["subject"] == {"reference": "Patient/orla"}
    assert first["id"] == second["id"]
    assert "http" not in json.dumps([first["subject"], *[each.get("valueReference") for each in first["extension"]]])


def test_the_patient_is_found_by_the_coverage_when_there_is_no_order() -> None:
    assert Occasion((COVERAGE,)).subject == "Patient/orla"


def test_a_form_counts_as_changed_since_a_day_before_it_came_into_force() -> None:
    assert VOLUME.questionnaire
    assert changed(VOLUME.edition, VOLUME.questionnaire, datetime(2025, 12, 31, tzinfo=UTC))
    assert not changed(VOLUME.edition, VOLUME.questionnaire, datetime(2026, 2, 1, tzinfo=UTC))
