"""In, out, or cannot be decided: what a value set says about a code, when part of it is licensed, filtered or not at hand.

``None`` is an answer, never an error: X12, CPT and NUBC lists are not ours to hold, SNOMED CT and LOINC filters need a
terminology server. Whether 'out' matters (required, extensible, preferred) is the validator's affair.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ig_profiles.names import code_system

# Systems whose codes follow a grammar: the shape stands in for the list (BCP 13 media types, BCP 47 languages, ISO 4217).
SHAPES = {
    "urn:ietf:bcp:13": re.compile(r"[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]{0,126}/[A-Za-z0-9*][A-Za-z0-9!#$&^_.+-]{0,126}(\s*;.{0,500})?|json|xml|ttl"),
    "urn:ietf:bcp:47": re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8}){0,8}|x(-[A-Za-z0-9]{1,8}){1,8}"),
    "urn:iso:std:iso:4217": re.compile(r"[A-Z]{3}"),
}


@dataclass(frozen=True)
class ValueSetTable:
    """What is known of one value set: codes surely in by system, and where we cannot tell.

    ``open`` names systems of which more codes may be in, ``out`` codes of those surely not; ``unknown`` means that any
    system may have codes in it. Systems in ``any_case`` compare without regard to case.
    """

    url: str = ""
    version: str = ""
    codes: Mapping[str, frozenset[str]] = field(default_factory=dict)
    open: frozenset[str] = frozenset()
    out: Mapping[str, frozenset[str]] = field(default_factory=dict)
    unknown: bool = False
    any_case: frozenset[str] = frozenset()

    def contains(self, system: str | None, code: str) -> bool | None:
        """Whether the code is in; without a system (an element of type code), whether it is under any system.

        >>> table = ValueSetTable(codes={"urn:a": frozenset({"x"})}, open=frozenset({"urn:b"}))
        >>> table.contains("urn:a", "x"), table.contains("urn:a", "y"), table.contains("urn:b", "y"), table.contains(None, "y")
        (True, False, None, None)
        """
        if system is None:
            return self._any([*{*self.codes, *self.open}], code)
        name = system.partition("|")[0]
        if code in self.codes.get(name, ()):
            return True
        known = code_system(name)
        return self._any([each for each in {*self.codes, *self.open} if each == name or code_system(each) == known], code)

    def _any(self, systems: list[str], code: str) -> bool | None:
        verdicts = [self._within(each, code) for each in systems]
        return True if True in verdicts else None if None in verdicts or (self.unknown and not verdicts) else False

    def _within(self, system: str, code: str) -> bool | None:
        said = code.casefold() if system in self.any_case else code
        if said in self.codes.get(system, ()):
            return True
        if system not in self.open or said in self.out.get(system, ()):
            return None if self.unknown and said not in self.out.get(system, ()) else False
        shape = SHAPES.get(system)
        return bool(shape.fullmatch(code)) if shape else None

    def either(self, other: ValueSetTable) -> ValueSetTable:
        """The codes of this one and of the other."""
        codes = {system: self.codes.get(system, frozenset()) | other.codes.get(system, frozenset()) for system in {*self.codes, *other.codes}}
        denied = {system: self.out.get(system, frozenset()) | other.out.get(system, frozenset()) for system in {*self.out, *other.out}}
        out = {
            system: frozenset(code for code in listed if self._within(system, code) is False and other._within(system, code) is False)
            for system, listed in denied.items()
        }
        return self._with(codes, self.open | other.open, out, self.unknown or other.unknown, other)

    def both(self, other: ValueSetTable) -> ValueSetTable:
        """The codes in this one that are in the other too."""
        codes: dict[str, frozenset[str]] = {}
        opened = {system for system in self.open | other.open if self._may(system) and other._may(system)}
        for one, two in ((self, other), (other, self)):
            for system, ours in one.codes.items():
                verdicts = {code: two.contains(system, code) for code in ours}
                codes[system] = codes.get(system, frozenset()) | {code for code, verdict in verdicts.items() if verdict}
                if None in verdicts.values():
                    opened.add(system)
        return self._with(codes, frozenset(opened), {**self.out, **other.out}, self.unknown and other.unknown, other)

    def less(self, other: ValueSetTable) -> ValueSetTable:
        """The codes of this one that are not in the other."""
        codes, opened, out = dict(self.codes), set(self.open), dict(self.out)
        for system, ours in self.codes.items():
            verdicts = {code: other.contains(system, code) for code in ours}
            codes[system] = frozenset(code for code, verdict in verdicts.items() if verdict is False)
            if None in verdicts.values():
                opened.add(system)
        for system, theirs in other.codes.items():
            out[system] = out.get(system, frozenset()) | theirs
        return self._with(codes, frozenset(opened), out, self.unknown, other)

    def _may(self, system: str) -> bool:
        return self.unknown or system in self.open or system in self.codes

    def _with(self, codes: Any, opened: frozenset[str], out: Any, unknown: bool, other: ValueSetTable) -> ValueSetTable:
        kept = {system: values for system, values in codes.items() if values}
        beyond = {system: values for system, values in out.items() if values and (unknown or system in opened)}
        return ValueSetTable(self.url, self.version, kept, opened, beyond, unknown, self.any_case | other.any_case)


def member(table: ValueSetTable | None, value: Any) -> bool | None:
    """Whether a code, Coding, Quantity or CodeableConcept is in the value set; None when that cannot be decided.

    A CodeableConcept is in when any of its codings is; one without codings is out. No table: not decided.

    >>> table = ValueSetTable(codes={"urn:a": frozenset({"x"})})
    >>> member(table, {"coding": [{"system": "urn:b", "code": "z"}, {"system": "urn:a", "code": "x"}]}), member(table, "y"), member(None, "y")
    (True, False, None)
    """
    if table is None:
        return None
    if isinstance(value, str):
        return table.contains(None, value)
    if not isinstance(value, dict):
        return None
    if "coding" in value or ("text" in value and "code" not in value):
        codings = value.get("coding", [])
        verdicts = [member(table, each) for each in codings] if isinstance(codings, list) else [None]
        return True if True in verdicts else None if None in verdicts else False
    system, code = value.get("system"), value.get("code")
    if not isinstance(code, str):
        return False if code is None else None
    return table.contains(system if isinstance(system, str) else "", code)
