"""An adaptive form asks the fewest: pure questions about the shelf's own policies and small ones made for the purpose."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from questionnaires.adaptive import Interview, Outcome, Page, next_page
from questionnaires.cases import outcome
from questionnaires.check import stories
from questionnaires.criteria import Answer, Circumstances, Criterion, Test
from questionnaires.enabled import asked
from questionnaires.form import questions
from questionnaires.library import Volume, open_shelf
from questionnaires.policy import RequestedService

TODAY = date(2026, 11, 21)
SHELF = open_shelf()
CPAP, HEREDITARY = SHELF.volume("cpap"), SHELF.volume("hereditary_cancer_test")


def interview(volume: Volume, code: str) -> Interview:
    return Interview(tuple(each for each in volume.edition.services if each.code == code), TODAY)


def walk(volume: Volume, about: Interview, said: Mapping[str, tuple[Any, ...]], on: date = TODAY) -> tuple[list[tuple[str, ...]], Page]:
    """Every page asked, each answered as told, and the end."""
    assert volume.questionnaire is not None
    pages: list[tuple[str, ...]] = []
    answers: dict[str, Answer] = {}
    shown: set[str] = set()
    for _ in range(40):
        page = next_page(volume.edition, volume.questionnaire, answers, shown, about, on)
        if not page.asks:
            return pages, page
        assert not shown & set(page.asks), "nothing is asked twice"
        pages.append(page.asks)
        shown |= set(page.asks)
        answers |= {name: Answer(name, said[name]) for name in page.asks if said.get(name)}
    raise AssertionError("It does not end.")


def test_the_first_question_is_the_one_the_others_hang_on() -> None:
    pages, _ = walk(CPAP, interview(CPAP, "E0601"), {})
    assert pages == [("stage",)]


def test_a_question_without_bearing_on_the_service_is_never_asked() -> None:
    said = {
        "stage": ("continued",),
        "started_on": (date(2026, 6, 1),),
        "reevaluated_on": (date(2026, 7, 15),),
        "use_percent": (Decimal(80),),
        "benefit": (True,),
    }
    pages, _ = walk(CPAP, interview(CPAP, "E0601"), said)
    both, _ = walk(CPAP, interview(CPAP, "E0470"), said)
    assert "single_level_failed" not in sum(pages, ()) and "single_level_failed" in sum(both, ())


def test_what_only_a_document_can_show_ends_the_questions_without_a_yes() -> None:
    said = {
        "stage": ("continued",),
        "started_on": (date(2026, 6, 1),),
        "reevaluated_on": (date(2026, 7, 15),),
        "use_percent": (Decimal(80),),
        "benefit": (True,),
    }
    _, page = walk(CPAP, interview(CPAP, "E0601"), said)
    assert page.outcome is Outcome.DOCUMENTS


def test_an_optional_question_passed_over_is_not_asked_again_and_another_way_is_tried() -> None:
    said = {"personal_cancer": ("none",), "known_variant": (False,), "relatives_count": (Decimal(1),), "counseled": (True,), "result_decides": ("surgery",)}
    pages, page = walk(HEREDITARY, interview(HEREDITARY, "81162"), said)
    assert ("youngest_age",) in pages and ("male_relative",) in pages
    assert page.outcome is Outcome.REFERRED


def test_answers_to_questions_that_are_not_asked_any_more_count_for_nothing() -> None:
    assert CPAP.questionnaire is not None
    stale = {"stage": Answer("stage", ("continued",)), "ahi": Answer("ahi", (Decimal(40),)), "instructed": Answer("instructed", (True,))}
    page = next_page(CPAP.edition, CPAP.questionnaire, stale, {"stage", "ahi", "instructed"}, interview(CPAP, "E0601"), TODAY)
    assert set(page.asks) == {"started_on", "reevaluated_on", "use_percent", "benefit"}


def test_without_a_service_named_every_service_of_the_policy_is_asked_about() -> None:
    said = {"personal_cancer": ("breast",), "known_variant": (False,), "counseled": (True,), "result_decides": ("surgery",), "tested_before": (False,)}
    pages, page = walk(HEREDITARY, Interview(), said)
    assert set(page.findings) == {"81162", "81215", "81217", "81479"} and "panel_genes" in sum(pages, ())


def test_a_form_whose_questions_wait_for_each_other_still_ends() -> None:
    form = {
        "item": [
            {"linkId": name, "text": name, "type": "boolean", "enableWhen": [{"question": other, "operator": "=", "answerBoolean": True}]}
            for name, other in (("a", "b"), ("b", "a"))
        ]
    }
    rule = Criterion("c", "C", test=Test("a", "is", True))
    edition = replace(CPAP.edition, criteria=(rule,))
    page = next_page(edition, form, {}, set(), interview(CPAP, "E0601"), TODAY)
    assert page.asks == () and page.outcome in (Outcome.REFERRED, Outcome.DOCUMENTS)


@pytest.mark.parametrize("volume", [each for each in SHELF.volumes() if each.questionnaire and each.edition.criteria], ids=lambda each: each.edition.topic)
def test_asked_step_by_step_every_story_of_the_shelf_comes_out_as_it_does_when_all_is_told(volume: Volume) -> None:
    """A story that certifies with the whole form certifies with the questions asked; one that does not, never does."""
    assert volume.questionnaire is not None
    told, mistakes = stories(volume.folder, list(SHELF.volumes()))
    assert not mistakes
    form = questions(volume.questionnaire)
    for case, of in told:
        if of is not volume or any(each not in form for each in case.answers):
            continue
        everything = {name: answer.values for name, answer in case.answers.items()}
        everything |= {name: fact.values for name, fact in case.facts.items() if fact.values and name in form}
        enabled = asked(volume.questionnaire, everything)
        for service in case.services:
            about = Interview((service,), case.on, case.line_of_business)
            pages, page = walk(volume, about, everything, case.on)
            answers = {name: Answer(name, values) for name, values in everything.items() if name in enabled}
            findings = volume.edition.weigh(RequestedService((service,), on=case.on), answers, Circumstances(case.on, case.on))
            whole = outcome(findings, volume) == "certify"
            assert (page.outcome is Outcome.MET) == whole, (case.title, service.code, pages, page.outcome)
            assert len(sum(pages, ())) <= len(form)
