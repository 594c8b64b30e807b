"""What DTR binds every form and every library of the built-in policies to, whoever writes the next one."""

from __future__ import annotations

import json

import pytest

from ig_profiles.reading import Json, many
from questionnaires.authoring.agreement import comparisons
from questionnaires.cases import CERTIFY, known_of
from questionnaires.check import stories
from questionnaires.cql import FactEngine, dist
from questionnaires.elm import library_name
from questionnaires.enabled import asked
from questionnaires.form import items, libraries, questions
from questionnaires.library import Volume, open_shelf
from questionnaires.logic import Logic, closure
from questionnaires.retrieves import retrieves

VOLUMES = [volume for volume in open_shelf().volumes() if volume.questionnaire and volume.elm]
every_volume = pytest.mark.parametrize("volume", VOLUMES, ids=lambda volume: volume.edition.topic)


def form(volume: Volume) -> Json:
    assert volume.questionnaire is not None
    return volume.questionnaire


@pytest.mark.requirement("dtr-2.0.1:338", "dtr-2.2:sec-4")
@every_volume
def test_no_hidden_or_read_only_question_is_filled_from_the_record(volume: Volume) -> None:
    assert [name for name, question in questions(form(volume)).items() if question.fact and (question.hidden or question.read_only)] == []


@pytest.mark.requirement("dtr-2.0.1:83", "dtr-2.0.1:98", "dtr-2.2:spec-97", "dtr-2.2:spec-87")
@every_volume
def test_every_expression_names_its_library_and_the_form_names_that_library(volume: Volume) -> None:
    used = {question.fact[0] for question in questions(form(volume)).values() if question.fact}
    assert used == {library_name(volume.elm)[0]}
    assert {canonical.rsplit("/", 1)[-1].split("|")[0] for canonical in libraries(form(volume))} == used


@pytest.mark.requirement("dtr-2.0.1:93", "dtr-2.2:spec-93")
@every_volume
def test_cql_runs_in_the_patient_context(volume: Volume) -> None:
    assert set(many(volume.elm, "library", "statements", "def", "context")) == {"Patient"}


@pytest.mark.requirement("dtr-2.0.1:337", "dtr-2.2:sec-3")
@every_volume
def test_what_can_be_asked_for_by_code_is_asked_for_by_code(volume: Volume) -> None:
    assert volume.elm is not None
    unfiltered = {row["type"] for row in retrieves(volume.elm) if "codeFilter" not in row}
    # an encounter has no code that says whose test it covers, a role none that says whose order, a document names its study in its context,
    # and a prescription may name its drug by a reference, behind which the translator looks for the code
    drugs = {"Medication", "MedicationAdministration", "MedicationRequest", "MedicationStatement"}
    assert unfiltered <= {"Encounter", "Patient", "PractitionerRole", "DocumentReference", *drugs}


@pytest.mark.requirement("dtr-2.0.1:99", "dtr-2.2:spec-98")
def test_no_two_libraries_share_a_name() -> None:
    named = [library_name(volume.elm)[0] for volume in VOLUMES]
    assert len(set(named)) == len(named)
    assert "FHIRHelpers" not in named


@pytest.mark.requirement("dtr-2.0.1:310", "dtr-2.2:oper-12")
def test_what_a_library_includes_comes_along_to_the_last_step() -> None:
    def library(name: str, *includes: str) -> Logic:
        rows = [{"path": each, "version": "1"} for each in includes]
        return Logic("", {"library": {"identifier": {"id": name, "version": "1"}, "includes": {"def": rows}}})

    top, middle, deep, stranger = library("Top", "Middle"), library("Middle", "Deep", "Top"), library("Deep"), library("Stranger")
    assert [logic.name for logic in closure((top,), (stranger, deep, middle))] == ["Top", "Middle", "Deep"]


@pytest.mark.requirement("pas-2.0.1:189")
@every_volume
def test_a_form_asks_only_what_is_weighed_or_steers_the_form(volume: Volume) -> None:
    steering = {condition["question"] for item in items(form(volume)) for condition in many(item, "enableWhen")}
    weighed = {fact for _, test in comparisons(volume.edition.criteria) for fact in test.facts}
    assert set(questions(form(volume))) <= weighed | steering


def test_the_helpers_that_travel_with_every_form_are_those_its_facts_include() -> None:
    helpers = json.loads(dist("FHIRHelpers-4.0.1.json"))
    for volume in VOLUMES:
        assert volume.cql is not None
        assert volume.elm is not None
        assert Logic(volume.cql, volume.elm).includes() == (library_name(helpers),)


@every_volume
def test_every_condition_names_a_question_of_the_form_and_a_choice_it_offers(volume: Volume) -> None:
    asks = questions(form(volume))
    for item in items(form(volume)):
        for condition in many(item, "enableWhen"):
            options = [option.code for option in asks[condition["question"]].options]
            assert not options or condition["answerCoding"]["code"] in options, item["linkId"]


@pytest.mark.requirement("dtr-2.2:spec-17")
@every_volume
def test_what_a_story_answers_is_asked_given_its_other_answers_and_the_record(volume: Volume) -> None:
    with FactEngine() as engine:
        for case, _ in stories(volume.folder, [volume])[0]:
            shown = asked(form(volume), {name: answer.values for name, answer in known_of(case, volume, engine).items()})
            if CERTIFY in case.expected.values():
                assert set(case.answers) <= shown, case.title
