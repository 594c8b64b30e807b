"""Is the code in the value set it must, should or may come from? Only a certain no is a finding."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ig_profiles.terminology import ValueSetTable
from ig_profiles.validation.primitives import Check
from ig_profiles.validation.run import Path, Run
from ig_profiles.validation.site import Definitions
from ig_profiles.validation.tree import Element

_MESSAGES = {"required": "code-required", "extensible": "code-extensible", "preferred": "code-preferred"}
_LISTED = 12


def binding(registry: Definitions, element: Element, code: str) -> list[Check]:
    """The check of a coded value of this type against the element's binding; none where nothing can be decided."""
    told = element.row.get("binding")
    if not told or told[0] not in _MESSAGES or len(told) < 2:
        return []
    checks = _against(registry, element, code, told[0], told[1])
    if len(told) > 2 and told[2] and told[0] != "required":
        checks += _against(registry, element, code, "required", told[2])
    return checks


def _against(registry: Definitions, element: Element, code: str, strength: str, canonical: str) -> list[Check]:
    """The check against one value set: the one of the binding, or the widest that an extensible binding allows."""
    table = registry.value_set(canonical)
    if table is None:
        return [] if strength != "required" or code != "CodeableConcept" else [_some_code(element, canonical)]
    name, said = _MESSAGES[strength], _Said(canonical, _hint(table), element.profile)
    if code in ("code", "string", "uri"):
        return [_plain(table, name, said)]
    if code in ("Coding", "Quantity"):
        return [_coding(table, name, said)]
    return [_concept(table, name, said)] if code == "CodeableConcept" else []


class _Said:
    """What a finding about this binding says each time."""

    __slots__ = ("set", "hint", "profile")

    def __init__(self, canonical: str, hint: str, profile: str) -> None:
        self.set, self.hint, self.profile = canonical, hint, profile

    def __call__(self, run: Run, message: str, path: Path, found: str) -> None:
        run.say(message, path, self.profile, found=found, set=self.set, hint=self.hint)


def _hint(table: ValueSetTable) -> str:
    codes = sorted(code for codes in table.codes.values() for code in codes)
    if not codes or table.open or table.unknown:
        return "Choose a code from it."
    return f"Choose one of {', '.join(codes)}." if len(codes) <= _LISTED else f"Choose one of its {len(codes):,} codes, e.g. {codes[0]}."


def _plain(table: ValueSetTable, name: str, say: _Said) -> Check:
    known = frozenset(code for codes in table.codes.values() for code in codes)

    def check(value: Any, path: Path, run: Run) -> None:
        if type(value) is str and value not in known and table.contains(None, value) is False:
            say(run, name, path, f"'{value[:80]}'")

    return check


def _in(table: ValueSetTable) -> Callable[[Any], bool | None]:
    """Whether a coding is in: yes, no, or not decided; without a code it says nothing."""
    codes = table.codes

    def verdict(coding: Any) -> bool | None:
        if type(coding) is not dict:
            return None
        code, system = coding.get("code"), coding.get("system")
        if type(code) is not str:
            return None
        if type(system) is not str:
            return None if table.contains(None, code) is not False else False
        return True if code in codes.get(system, ()) else table.contains(system, code)

    return verdict


def _coding(table: ValueSetTable, name: str, say: _Said) -> Check:
    verdict = _in(table)

    def check(value: Any, path: Path, run: Run) -> None:
        if verdict(value) is False:
            say(run, name, path, _named(value))

    return check


def _concept(table: ValueSetTable, name: str, say: _Said) -> Check:
    verdict, required = _in(table), name == "code-required"

    def check(value: Any, path: Path, run: Run) -> None:
        if type(value) is not dict:
            return
        codings = value.get("coding")
        if type(codings) is not list or not codings:
            if required and "extension" not in value and "text" in value:
                say(run, "code-missing", path, "")
            return
        out = None
        for coding in codings:
            answer = verdict(coding)
            if answer is not False:
                return
            out = out or _named(coding)
        say(run, name, path, out or "")

    return check


def _some_code(element: Element, canonical: str) -> Check:
    """Of a value set nobody can list here, one thing is certain: a text alone is no code of it."""
    say = _Said(canonical, "", element.profile)

    def check(value: Any, path: Path, run: Run) -> None:
        if type(value) is dict and "text" in value and not value.get("coding") and "extension" not in value:
            say(run, "code-missing", path, "")

    return check


def _named(coding: dict[str, Any]) -> str:
    code, system = str(coding.get("code"))[:80], coding.get("system")
    return f"'{code}' of {str(system)[:200]}" if system else f"'{code}', which names no system,"
