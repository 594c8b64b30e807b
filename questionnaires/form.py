"""What a FHIR Questionnaire asks: its questions by link id, with their kind, choices and population expression."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ig_profiles.names import CQF_LIBRARY, INITIAL_EXPRESSION, QUESTIONNAIRE_HIDDEN, QUESTIONNAIRE_UNIT, QUESTIONNAIRE_UNIT_OPTION
from ig_profiles.reading import Coding, Json, codings, extension_value, many, text

# Which Python values an answer to each item type holds (criteria.Answer.values); FHIR R4 §item-type.
KINDS = {
    "boolean": "yes or no",
    "decimal": "number",
    "integer": "number",
    "quantity": "number",
    "date": "date",
    "dateTime": "date",
    "choice": "choice",
    "open-choice": "choice",
    "string": "text",
    "text": "text",
    "time": "text",
    "url": "text",
    "reference": "text",
    "attachment": "text",
}
_IDENTIFIER = re.compile(r'^\s*(?:"?(?P<library>[A-Za-z_]\w*)"?\.)?"?(?P<name>[A-Za-z_][\w ]*)"?\s*$')


@dataclass(frozen=True)
class Question:
    """One item that can be answered. ``fact`` is the (library, define) its initialExpression names, if it has one."""

    link_id: str
    type: str
    text: str
    repeats: bool = False
    read_only: bool = False
    hidden: bool = False
    options: tuple[Coding, ...] = ()
    unit: str | None = None
    units: tuple[str, ...] = ()
    fact: tuple[str, str] | None = None

    @property
    def kind(self) -> str:
        """Number, date, yes or no, choice, or text."""
        return KINDS.get(self.type, "text")


def items(node: Json) -> Iterator[Json]:
    """Every item of a Questionnaire (or QuestionnaireResponse), in the order of the page; answers' items included.

    >>> [item["linkId"] for item in items({"item": [{"linkId": "a", "answer": [{"item": [{"linkId": "b"}]}]}, {"linkId": "c"}]})]
    ['a', 'b', 'c']
    """
    for item in many(node, "item"):
        if isinstance(item, dict):
            yield item
            yield from items(item)
            for answer in many(item, "answer"):
                if isinstance(answer, dict):
                    yield from items(answer)


def questions(questionnaire: Json, value_sets: Mapping[str, Sequence[Coding]] | None = None) -> dict[str, Question]:
    """Every question of the form, by link id; groups and displays are not questions.

    ``value_sets`` are expansions by canonical; choices from one that is not among them are not known here.
    """
    answered = [item for item in items(questionnaire) if item.get("type") not in ("group", "display") and text(item, "linkId")]
    return {item["linkId"]: _question(item, value_sets or {}) for item in answered}


def canonical(questionnaire: Json) -> str:
    """The form's name for others, ``url|version``."""
    return f"{questionnaire.get('url')}|{questionnaire.get('version')}"


def libraries(questionnaire: Json) -> tuple[str, ...]:
    """The canonicals of the CQL libraries the form is filled by."""
    return tuple(value for item in many(questionnaire, "extension") if item.get("url") == CQF_LIBRARY and (value := text(item, "valueCanonical")))


def identifier(expression: str) -> tuple[str, str] | None:
    """The library and define an expression names, or None when it is more than a name.

    >>> identifier('"HomeOxygen".spo2')
    ('HomeOxygen', 'spo2')
    >>> identifier("today() - 7 days") is None
    True
    """
    found = _IDENTIFIER.match(expression)
    return (found["library"] or "", found["name"].strip()) if found else None


def option_value(option: Json) -> Any:
    """What an answerOption offers: a Coding, or the plain value.

    >>> option_value({"valueInteger": 3})
    3
    """
    key = next((key for key in option if key.startswith("value")), "")
    return next(iter(codings(option[key])), None) if key == "valueCoding" else option.get(key)


def _question(item: Json, value_sets: Mapping[str, Sequence[Coding]]) -> Question:
    initial = extension_value(item, INITIAL_EXPRESSION)
    options = tuple(coding for option in many(item, "answerOption") for coding in codings(option.get("valueCoding")))
    words = tuple(Coding("", value, value) for option in many(item, "answerOption") if (value := text(option, "valueString")))
    extension = [each for each in many(item, "extension") if isinstance(each, dict)]
    return Question(
        link_id=item["linkId"],
        type=text(item, "type") or "",
        text=text(item, "text") or "",
        repeats=item.get("repeats") is True,
        read_only=item.get("readOnly") is True,
        hidden=extension_value(item, QUESTIONNAIRE_HIDDEN) is True,
        options=options + words + tuple(value_sets.get(text(item, "answerValueSet") or "", ())),
        unit=text(extension_value(item, QUESTIONNAIRE_UNIT), "code"),
        units=tuple(code for each in extension if each.get("url") == QUESTIONNAIRE_UNIT_OPTION and (code := text(each, "valueCoding", "code"))),
        fact=identifier(text(initial, "expression") or ""),
    )
