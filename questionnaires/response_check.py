"""Is a QuestionnaireResponse a valid filling-in of its Questionnaire? Every place where it is not, as issues.

Source: FHIR R4 §QuestionnaireResponse (relation to the Questionnaire, order, enableWhen), SDC targetConstraint, DTR
§questionnaireresponse-validation and profile dtr-questionnaireresponse (dtr.md §1.7-1.9). What the profile itself asks
is left to ``ig_profiles.validator``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ig_profiles.names import QUESTIONNAIRE_MAX_OCCURS, QUESTIONNAIRE_MIN_OCCURS
from ig_profiles.outcome import Issue
from ig_profiles.reading import Coding, Json, extension_value, many, text
from questionnaires.answer_check import check_answer, check_together
from questionnaires.answers import read_response
from questionnaires.constraints import check_constraints
from questionnaires.enabled import asked
from questionnaires.form import items
from questionnaires.origin_check import check_origin
from questionnaires.package_request import Guide

Expansions = Mapping[str, Sequence[Coding]]


@dataclass(frozen=True)
class Filling:
    """A form being filled in: the Questionnaire, what its value sets hold, under which guide, and whether it is finished.

    ``value_sets`` are expansions by canonical, with and without version; one that is missing decides nothing. A form that
    is not ``finished`` may still lack required answers. Without a ``guide`` no origin is asked of an answer.
    """

    questionnaire: Json
    value_sets: Expansions = field(default_factory=dict)
    guide: Guide | None = None
    finished: bool = True


def check_response(response: Json, filling: Filling, at: str = "QuestionnaireResponse") -> list[Issue]:
    """Everything in which the response breaks its form, in the order of the page; ``at`` is where it stands in what was sent.

    >>> form = {"item": [{"linkId": "spo2", "text": "Saturation", "type": "decimal", "required": True}]}
    >>> [issue.text for issue in check_response({"item": []}, Filling(form))]
    ["'Saturation' has no answer, and needs one."]
    >>> check_response({"item": [{"linkId": "spo2", "answer": [{"valueDecimal": 86}]}]}, Filling(form))
    []
    """
    form = filling.questionnaire
    enabled = asked(form, {name: answer.values for name, answer in read_response(form, response).items()})
    walk = _Walk(filling, enabled, _lines(many(form, "item")))
    found = list(walk.below(many(form, "item"), many(response, "item"), at))
    return found + list(check_constraints(form, response, enabled, at))


def _lines(form: list[Any], above: str = "") -> dict[str, str]:
    """Under which item each item of the form stands; empty for the first level."""
    found: dict[str, str] = {}
    for item in form:
        found[item["linkId"]] = above
        found |= _lines(many(item, "item"), item["linkId"])
    return found


@dataclass(frozen=True)
class _Walk:
    """Form and response, walked side by side."""

    filling: Filling
    enabled: frozenset[str]
    parents: Mapping[str, str]

    def below(self, form: list[Json], given: list[Any], at: str) -> Iterator[Issue]:
        """The items of one level: those that are strange, those out of order, then each one of the form."""
        places: dict[str, list[tuple[str, Json]]] = {}
        order = {item["linkId"]: position for position, item in enumerate(form)}
        last = -1
        for position, item in enumerate(given):
            where = f"{at}.item[{position}]"
            link_id = text(item, "linkId") if isinstance(item, dict) else None
            if link_id is None or link_id not in order:
                yield self._stranger(link_id, where)
                continue
            if order[link_id] < last:
                yield Issue(f"'{link_id}' stands after what the form asks later. Keep the order of the form.", "business-rule", expression=f"{where}.linkId")
            last = max(last, order[link_id])
            places.setdefault(link_id, []).append((where, item))
        for item in form:
            yield from self._item(item, places.get(item["linkId"], []), at)

    def _stranger(self, link_id: str | None, where: str) -> Issue:
        if link_id is None:
            return Issue("The item has no linkId, so no question is known for it. Give it the linkId of its question.", "required", expression=where)
        above = self.parents.get(link_id)
        if above is None:
            return Issue(f"The form asks nothing called '{link_id}'. Take the item out, or correct its linkId.", "not-found", expression=f"{where}.linkId")
        place = f"under '{above}'" if above else "on the first level"
        return Issue(f"'{link_id}' stands in the wrong place. The form has it {place}: put it there.", "structure", expression=f"{where}.linkId")

    def _item(self, item: Json, given: list[tuple[str, Json]], at: str) -> Iterator[Issue]:
        kind, name = item.get("type"), item.get("text") or item["linkId"]
        if item["linkId"] not in self.enabled:
            for where, each in given:
                if _has_answer(each):
                    mend = "Take its answers out, or correct the answer it depends on."
                    yield Issue(f"'{name}' is not asked, given the other answers, and has an answer. {mend}", "business-rule", expression=where)
            return
        if len(given) > 1 and not (kind == "group" and item.get("repeats")):
            mend = "Put its answers into one item." if item.get("repeats") else "Keep one of them."
            yield Issue(f"'{name}' is there {len(given)} times. {mend}", "structure", expression=given[1][0])
        if kind == "group":
            yield from self._group(item, given, at, name)
        elif kind == "display":
            for where, each in given:
                if many(each, "answer"):
                    yield Issue(f"'{name}' only shows a text and takes no answer. Take the answer out.", "structure", expression=f"{where}.answer")
        else:
            yield from self._question(item, given, at, name)

    def _group(self, item: Json, given: list[tuple[str, Json]], at: str, name: str) -> Iterator[Issue]:
        if not given and (item.get("required") or _requires(item, self.enabled)):
            yield from self.below(many(item, "item"), [], at)
        for where, each in given:
            if many(each, "answer"):
                yield Issue(f"'{name}' is a group and takes no answer itself. Answer the questions in it.", "structure", expression=f"{where}.answer")
            yield from self.below(many(item, "item"), many(each, "item"), where)
        yield from _occurrences(item, len(given), given[0][0] if given else at, name, self.filling.finished)

    def _question(self, item: Json, given: list[tuple[str, Json]], at: str, name: str) -> Iterator[Issue]:
        where, each = given[0] if given else (at, {})
        answers = [answer for answer in many(each, "answer") if isinstance(answer, dict)]
        valued = [answer for answer in answers if any(key.startswith("value") for key in answer)]
        if item.get("required") and not valued and self.filling.finished:
            yield Issue(f"'{name}' has no answer, and needs one.", "required", expression=where)
        if len(valued) > 1 and not item.get("repeats"):
            yield Issue(f"'{name}' takes one answer and has {len(valued)}. Keep one.", "structure", expression=f"{where}.answer")
        if "item" in each and answers:
            yield Issue(f"What stands below '{name}' belongs into its answer. Move it there.", "structure", expression=f"{where}.item")
        for position, answer in enumerate(answers):
            spot = f"{where}.answer[{position}]"
            if answer not in valued:
                yield Issue(f"'{name}' has an answer without a value. Give the value, or take the answer out.", "required", expression=spot)
                continue
            yield from check_answer(item, answer, spot, self.filling.value_sets)
            if self.filling.guide is not None:
                yield from check_origin(answer, spot, self.filling.guide, name)
            if position == 0 or many(answer, "item"):
                yield from self.below(many(item, "item"), many(answer, "item"), spot)
        yield from check_together(item, valued, where)
        if valued or item.get("required"):
            yield from _occurrences(item, len(valued), where, name, self.filling.finished)


def _occurrences(item: Json, count: int, where: str, name: str, finished: bool) -> Iterator[Issue]:
    least, most = extension_value(item, QUESTIONNAIRE_MIN_OCCURS), extension_value(item, QUESTIONNAIRE_MAX_OCCURS)
    if isinstance(least, int) and count < least and finished:
        yield Issue(f"'{name}' is there {count} times and must be at least {least} times. Add the rest.", "required", "warning", where)
    if isinstance(most, int) and count > most:
        yield Issue(f"'{name}' is there {count} times and may be at most {most} times. Take the rest out.", "business-rule", "warning", where)


def _requires(item: Json, enabled: frozenset[str]) -> bool:
    return any(below.get("required") and below["linkId"] in enabled for below in items(item))


def _has_answer(item: Json) -> bool:
    return any(many(each, "answer") for each in (item, *items(item)))
