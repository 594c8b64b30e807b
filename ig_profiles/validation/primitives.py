"""The formats of FHIR's primitive types: what a value must look like, and how to say it rightly (FHIR R4 §datatypes).

Every expression here runs in linear time; the standard's own for base64Binary does not, and is not used.
"""

from __future__ import annotations

import binascii
import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any

from ig_profiles.validation.run import Path, Run, shown

Check = Callable[[Any, Path, Run], None]

_YEAR = r"([0-9]([0-9]([0-9][1-9]|[1-9]0)|[1-9]00)|[1-9]000)"
_DATE = rf"{_YEAR}(-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?)?"
_ZONE = r"(Z|[+-]((0[0-9]|1[0-3]):[0-5][0-9]|14:00))"
_TIME = r"([01][0-9]|2[0-3]):[0-5][0-9]:([0-5][0-9]|60)(\.[0-9]+)?"
_UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
_OID = r"[0-2](\.(0|[1-9][0-9]*))+"
_TEXT = re.compile(r"[^\x00-\x08\x0b\x0c\x0e-\x1f]+")
_TAG = re.compile(r"<\s*(script|iframe|object|embed|img|svg|style|link|form|a)\b", re.IGNORECASE)
_URI = re.compile(rf"(?!urn:(uuid|oid):)\S+|urn:uuid:{_UUID}|urn:oid:{_OID}", re.IGNORECASE)

# Type name -> its lexical form, and how to write it.
_FORMS: dict[str, tuple[str, str]] = {
    "code": (r"[^\s]+([ \t\n\r][^\s]+)*", "Write the code without spaces around it."),
    "id": (r"[A-Za-z0-9\-.]{1,64}", "Use 1 to 64 letters, digits, '-' and '.'."),
    "date": (_DATE, "Write YYYY, YYYY-MM or YYYY-MM-DD, a day of the calendar."),
    "dateTime": (
        rf"{_YEAR}(-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01])(T{_TIME}{_ZONE})?)?)?",
        "Write YYYY-MM-DD, or with time and zone YYYY-MM-DDThh:mm:ss+zz:zz.",
    ),
    "instant": (rf"{_YEAR}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])T{_TIME}{_ZONE}", "Write date, time and zone: YYYY-MM-DDThh:mm:ss+zz:zz."),
    "time": (_TIME, "Write hh:mm:ss, without zone."),
    "oid": (rf"urn:oid:{_OID}", "Write urn:oid: and the numbers with dots between them."),
    "uuid": (rf"urn:uuid:{_UUID}", "Write urn:uuid: and the UUID in lower case."),
}
_DAYS = {"date", "dateTime", "instant"}
_URI_HINT = "Write a URI without spaces; after urn:uuid: a UUID, after urn:oid: numbers with dots."
_TEXT_HINT = "Leave out control characters, and give text that is more than spaces."
_WHOLE = {"integer": (-(2**31), 2**31 - 1), "unsignedInt": (0, 2**31 - 1), "positiveInt": (1, 2**31 - 1)}
SYSTEM = "http://hl7.org/fhirpath/System."


# What most values of a type look like: enough to accept one at a glance, never to refuse one.
_USUAL = {
    "string": re.compile(r"[^\x00-\x20<][^\x00-\x08\x0b\x0c\x0e-\x1f<]*"),
    "markdown": re.compile(r"[^\x00-\x20][^\x00-\x08\x0b\x0c\x0e-\x1f]*"),
    "code": re.compile(r"[^\s]+"),
    "id": re.compile(r"[A-Za-z0-9\-.]{1,64}"),
    "uri": re.compile(r"https?://\S+"),
    "url": re.compile(r"https?://\S+"),
    "canonical": re.compile(r"https?://\S+"),
}


def usual(name: str) -> Callable[[str], Any] | None:
    """A quick test that is true only of sound texts of this type; None where there is none."""
    form = _USUAL.get(name)
    return form.fullmatch if form else None


@cache
def primitive(name: str) -> Check | None:
    """The check of a primitive type by name; None for a type that is none."""
    if name == "boolean":
        return _boolean
    if name in _WHOLE:
        return _whole(name)
    if name == "decimal":
        return _decimal
    if name in ("string", "markdown"):
        return _text(name)
    if name in ("uri", "url", "canonical"):
        return _formed(name, _URI, _URI_HINT)
    if name == "base64Binary":
        return _base64
    if name in _FORMS:
        form, hint = _FORMS[name]
        return _formed(name, re.compile(form), hint)
    return None


def is_primitive(name: str) -> bool:
    """Whether a type name is a primitive type's (xhtml, which has rules of its own, is one too)."""
    return name in ("xhtml", "boolean", "decimal", "string", "markdown", "uri", "url", "canonical", "base64Binary") or name in _WHOLE or name in _FORMS


def _formed(name: str, form: re.Pattern[str], hint: str) -> Check:
    matches = form.fullmatch
    days = name in _DAYS

    def check(value: Any, path: Path, run: Run) -> None:
        if type(value) is str:
            if matches(value):
                if not days or len(value) < 10 or _on_calendar(value):
                    return
            elif not value:
                run.say("empty", path)
                return
            run.say("value-format", path, found=value[:120], type=name, hint=hint)
        else:
            _wrong_type(value, path, run, name, "a string")

    return check


def _on_calendar(value: str) -> bool:
    """Whether the date in the first ten characters exists; a leap second is forgiven."""
    try:
        date.fromisoformat(value[:10])
    except ValueError:
        return False
    return True


def _text(name: str) -> Check:
    matches = _TEXT.fullmatch

    def check(value: Any, path: Path, run: Run) -> None:
        if type(value) is not str:
            _wrong_type(value, path, run, name, "a string")
        elif not value:
            run.say("empty", path)
        elif not matches(value) or value.isspace():
            run.say("value-format", path, found=value[:120], type=name, hint=_TEXT_HINT)
        elif "<" in value and name == "string" and _TAG.search(value):
            run.say("value-html", path)

    return check


def _boolean(value: Any, path: Path, run: Run) -> None:
    if type(value) is not bool:
        _wrong_type(value, path, run, "boolean", "true or false, without quotes")


def _whole(name: str) -> Check:
    least, most = _WHOLE[name]

    def check(value: Any, path: Path, run: Run) -> None:
        if type(value) is not int:
            _wrong_type(value, path, run, name, "a whole number, without quotes or point")
        elif not least <= value <= most:
            run.say("value-out-of-range", path, found=value, limit=least if value < least else most)

    return check


def _decimal(value: Any, path: Path, run: Run) -> None:
    if type(value) is int or type(value) is float:
        return
    if type(value) is not Decimal or not value.is_finite():
        _wrong_type(value, path, run, "decimal", "a number, without quotes")


def _base64(value: Any, path: Path, run: Run) -> None:
    if type(value) is not str:
        _wrong_type(value, path, run, "base64Binary", "a string")
    elif not value:
        run.say("empty", path)
    elif decoded_size(value) is None:
        run.say("value-format", path, found=value[:40], type="base64Binary", hint="Encode the bytes as base64 (RFC 4648), with its padding.")


def decoded_size(value: str) -> int | None:
    """How many bytes base64 text stands for, white space aside; None where it is not base64."""
    try:
        return len(binascii.a2b_base64("".join(value.split()), strict_mode=True))
    except ValueError:
        return None


def _wrong_type(value: Any, path: Path, run: Run, name: str, expected: str) -> None:
    if value is None:
        run.say("null", path)
    else:
        run.say("value-type", path, type=name, expected=expected, found=shown(value))


