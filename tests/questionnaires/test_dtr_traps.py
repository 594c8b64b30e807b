"""The traps of ``dtr_traps.py`` that no other test watches; that every trap of a payer is watched; and rules for every form on the shelf."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from ig_profiles.names import (
    CQF_LIBRARY,
    INITIAL_EXPRESSION,
    LAUNCH_CONTEXT,
    MAX_VALUE,
    MIN_VALUE,
    OPTION_EXCLUSIVE,
    QUESTIONNAIRE_UNIT,
)
from ig_profiles.reading import Coding, Json, many
from questionnaires.adaptive_form import Address, search_form
from questionnaires.dialects import ALTERNATIVE, LANGUAGE
from questionnaires.draft import Occasion
from questionnaires.elm import defines, library_name
from questionnaires.enabled import asked
from questionnaires.form import identifier, questions
from questionnaires.library import Volume, open_shelf
from questionnaires.package import changed, package, questionnaire_for
from questionnaires.package_request import Guide
from questionnaires.retrieves import retrieves
from questionnaires.value_sets import ValueSets, packed, referenced
from tests.questionnaires.dtr_traps import PAYER, TRAPS, proofs

GUIDES: tuple[Guide, ...] = ("2.0.1", "2.2")
SHELF = open_shelf()
VOLUMES = [volume for volume in SHELF.volumes() if volume.questionnaire is not None]
COVERAGE = {"resourceType": "Coverage", "id": "cov-7", "status": "active", "beneficiary": {"reference": "Patient/orla"}}
every_form = pytest.mark.parametrize("volume", VOLUMES, ids=lambda volume: volume.edition.topic)


def form_of(volume: Volume) -> Json:
    assert volume.questionnaire is not None
    return volume.questionnaire


def extensions_in(node: Any) -> Iterator[Json]:
    if isinstance(node, dict):
        yield from (each for each in many(node, "extension") if isinstance(each, dict))
        for value in node.values():
            yield from extensions_in(value)
    elif isinstance(node, list):
        for value in node:
            yield from extensions_in(value)


def test_every_trap_of_a_payer_is_watched_and_no_other_number_is_borne() -> None:
    assert sorted(TRAPS) == list(range(1, 28))
    wanted = {number for number, (whose, _) in TRAPS.items() if whose == PAYER}
    assert sorted(wanted - set(proofs())) == [], "mark the test that notices the trap with @pytest.mark.dtr_trap(number), or write it"
    assert sorted(set(proofs()) - set(TRAPS)) == [], "correct the number"


@pytest.mark.dtr_trap(4)
def test_a_package_counts_as_changed_when_only_a_value_set_of_it_is_newer() -> None:
    volume = SHELF.volume("cpap")
    since = datetime(2026, 6, 1, tzinfo=UTC)
    older, newer = ({"resourceType": "ValueSet", "url": "urn:a", "date": day} for day in ("2026-05-31", "2026-06-02"))
    assert not changed(volume.edition, form_of(volume), since, [older])
    assert changed(volume.edition, form_of(volume), since, [older, newer])


@pytest.mark.dtr_trap(12)
@pytest.mark.parametrize("guide", GUIDES)
@every_form
def test_no_form_is_handed_out_completed(volume: Volume, guide: Guide) -> None:
    for address in (None, Address("https://payer.example/fhir")):
        bundle = package(volume.edition, form_of(volume), (), Occasion((COVERAGE,)), guide=guide, address=address)
        (response,) = [each for each in many(bundle, "entry", "resource") if each["resourceType"] == "QuestionnaireResponse"]
        assert response["status"] == "in-progress"


def gate(operator: str, **wanted: Any) -> Json:
    return {"item": [{"linkId": "a"}, {"linkId": "b", "enableWhen": [{"question": "a", "operator": operator, **wanted}]}]}


@pytest.mark.dtr_trap(18)
@pytest.mark.parametrize(
    ("form", "values", "shown"),
    [
        (gate("exists", answerBoolean=True), (True,), True),
        (gate("exists", answerBoolean=True), (False,), True),
        (gate("exists", answerBoolean=True), (), False),
        (gate("exists", answerBoolean=False), (), True),
        (gate("!=", answerInteger=3), (), True),
        (gate("!=", answerInteger=3), (3,), False),
        (gate("!=", answerInteger=3), (3, 4), False),
        (gate("=", answerInteger=3), (), False),
        (gate("=", answerInteger=3), (2, 3), True),
        (gate(">", answerInteger=3), (2, 4), True),
        (gate(">=", answerDate="2026-01-01"), ("2026-01-01",), True),
        (gate("=", answerCoding={"code": "x"}), (Coding("urn:s", "x"),), True),
        (gate("=", answerCoding={"system": "urn:s", "code": "x"}), (Coding("", "x"),), True),
        (gate(">", answerInteger=3), ("many",), False),
    ],
)
def test_a_condition_holds_as_r4_says(form: Json, values: tuple[Any, ...], shown: bool) -> None:
    assert ("b" in asked(form, {"a": values})) is shown


@pytest.mark.dtr_trap(18)
def test_conditions_go_together_as_the_item_says_and_nothing_below_a_disabled_group_is_asked() -> None:
    conditions = [{"question": "a", "operator": "=", "answerBoolean": True}, {"question": "b", "operator": "=", "answerBoolean": True}]
    form = {"item": [{"linkId": "g", "enableWhen": conditions, "item": [{"linkId": "deep", "item": [{"linkId": "deeper"}]}]}]}
    either = {"item": [{**form["item"][0], "enableBehavior": "any"}]}
    assert asked(form, {"a": (True,)}) == frozenset() and asked(form, {"a": (True,), "b": (True,)}) == {"g", "deep", "deeper"}
    assert asked(either, {"a": (True,)}) == {"g", "deep", "deeper"}


@pytest.mark.dtr_trap(19)
@pytest.mark.parametrize(
    ("written", "named"),
    [
        ('"Cpap".stage', ("Cpap", "stage")),
        ("Cpap.stage", ("Cpap", "stage")),
        ('"Cpap"."stage"', ("Cpap", "stage")),
        ('"Cpap"."Earlier orders"', ("Cpap", "Earlier orders")),
        ("stage", ("", "stage")),
        ("Today() - 7 days", None),
        ("Observation.where(code = 'a').value", None),
    ],
)
def test_a_definition_is_known_by_every_spelling_of_its_name(written: str, named: tuple[str, str] | None) -> None:
    assert identifier(written) == named


@pytest.mark.dtr_trap(21)
@pytest.mark.requirement("dtr-2.0.1:337", "dtr-2.2:sec-3")
@every_form
def test_the_facts_of_a_form_read_nothing_a_criterion_or_question_does_not_need(volume: Volume) -> None:
    """Every fact is asked or weighed, and what is retrieved is narrowed by code wherever a chart holds all kinds of things."""
    if volume.elm is None:
        return
    needed = {*questions(form_of(volume)), *volume.edition.facts}
    facts = {name for name in defines(volume.elm) if name.islower() and " " not in name}
    assert facts <= needed
    of_all_kinds = ("Condition", "Observation", "Procedure", "DiagnosticReport")
    assert [row["type"] for row in retrieves(volume.elm) if row["type"] in of_all_kinds and not row.get("codeFilter")] == []


@pytest.mark.dtr_trap(23)
@pytest.mark.requirement("dtr-2.0.1:69", "dtr-2.2:spec-21", "dtr-2.2:conf-9", "dtr-2.2:conf-10")
@every_form
def test_a_form_can_be_answered_by_a_client_that_knows_must_support_alone(volume: Volume) -> None:
    """Beyond must-support there are only a unit's name and limits, which are never a reason to refuse (see answer_check)."""
    must_support = {CQF_LIBRARY, LAUNCH_CONTEXT, INITIAL_EXPRESSION, OPTION_EXCLUSIVE}
    hints = {QUESTIONNAIRE_UNIT, MIN_VALUE, MAX_VALUE, "name", "type", "description"}
    assert {each["url"] for each in extensions_in(form_of(volume))} <= must_support | hints
    hidden = [name for name, question in questions(form_of(volume)).items() if question.fact and (question.hidden or question.read_only)]
    assert hidden == []


