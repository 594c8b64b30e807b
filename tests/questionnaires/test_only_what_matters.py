"""No built-in form shows a question that the answers so far have made idle: one that belongs to what is met, whatever is answered.

A form on paper serves every service of its edition; a form asked step by step knows the order and the shortest way to a yes
(tests/stories/test_adaptive_forms.py). What is not met goes to a person, who wants to read the rest: it is not idle.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from ig_profiles.reading import many
from questionnaires.cases import Case, known_of
from questionnaires.check import stories
from questionnaires.cql import FactEngine
from questionnaires.criteria import Answer, Answers, Circumstances, Truth, facts_tested
from questionnaires.enabled import asked
from questionnaires.form import Question, items, questions
from questionnaires.library import Volume, open_shelf
from questionnaires.policy import RequestedService

SHELF = open_shelf()
VOLUMES = [volume for volume in SHELF.volumes() if volume.questionnaire]
SIDE_BY_SIDE = {"home_oxygen": "borderline"}  # one of these is enough, as the group's heading says; the whole group is there or not


@pytest.mark.requirement("dtr-2.2:spec-17")
@pytest.mark.parametrize("volume", VOLUMES, ids=lambda volume: volume.edition.topic)
def test_no_question_is_shown_that_the_answers_of_a_story_made_idle(volume: Volume) -> None:
    with FactEngine() as engine:
        found = {(case.title, name) for case, _ in stories(volume.folder, [volume])[0] for name in idle(case, volume, engine)}
    assert found == set()


@pytest.mark.requirement("dtr-2.2:spec-17")
def test_a_question_nobody_needs_any_more_would_be_noticed() -> None:
    volume = SHELF.volume("adalimumab")
    form = volume.questionnaire or {}
    bare = replace(volume, questionnaire={**form, "item": [without_conditions(item) for item in form["item"]]})
    with FactEngine() as engine:
        assert {name for case, _ in stories(volume.folder, [volume])[0] for name in idle(case, bare, engine)} >= {"most_tolerated", "tried_dose"}


def without_conditions(item: dict[str, Any]) -> dict[str, Any]:
    """The item, always asked."""
    kept = {name: value for name, value in item.items() if name not in ("enableWhen", "enableBehavior")}
    return {**kept, "item": [without_conditions(each) for each in item["item"]]} if "item" in item else kept


def idle(case: Case, volume: Volume, engine: FactEngine) -> Iterator[str]:
    """The questions shown and unanswered in this story that belong to met criteria alone, of which no answer changes any finding."""
    form = volume.questionnaire or {}
    known = known_of(case, volume, engine)
    shown = asked(form, {name: answer.values for name, answer in known.items()})
    steering = {condition["question"] for item in items(form) for condition in many(item, "enableWhen")}
    beside = {item["linkId"] for group in items(form) if group["linkId"] == SIDE_BY_SIDE.get(volume.edition.topic) for item in items(group)}
    before = findings(volume, case, known)
    for name, question in questions(form, SHELF.value_sets.expansions()).items():
        weighed = {criterion.id for criterion in volume.edition.criteria if name in facts_tested(criterion)}
        mine = [truth for criterion, truth in before if criterion in weighed]
        if name in shown - known.keys() - steering - beside and mine and set(mine) == {Truth.MET}:
            answers = ({**known, name: Answer(name, (value,), unit=question.unit)} for value in possible(question, case.on))
            if all(findings(volume, case, each) == before for each in answers):
                yield name


def findings(volume: Volume, case: Case, known: Answers) -> list[tuple[str, Truth]]:
    """What the criteria say of every service the edition speaks about."""
    asked_for = [RequestedService((service,), on=case.on, line_of_business=case.line_of_business) for service in volume.edition.services]
    weighed = (finding for each in asked_for for finding in volume.edition.weigh(each, known, Circumstances(case.on, case.on)))
    return [(finding.criterion, finding.truth) for finding in weighed]


def possible(question: Question, on: date) -> list[Any]:
    """Answers of every sort to this question."""
    match question.kind:
        case "yes or no":
            return [True, False]
        case "choice":
            return list(question.options)
        case "number":
            return [Decimal(each) for each in (0, 1, 50, 57, 10_000)]
        case "date":
            return [on - timedelta(days=days) for days in (0, 45, 100, 4000)]
    return ["told"]
