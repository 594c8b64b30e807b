"""One answer of a form: is it of the question's type, within its limits, and among its choices?

Source: FHIR R4 §item-type, §Questionnaire extensions (minValue, maxValue, minLength, regex, maxDecimalPlaces, mimeType,
maxSize, unitOption, optionExclusive, referenceResource). A limit that a DTR client need not know (no must-support) is broken
by a warning: the response is taken (2.2 conf-10), and what is beyond the limit is for a person to judge.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from ig_profiles.names import (
    MAX_DECIMAL_PLACES,
    MAX_SIZE,
    MAX_VALUE,
    MIME_TYPE,
    MIN_LENGTH,
    MIN_VALUE,
    OPTION_EXCLUSIVE,
    QUESTIONNAIRE_UNIT_OPTION,
    REFERENCE_RESOURCE,
    REGEX,
)
from ig_profiles.outcome import Issue
from ig_profiles.reading import Coding, Json, codings, extension_value, extensions, many, text
from questionnaires.form import option_value

# The value[x] each type of question takes (FHIR R4 §item-type).
TAKES = {
    "boolean": ("valueBoolean",),
    "decimal": ("valueDecimal",),
    "integer": ("valueInteger",),
    "date": ("valueDate",),
    "dateTime": ("valueDateTime",),
    "time": ("valueTime",),
    "string": ("valueString",),
    "text": ("valueString",),
    "url": ("valueUri",),
    "choice": ("valueCoding", "valueInteger", "valueDate", "valueTime", "valueString", "valueReference"),
    "open-choice": ("valueCoding", "valueString"),
    "attachment": ("valueAttachment",),
    "reference": ("valueReference",),
    "quantity": ("valueQuantity",),
}
_DATE = re.compile(r"\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?")
_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d:([0-5]\d|60)(\.\d+)?")


def check_answer(item: Json, answer: Json, at: str, value_sets: Mapping[str, Sequence[Coding]]) -> Iterator[Issue]:
    """Every fault of one answer to this question; ``at`` is where the answer stands."""
    name, kind = item.get("text") or item["linkId"], str(item.get("type"))
    keys = [key for key in answer if key.startswith("value")]
    if len(keys) > 1:
        yield Issue(f"'{name}' has several values in one answer ({', '.join(keys)}). Keep one.", "structure", expression=at)
        return
    (key,) = keys
    where = f"{at}.{key}"
    if key not in TAKES.get(kind, ()):
        yield Issue(f"'{name}' asks for {kind} and has {key}. Send {' or '.join(TAKES.get(kind, ('no answer',)))}.", "structure", expression=where)
        return
    value = answer[key]
    if not _IS.get(key, _is_object)(value):
        yield Issue(f"'{name}' has {key} = {value!r}, which FHIR does not write so. {_WRITE.get(key, 'Send an object.')}", "value", expression=where)
        return
    yield from _choices(item, key, value, where, name, value_sets)
    yield from _limits(item, value, where, name)
    yield from _words(item, value, where, name)
    yield from _units(item, key, value, where, name)
    yield from _files(item, key, value, where, name)


def check_together(item: Json, answers: Sequence[Json], at: str) -> Iterator[Issue]:
    """What several answers to one question may not be: the same twice, or an exclusive choice beside another."""
    name = item.get("text") or item["linkId"]
    values = [_identity(answer) for answer in answers]
    if len(set(values)) < len(values) and item.get("type") in ("choice", "open-choice"):
        yield Issue(f"'{name}' has the same choice twice. Keep one.", "duplicate", expression=f"{at}.answer")
    alone = [_identity(option) for option in many(item, "answerOption") if extension_value(option, OPTION_EXCLUSIVE) is True]
    for value in values:
        if len(values) > 1 and value in alone:
            yield Issue(f"'{name}' has a choice that goes with no other. Take that one out, or all others.", "business-rule", expression=f"{at}.answer")


def _identity(holder: Json) -> tuple[str, str]:
    key = next((key for key in holder if key.startswith("value")), "")
    value = holder.get(key)
    return (str(value.get("system") or ""), str(value.get("code"))) if key == "valueCoding" and isinstance(value, dict) else ("", str(value))


def _choices(item: Json, key: str, value: Any, where: str, name: str, value_sets: Mapping[str, Sequence[Coding]]) -> Iterator[Issue]:
    kind = item.get("type")
    if kind not in ("choice", "open-choice") or (kind == "open-choice" and key == "valueString"):
        return
    options = [option_value(option) for option in many(item, "answerOption")]
    canonical = text(item, "answerValueSet")
    if canonical is not None:
        listed = value_sets.get(canonical) or value_sets.get(canonical.split("|")[0])
        if listed is None:
            return
        options = list(listed)
    if not options or kind == "open-choice":
        return
    given = next(iter(codings(value)), None) if key == "valueCoding" else value
    if not any(_same(option, given) for option in options):
        shown = value.get("code") if isinstance(value, dict) else value
        first = ", ".join(f"'{option.code if isinstance(option, Coding) else option}'" for option in options[:8])
        yield Issue(f"'{name}' has '{shown}', which is not among its choices. Choose from {first}.", "code-invalid", expression=where)


def _same(option: Any, given: Any) -> bool:
    """A choice without a system in the form is known by its code alone (dtr.md trap 18)."""
    if isinstance(option, Coding) and isinstance(given, Coding):
        return option.code == given.code and (not option.system or not given.system or option.same_as(given))
    return bool(option == given)


def _limits(item: Json, value: Any, where: str, name: str) -> Iterator[Issue]:
    for url, word, broken in ((MIN_VALUE, "less than", lambda had, limit: had < limit), (MAX_VALUE, "more than", lambda had, limit: had > limit)):
        limit = extension_value(item, url)
        had, allowed = _comparable(value), _comparable(limit)
        if had is not None and allowed is not None and type(had) is type(allowed) and broken(had, allowed):
            yield Issue(f"'{name}' is {word} {allowed}, the limit of the form. Check the number and its unit.", "value", "warning", where)
    places = extension_value(item, MAX_DECIMAL_PLACES)
    if isinstance(places, int) and isinstance(value, Decimal) and -int(value.as_tuple().exponent) > places:
        yield Issue(f"'{name}' has more than {places} decimal places. Round it.", "value", "warning", where)


def _comparable(value: Any) -> Decimal | str | None:
    """Numbers as decimals, full dates as text; anything else has no order here."""
    if isinstance(value, dict):
        value = value.get("value")
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, str):
        return value if _DATE.fullmatch(value[:10]) and len(value) >= len("2026-11-21") else None
    return Decimal(str(value))


def _words(item: Json, value: Any, where: str, name: str) -> Iterator[Issue]:
    if not isinstance(value, str) or item.get("type") not in ("string", "text", "url", "open-choice"):
        return
    if isinstance(longest := item.get("maxLength"), int) and len(value) > longest:
        yield Issue(f"'{name}' is {len(value)} characters long and may have {longest}. Shorten it.", "too-long", expression=where)
    if isinstance(shortest := extension_value(item, MIN_LENGTH), int) and len(value) < shortest:
        yield Issue(f"'{name}' needs at least {shortest} characters. Say more.", "value", "warning", where)
    if isinstance(pattern := extension_value(item, REGEX), str) and len(value) < 2000 and not _matches(pattern, value):
        yield Issue(f"'{name}' is not written as the form asks ({pattern}). Correct it.", "value", "warning", where)


def _matches(pattern: str, value: str) -> bool:
    try:
        return re.fullmatch(pattern, value) is not None
    except re.error:
        return True


def _units(item: Json, key: str, value: Any, where: str, name: str) -> Iterator[Issue]:
    if key != "valueQuantity":
        return
    allowed = [code for each in extensions(item, QUESTIONNAIRE_UNIT_OPTION) if (code := text(each, "valueCoding", "code"))]
    unit = text(value, "code") or text(value, "unit")
    if allowed and unit not in allowed:
        yield Issue(f"'{name}' is in {unit or 'no unit'}. Give it in {' or '.join(allowed)}.", "code-invalid", expression=where)


def _files(item: Json, key: str, value: Any, where: str, name: str) -> Iterator[Issue]:
    if key == "valueReference":
        kinds = [kind for each in extensions(item, REFERENCE_RESOURCE) if (kind := text(each, "valueCode"))]
        named = (text(value, "reference") or "").split("/")[-2:][0]
        if kinds and not named.startswith("#") and named not in kinds:
            yield Issue(f"'{name}' refers to {named or 'nothing'}. Refer to a {' or '.join(kinds)}.", "structure", expression=where)
    if key != "valueAttachment":
        return
    kinds = [kind for each in extensions(item, MIME_TYPE) if (kind := text(each, "valueCode"))]
    if kinds and text(value, "contentType") not in kinds:
        yield Issue(f"'{name}' is attached as {text(value, 'contentType') or 'no media type'}. Attach {' or '.join(kinds)}.", "not-supported", expression=where)
    most = extension_value(item, MAX_SIZE)
    if isinstance(most, (int, Decimal)) and isinstance(size := value.get("size"), int) and size > most:
        yield Issue(f"'{name}' is {size} bytes long and may have {most}. Attach a smaller file.", "value", "warning", where)


def _is_decimal(value: Any) -> bool:
    try:
        return not isinstance(value, (bool, str)) and Decimal(str(value)).is_finite()
    except InvalidOperation:
        return False


def _is_moment(value: Any) -> bool:
    if not isinstance(value, str):
        return False
    if _DATE.fullmatch(value):
        return True
    try:
        return datetime.fromisoformat(value).tzinfo is not None
    except ValueError:
        return False


def _is_object(value: Any) -> bool:
    return isinstance(value, dict) and bool(value)


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _is_date(value: Any) -> bool:
    if not (isinstance(value, str) and _DATE.fullmatch(value)):
        return False
    try:
        return len(value) < len("2026-11-21") or bool(datetime.fromisoformat(value))
    except ValueError:
        return False


_IS: dict[str, Callable[[Any], bool]] = {
    "valueBoolean": lambda value: isinstance(value, bool),
    "valueDecimal": _is_decimal,
    "valueInteger": lambda value: isinstance(value, int) and not isinstance(value, bool),
    "valueDate": _is_date,
    "valueDateTime": _is_moment,
    "valueTime": lambda value: isinstance(value, str) and bool(_TIME.fullmatch(value)),
    "valueString": _is_text,
    "valueUri": _is_text,
}
_WRITE = {
    "valueBoolean": "Write true or false, without quotes.",
    "valueDecimal": "Write a number, without quotes.",
    "valueInteger": "Write a whole number, without quotes.",
    "valueDate": 'Write a date like "2026-11-21".',
    "valueDateTime": 'Write a moment like "2026-11-21T09:30:00-05:00", or a date.',
    "valueTime": 'Write a time like "09:30:00".',
    "valueString": "Write a text in quotes.",
    "valueUri": "Write an address in quotes.",
}
