"""Every element DTR makes must-support in what we send is shown by a form of the example shelf; what cannot be says why."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import questionnaires
from fhir_pa.provider.dtr.package import question
from fhir_pa.provider.play.payer_file import CLIENT_ID
from ig_profiles.names import (
    COVERAGE_INFORMATION,
    DTR_PROFILE,
    ECR_ALTERNATIVE_EXPRESSION,
    INFORMATION_ORIGIN,
    INTENDED_USE,
    QR_CONTEXT,
    QR_COVERAGE,
    RESPONSE_SIGNATURE,
    SDC,
    SUPPORT_HYPERLINK,
)
from ig_profiles.reading import Json, references
from ig_profiles.registry import open_set
from questionnaires.library import open_shelf
from tests.stories.asking import SHORT_OF_OXYGEN
from tests.stories.elements_shown import claims, resources, shown, wanted
from tests.stories.interviewing import FIRST_MONTHS, NEXT, PACKAGE, by_hand, contained, first_response, interview, pap_order, signed
from tests.stories.own_words import faults
from tests.stories.parties import NOW, Lent, System, open_plan

EXAMPLES = Path(questionnaires.__file__).parent / "examples"
FORM = "http://fhir-pa.example/fhir/Questionnaire/wound-pump"
ANSWERS = "http://fhir-pa.example/fhir/CodeSystem/wound-pump-answers"
PICTURE = base64.b64encode(b"no picture of anybody").decode()
ME = {"reference": "Practitioner/dr-fenwick"}
SENT = {
    "2.0.1": ("dtr-qpackage-output-parameters", "DTR-QPackageBundle", "dtr-std-questionnaire", "dtr-questionnaire-adapt-search", "dtr-questionnaire-adapt"),
    "2.2": ("dtr-qpackage-output-parameters", "DTR-QPackageBundle", "dtr-base-questionnaire", "dtr-questionnaire-adapt-search"),
}

# What the payer's forms never have: (guide, profile, element) with the reason.
NEVER: Mapping[tuple[str, str, str], str] = {
    (guide, "dtr-questionnaire-adapt-search", "Questionnaire.item"): "an adaptive form is found without items, which 2.2 forbids; they come by $next-question"
    for guide in SENT
}


@pytest.fixture(scope="module", params=["2.0.1", "2.2"])
def said(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, lent: Lent) -> tuple[str, list[Json]]:
    """Everything the payer says in one guide about the example's forms, whole and step by step, and after a hook."""
    with open_plan(tmp_path_factory.mktemp("elements"), lent) as plan:
        clinic = System(replace(plan, payer=replace(plan.payer, shelf=open_shelf(EXAMPLES))), CLIENT_ID, request.param)
        answers = list(everything(clinic))
        assert clinic.plan.wrong == []
    return request.param, [found for answer in answers for found in resources(answer)]


def everything(clinic: System) -> Iterator[Json]:
    """Both forms of the example, an interview with all a clinician may add to a response, and one that ends in a determination."""
    coverage = clinic.plan.charts.by_patient[SHORT_OF_OXYGEN].coverage
    order = pap_order(clinic, "E2402")
    yield clinic.post(PACKAGE, question(coverage, (order,), canonicals=(FORM, "http://nobody.example/form")))
    yield clinic.post(PACKAGE, question(coverage, (order,)))
    response = first_response(clinic, order)
    while response["status"] == "in-progress":
        response = clinic.post(NEXT, response)
        yield response
        response = response if response["status"] == "completed" else answered(response, clinic.guide)
    hooked, assertion = signed(clinic)
    yield from interview(clinic, first_response(clinic, hooked, context=assertion), {**FIRST_MONTHS, "plan.issue": True})


def answered(response: Json, guide: str) -> Json:
    """The response filled in, signed as a whole and in part, with a score and a picture beside answers."""
    signature = {"type": [{"system": "urn:iso-astm:E1762-95:2013", "code": "1.2.840.10065.1.12.1.1"}], "when": NOW.isoformat(), "who": ME, "data": PICTURE}
    sign = {"url": RESPONSE_SIGNATURE, "valueSignature": signature}
    form = contained(response)
    written = [row for item in form["item"] if (row := filled_in(item, guide))]
    if written:
        written[0]["extension"] = [sign]
    others = [each for each in response["extension"] if each["url"] != RESPONSE_SIGNATURE]
    return {**response, "author": ME, "extension": [*others, sign], "item": written}


def filled_in(item: Json, guide: str) -> Json | None:
    """An item as answered: a group by what is in it, a question by its value and what is below it."""
    below = [row for each in item.get("item", []) if (row := filled_in(each, guide))]
    row = {"linkId": item["linkId"], "text": item["text"]}
    if item["type"] in ("group", "display"):
        return {**row, "item": below} if below else None
    value = VALUES.get(item["linkId"])
    if value is None:
        return None
    score = {"2.0.1": "http://hl7.org/fhir/StructureDefinition/ordinalValue", "2.2": "http://hl7.org/fhir/StructureDefinition/itemWeight"}[guide]
    beside: list[Json] = [{"url": score, "valueDecimal": 2}] if item["linkId"] == "wound_kind" else []
    if item["linkId"] == "picture":
        beside.append({"url": f"{SDC}sdc-questionnaire-itemAnswerMedia", "valueAttachment": {"contentType": "image/png", "data": PICTURE}})
    if item["linkId"] == "treated_by" and guide == "2.2":
        beside.append({"url": f"{DTR_PROFILE}containedReference", "valueBoolean": False})
    return {**row, "answer": [{"extension": [by_hand(), *beside], **value, **({"item": below} if below else {})}]}