@pytest.mark.requirement("dtr-2.0.1:57", "dtr-2.0.1:62", "dtr-2.0.1:94", "dtr-2.2:spec-54", "dtr-2.2:spec-94")
@pytest.mark.parametrize("guide", GUIDES)
@every_form
def test_whatever_the_facts_find_fills_its_question_by_cql_of_the_library_the_form_names(volume: Volume, guide: Guide) -> None:
    form = questionnaire_for(guide, form_of(volume), volume.edition)
    if volume.elm is None:
        return
    found = {name for name in questions(form) if name in defines(volume.elm)}
    filled = {name: question.fact for name, question in questions(form).items() if question.fact}
    assert found and set(filled) == found
    assert {library for library, _ in filled.values()} == {library_name(volume.elm)[0]}
    assert [each["valueCanonical"].rsplit("/", 1)[-1] for each in form["extension"] if each["url"] == CQF_LIBRARY] == ["|".join(library_name(volume.elm))]


@pytest.mark.requirement("dtr-2.0.1:64", "dtr-2.2:spec-18")
@pytest.mark.parametrize("guide", GUIDES)
@every_form
def test_every_expression_of_a_form_is_cql(volume: Volume, guide: Guide) -> None:
    for each in extensions_in(questionnaire_for(guide, form_of(volume), volume.edition)):
        if "valueExpression" in each and each["url"] != ALTERNATIVE[guide]:
            assert each["valueExpression"]["language"] == LANGUAGE[guide]


