"""A QuestionnaireResponse, and facts found in the chart -> Answers: what is known of each question, and from where.

Two sources that agree strengthen each other; two that disagree make the answer disputed, so that the criterion becomes
unknown and a person looks. Facts alone answer too: a request with good evidence and no form is still a good request.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from ig_profiles.fingerprint import fingerprint
from ig_profiles.names import INFORMATION_ORIGIN
from ig_profiles.reading import Coding, Json, codings, extension_value, extensions, many, one, text
from questionnaires.criteria import Answer, Answers, Evidence
from questionnaires.facts import Fact
from questionnaires.form import Question, items, questions


def read_response(questionnaire: Json, questionnaire_response: Json) -> Answers:
    """The answers a form holds, by link id, read as the types the Questionnaire asks for.

    Questions without an answer are absent. An answer that is not of the question's type, or a number in a unit the form
    does not offer, stays readable text, which no comparison takes for an answer; a choice the form does not list is
    disputed. Each answer's information-origin (DTR: auto, auto-client, auto-server, override, manual) and its author
    become the evidence's origin.

    >>> form = {"item": [{"linkId": "spo2", "type": "decimal", "text": "Saturation"}]}
    >>> read_response(form, {"item": [{"linkId": "spo2", "answer": [{"valueDecimal": 86}]}]})["spo2"].values
    (Decimal('86'),)
    """
    asked = questions(questionnaire)
    response = _name(questionnaire_response)
    authored, content = text(questionnaire_response, "authored"), fingerprint(questionnaire_response)
    found: dict[str, Answer] = {}
    for item in items(questionnaire_response):
        question = asked.get(text(item, "linkId") or "")
        if question is None:
            continue
        for given in many(item, "answer"):
            value, shown = _read(question, given) if isinstance(given, dict) else (None, "")
            if value is None:
                continue
            element = f"item.where(linkId='{question.link_id}')"
            evidence = Evidence(question.link_id, shown, response, element, recorded_on=authored, origin=_origin(given), sha256=content)
            before = found.get(question.link_id, Answer(question.link_id, unit=question.unit))
            unlisted = f"The form says '{value}', which is not among its choices." if question.type == "choice" and isinstance(value, str) else None
            disputed = before.disputed or unlisted
            found[question.link_id] = replace(before, values=(*before.values, value), evidence=(*before.evidence, evidence), disputed=disputed)
    return found


def merge(form: Answers, facts: Mapping[str, Fact]) -> Answers:
    """What form and chart say together.

    >>> said = {"spo2": Answer("spo2", (Decimal(86),), unit="%")}
    >>> merge(said, {"spo2": Fact("spo2", Decimal(91))})["spo2"].disputed
    'The form says 86 %, the record says 91 %.'
    >>> merge({}, {"spo2": Fact("spo2", Decimal(86))})["spo2"].values
    (Decimal('86'),)
    """
    told = {name: fact for name, fact in facts.items() if fact.values}
    return {name: _together(form.get(name), told.get(name)) for name in dict.fromkeys((*form, *told))}


def _together(said: Answer | None, fact: Fact | None) -> Answer:
    if fact is None:
        assert said is not None
        return said
    if said is None or not said.values:
        return Answer(fact.name, fact.values, fact.evidence, unit=fact.unit)
    evidence = (*said.evidence, *fact.evidence)
    if _agree(said, fact):
        return replace(said, evidence=evidence)
    unit = said.unit or fact.unit
    kind = (fact.evidence[0].resource or "").split("/")[0] if fact.evidence else ""
    source = f"the attached {kind}" if kind else "the record"
    sentence = f"The form says {_words(said.values, unit)}, {source} says {_words(fact.values, fact.unit or unit)}."
    return replace(said, evidence=evidence, disputed=sentence)


def _agree(said: Answer, fact: Fact) -> bool:
    """Whether both can be true: they share a value (a repeating question may list more than the record at hand shows)."""
    if said.unit and fact.unit and said.unit != fact.unit:
        return False
    return any(_alike(mine, theirs) for mine in said.values for theirs in fact.values)


def _alike(mine: Any, theirs: Any) -> bool:
    if isinstance(mine, Coding) and isinstance(theirs, Coding):
        return mine.same_as(theirs)
    if isinstance(mine, str) and isinstance(theirs, str):
        return mine.strip().casefold() == theirs.strip().casefold()
    if _day(mine) and _day(theirs):
        return _day(mine) == _day(theirs)
    return type(mine) is type(theirs) and bool(mine == theirs)


def _day(value: Any) -> str | None:
    """A date, or the day of a moment: a form that asks for a day agrees with a record that knows the hour."""
    return value.isoformat() if isinstance(value, date) else value[:10] if isinstance(value, str) and value[4:5] == value[7:8] == "-" else None


def _words(values: Iterable[Any], unit: str | None) -> str:
    return ", ".join(_word(value, unit) for value in values)


def _word(value: Any, unit: str | None = None) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Coding):
        return value.display or value.code
    return f"{value:f} {unit}" if isinstance(value, Decimal) and unit else f"{value:f}" if isinstance(value, Decimal) else str(value)


def _read(question: Question, given: Json) -> tuple[Any, str]:
    """The value as the question's type, and as words; (None, "") when there is none."""
    element = next((key for key in given if key.startswith("value")), "")
    raw = given.get(element)
    if raw is None:
        return None, ""
    value = _READ.get(question.kind, _text)(question, raw)
    return value, _word(value, question.unit)