VALUES: Mapping[str, Json] = {
    "wound_kind": {"valueCoding": {"system": ANSWERS, "code": "pressure"}},
    "wound_length": {"valueQuantity": {"value": 4, "unit": "cm", "system": "http://unitsofmeasure.org", "code": "cm"}},
    "measured_on": {"valueDate": "2026-11-10"},
    "tried": {"valueCoding": {"system": ANSWERS, "code": "moist_dressing"}},
    "dressings_a_day": {"valueInteger": 1},
    "dressing_kind": {"valueCoding": {"system": ANSWERS, "code": "foam"}},
    "dressing_since": {"valueDate": "2026-10-01"},
    "picture": {"valueAttachment": {"contentType": "image/png", "data": PICTURE}},
    "treated_by": {"valueReference": ME},
    "filed_as": {"valueString": "Wound care at home"},
}


@pytest.mark.requirement("dtr-2.0.1:348", "dtr-2.0.1:352", "dtr-2.0.1:361", "dtr-2.2:conf-2")
def test_every_must_support_element_of_what_we_send_is_shown(said: tuple[str, list[Json]]) -> None:
    guide, everything_said = said
    missing = []
    for profile in (*SENT[guide], "dtr-questionnaireresponse"):
        mine = [each for each in everything_said if claims(each, profile)]
        assert mine, f"nothing claims {profile}"
        for element, rows in wanted(guide, DTR_PROFILE + profile):
            excused = any(element == name or element.startswith(f"{name}.") for of, about, name in NEVER if (of, about) == (guide, profile))
            if not excused and not any(shown(each, element, rows) for each in mine):
                missing.append((profile, element))
    assert missing == []


@pytest.mark.requirement("dtr-2.0.1:364", "dtr-2.0.1:365")
def test_every_required_element_of_what_we_send_is_there_with_a_value(said: tuple[str, list[Json]]) -> None:
    guide, everything_said = said
    ours = [each for each in everything_said if each.get("meta", {}).get("profile")]
    assert {each["resourceType"] for each in ours} == {"Parameters", "Bundle", "Questionnaire", "QuestionnaireResponse"}
    assert [issue.text for each in ours for issue in faults(each, guide)] == []


@pytest.mark.parametrize(
    ("kind", "element"),
    [("Questionnaire", "status"), ("Questionnaire", "subjectType"), ("Questionnaire", "url"), ("QuestionnaireResponse", "subject")],
)
def test_what_lacks_a_required_element_would_be_noticed(said: tuple[str, list[Json]], kind: str, element: str) -> None:
    guide, everything_said = said
    whole = next(each for each in everything_said if each["resourceType"] == kind and element in each and each.get("meta"))
    short = {name: value for name, value in whole.items() if name != element}
    assert element in " ".join(issue.text for issue in faults(short, guide))


@pytest.mark.requirement("dtr-2.2:spec-140", "dtr-2.2:spec-141")
def test_we_contain_the_form_being_asked_and_refer_to_what_is_contained_from_answers_alone(said: tuple[str, list[Json]]) -> None:
    """The form itself is named by ``questionnaire``, as the guide wants it of adaptive forms (spec-25)."""
    _, everything_said = said
    responses = [each for each in everything_said if each["resourceType"] == "QuestionnaireResponse"]
    assert {len(each.get("contained", [])) for each in responses} == {0, 1}
    for each in responses:
        held = each.get("contained", [])
        assert [resource["resourceType"] for resource in held] == ["Questionnaire"] * len(held)
        assert each["questionnaire"] == (f"#{held[0]['id']}" if held else each["questionnaire"].lstrip("#"))
        without_answers = {**each, "item": []}
        assert [reference for reference in references(without_answers) if reference.startswith("#")] == []


@pytest.mark.requirement("dtr-2.2:conf-13")
def test_whatever_we_tell_stands_in_an_element_or_extension_of_the_guides(said: tuple[str, list[Json]]) -> None:
    """The coverage, the order, what a form is for, where an answer came from and what is decided: each where DTR has a place for it."""
    guide, everything_said = said
    guides = open_set(guide)
    used = {each["url"] for resource in everything_said for each in extensions_in(resource) if "/" in each["url"]}
    assert {url for url in used if guides.extension(url) is None} <= {ECR_ALTERNATIVE_EXPRESSION, SUPPORT_HYPERLINK}, "an extension of no guide"
    told = {QR_CONTEXT, INTENDED_USE, INFORMATION_ORIGIN, COVERAGE_INFORMATION, *([QR_COVERAGE] if guide == "2.2" else [])}
    assert told <= used


def extensions_in(node: Any) -> Iterator[Json]:
    """Every extension, at any depth."""
    if isinstance(node, dict):
        for key, value in node.items():
            if key in ("extension", "modifierExtension"):
                yield from value
            yield from extensions_in(value)
    elif isinstance(node, list):
        for value in node:
            yield from extensions_in(value)