@pytest.mark.requirement("dtr-2.0.1:92", "dtr-2.2:spec-92", "dtr-2.2:oper-13")
@every_form
def test_the_facts_are_compiled_by_the_reference_translator_and_cql_and_elm_go_together(volume: Volume) -> None:
    """The translator takes CQL 1.5; that the ELM is what it makes of the text is checked by ``check``."""
    assert (volume.cql is None) == (volume.elm is None)
    if volume.elm is not None:
        assert volume.elm["library"]["schemaIdentifier"] == {"id": "urn:hl7-org:elm", "version": "r1"}
        assert not [note for note in many(volume.elm, "library", "annotation") if note.get("errorSeverity")]


@pytest.mark.dtr_trap(26)
@pytest.mark.requirement("dtr-2.2:spec-160", "dtr-2.2:spec-165")
@pytest.mark.parametrize("guide", GUIDES)
def test_markup_in_a_forms_words_stays_words(guide: Guide) -> None:
    volume = SHELF.volume("cpap")
    spiteful = "<script>alert(1)</script>"
    form = {**form_of(volume), "title": spiteful, "item": [{"linkId": "a", "text": spiteful, "type": "display"}]}
    address = Address("https://payer.example/fhir")
    for written in (questionnaire_for(guide, form, volume.edition), search_form(guide, form, volume.edition, address)):
        assert "<script" not in written["text"]["div"] and "&lt;script&gt;" in written["text"]["div"]
    for each in VOLUMES:
        assert "contained" not in form_of(each) and "xhtml" not in json.dumps([row["url"] for row in extensions_in(form_of(each))])


def test_a_value_set_that_is_missing_or_cannot_be_listed_is_a_warning_and_a_large_one_is_left_to_expand() -> None:
    by_rule = {"resourceType": "ValueSet", "url": "urn:rule", "version": "1", "compose": {"include": [{"system": "urn:s"}]}}
    many_codes = [{"code": str(each)} for each in range(41)]
    large = {"resourceType": "ValueSet", "url": "urn:large", "version": "1", "compose": {"include": [{"system": "urn:s", "concept": many_codes}]}}
    sets, at = ValueSets([by_rule, large]), datetime(2026, 11, 21, tzinfo=UTC)
    found, issues = packed(sets, ["urn:none", "urn:rule", "urn:large", "urn:large|1"], at, everything=False)
    assert found == [] and [(issue.severity, issue.text.split("'")[1]) for issue in issues] == [("warning", "urn:none"), ("warning", "urn:rule")]
    found, _ = packed(sets, ["urn:large", "urn:large|1"], at, everything=True)
    assert [each["expansion"]["total"] for each in found] == [41]


@pytest.mark.requirement("dtr-2.2:oper-5")
def test_value_sets_are_put_together_and_taken_apart_and_inactive_codes_left_out() -> None:
    inactive = {"url": "http://hl7.org/fhir/StructureDefinition/valueset-concept-inactive", "valueBoolean": True}
    concepts = [{"code": "a"}, {"code": "b"}, {"code": "c", "extension": [inactive]}]
    one = {"resourceType": "ValueSet", "url": "urn:one", "version": "1", "compose": {"include": [{"system": "urn:s", "concept": concepts}]}}
    less = {
        "resourceType": "ValueSet",
        "url": "urn:less",
        "version": "1",
        "compose": {"include": [{"valueSet": ["urn:one"]}], "exclude": [{"system": "urn:s", "concept": [{"code": "b"}]}]},
    }
    round_ = {"resourceType": "ValueSet", "url": "urn:round", "version": "1", "compose": {"include": [{"valueSet": ["urn:round"]}]}}
    sets = ValueSets([one, less, round_])
    assert [[code.code for code in sets.codes(name)] for name in ("urn:one", "urn:less")] == [["a", "b"], ["a"]]
    assert "urn:round" not in sets.expansions()


def test_value_sets_of_forms_and_of_their_facts_are_all_looked_for() -> None:
    elm = {"library": {"valueSets": {"def": [{"name": "A", "id": "urn:a"}]}}}
    form = {"item": [{"answerValueSet": "urn:b|1"}, {"answerValueSet": "#own"}]}
    assert [*referenced(form), *referenced(elm)] == ["urn:b|1", "urn:a"]


@pytest.mark.requirement("dtr-2.2:spec-22", "dtr-2.2:spec-159")
@every_form
def test_a_form_asks_one_kind_of_person_for_one_purpose(volume: Volume) -> None:
    """Clinical questions alone: what is administrative stands on the request, so that nothing has to be marked off."""
    assert volume.edition.documentation == ("clinical",)