def _boolean(_: Question, raw: Any) -> bool | str:
    return raw if isinstance(raw, bool) else str(raw)


def _number(question: Question, raw: Any) -> Decimal | str | None:
    if isinstance(raw, dict):  # a Quantity
        unit = text(raw, "code") or text(raw, "unit")
        accepted = question.units or ((question.unit,) if question.unit else ())
        if raw.get("comparator") or (unit and accepted and unit not in accepted):
            return f"{raw.get('comparator', '')}{raw.get('value')} {unit or ''}".strip()
        raw = raw.get("value")
    if isinstance(raw, bool) or raw is None:
        return None if raw is None else str(raw)
    try:
        return Decimal(str(raw))
    except InvalidOperation:
        return str(raw)


def _date(_: Question, raw: Any) -> date | str:
    try:
        return date.fromisoformat(raw)
    except (TypeError, ValueError):
        return str(raw)  # a moment, or a date known only to the month


def _choice(question: Question, raw: Any) -> Coding | str | None:
    if isinstance(raw, dict):
        coding = one(list(codings(raw)))
        if not isinstance(coding, Coding):
            return None
        listed = next((option for option in question.options if option.code == coding.code and (not coding.system or option.same_as(coding))), None)
        foreign = question.options and question.type == "choice" and listed is None
        return coding.display or coding.code if foreign else listed or coding
    return next((option for option in question.options if raw == option.code), None) or str(raw)


def _text(_: Question, raw: Any) -> str:
    if isinstance(raw, dict):  # Reference, Attachment
        return text(raw, "reference") or text(raw, "url") or text(raw, "title") or text(raw, "display") or "attached"
    return str(raw)


_READ: dict[str, Callable[[Question, Any], Any]] = {"yes or no": _boolean, "number": _number, "date": _date, "choice": _choice, "text": _text}


def _origin(given: Json) -> str:
    """``manual``, ``override by Practitioner/1``, ``auto-client`` …; a form that does not say is taken as typed by hand."""
    extension = next(iter(extensions(given, INFORMATION_ORIGIN)), None)
    source = str(extension_value(extension, "source") or "manual")
    author = extension_value(extension, "author", "practitioner")
    name = text(author, "reference") or text(author, "display")
    return f"{source} by {name}" if name else source


def _name(response: Json) -> str:
    identity = text(response, "id")
    return f"QuestionnaireResponse/{identity}" if identity else "QuestionnaireResponse"
