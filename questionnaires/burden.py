"""Burden: how many questions a form asks, how many the record answers, and how long the rest takes, over a policy's own stories.

A question is counted where the form shows it, given the answers of the story; minutes are an estimate, the same for every
policy, so that two wordings can be compared (domain: documentation burden).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from statistics import mean

from questionnaires.adaptive import Interview, next_page
from questionnaires.cases import Case, known_of
from questionnaires.cql import FactEngine
from questionnaires.criteria import Answer
from questionnaires.duration import minutes
from questionnaires.enabled import asked
from questionnaires.form import Question, questions
from questionnaires.library import Volume


@dataclass(frozen=True)
class Burden:
    """Means over the stories of one edition; ``asked`` and ``step_by_step`` are left to the clinician after the record has answered."""

    edition: str
    stories: int
    questions: int
    shown: float
    by_data: float
    asked: float
    minutes: float
    step_by_step: float
    minutes_step_by_step: float


def burden(volume: Volume, stories: Iterable[Case], engine: FactEngine) -> Burden | None:
    """What the form asks of a clinician in these stories; None without a form or without a story."""
    if volume.questionnaire is None:
        return None
    form = questions(volume.questionnaire)
    rows = [_of(case, volume, form, engine) for case in stories]
    if not rows:
        return None
    shown, by_data, left, minutes_left, steps, minutes_steps = (mean(column) for column in zip(*rows, strict=True))
    return Burden(volume.edition.name, len(rows), len(form), shown, by_data, left, minutes_left, steps, minutes_steps)


def _of(case: Case, volume: Volume, form: dict[str, Question], engine: FactEngine) -> tuple[float, float, float, float, float, float]:
    assert volume.questionnaire is not None
    known = known_of(case, volume, engine)
    values = {name: answer.values for name, answer in known.items()}
    found = {name for name in known if name not in case.answers}
    shown = [name for name in form if name in asked(volume.questionnaire, values)]
    stepwise = _stepwise(case, volume, {name: answer for name, answer in known.items() if name in form})
    left, left_stepwise = [name for name in shown if name not in found], [name for name in stepwise if name not in found]
    by_data = len(shown) - len(left)
    return (
        len(shown),
        by_data,
        len(left),
        minutes(_kinds(left, form), by_data),
        len(left_stepwise),
        minutes(_kinds(left_stepwise, form), len(stepwise) - len(left_stepwise)),
    )


def _stepwise(case: Case, volume: Volume, known: dict[str, Answer]) -> list[str]:
    """Every question the adaptive form of this policy shows in this story."""
    assert volume.questionnaire is not None
    interview = Interview(case.services, case.on, case.line_of_business)
    shown: list[str] = []
    while True:
        told = {name: answer for name, answer in known.items() if name in shown}
        page = next_page(volume.edition, volume.questionnaire, told, shown, interview, case.on)
        if not page.asks:
            return shown
        shown += page.asks


def _kinds(names: Iterable[str], form: dict[str, Question]) -> list[str]:
    return [form[name].kind for name in names]


def table(rows: Iterable[Burden]) -> str:
    """The burdens as a table for a person.

    >>> print(table([Burden("oxygen 1", 2, 9, 7.0, 4.0, 3.0, 1.2, 2.0, 0.8)]))
    Policy      Stories  Questions  Shown  By data  Asked  Minutes  Step by step  Minutes
    oxygen 1          2          9    7.0      4.0    3.0      1.2           2.0      0.8
    """
    listed = list(rows)
    width = max([len("Policy  "), *(len(row.edition) for row in listed)]) + 2
    lines = [f"{'Policy':<{width}}  Stories  Questions  Shown  By data  Asked  Minutes  Step by step  Minutes"]
    for row in listed:
        counts = f"{row.stories:>7}  {row.questions:>9}  {row.shown:>5.1f}  {row.by_data:>7.1f}  {row.asked:>5.1f}"
        lines.append(f"{row.edition:<{width}}  {counts}  {row.minutes:>7.1f}  {row.step_by_step:>12.1f}  {row.minutes_step_by_step:>7.1f}")
    return "\n".join(lines)
