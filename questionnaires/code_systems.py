"""The codes of the code systems at hand: a payer's own, with words and hierarchy, and those the guides publish whole, codes alone.

Source: FHIR R4 CodeSystem, ValueSet.compose.include.filter, value set filter-operator. What is licensed, or not at hand, is
said to be so: nobody is handed a part of a list for the whole.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ig_profiles.outcome import Issue, Unprocessable
from ig_profiles.reading import Coding, Json, many, text
from ig_profiles.registry import GUIDES, open_set

_HIERARCHY = ("is-a", "descendent-of", "is-not-a", "generalizes")
_LONGEST = 200  # characters of a pattern


@dataclass(frozen=True)
class Concept:
    """One code: the codes above it, nearest first, and its properties; ``selectable`` is False for headings and retired codes."""

    coding: Coding
    above: tuple[str, ...] = ()
    properties: Mapping[str, tuple[Any, ...]] = field(default_factory=dict)
    selectable: bool = True


def published(system: str) -> frozenset[str] | None:
    """The codes of a system that one of the guides publishes whole, or None."""
    return next((codes for guide in reversed(GUIDES) if (codes := open_set(guide).code_system(system)) is not None), None)


class CodeSystems:
    """Code systems by url; a payer's own ``resources`` go before what is published."""

    def __init__(self, resources: Iterable[Json] = (), of_the_guides: Callable[[str], frozenset[str] | None] = published) -> None:
        self._own = {str(each.get("url")): each for each in resources}
        self._of_the_guides = of_the_guides

    def chosen(self, system: str, version: str | None, filters: Sequence[Json], named: str) -> Iterator[Coding]:
        """The selectable codes that pass every filter; ``named`` is the value set that asks, for the refusal.

        Raises Unprocessable with what is missing: the system, its version, its hierarchy, or the filter's meaning.
        """
        concepts, whole = self._concepts(system, version, named)
        for rule in filters:
            if not whole and (rule.get("op") in _HIERARCHY or rule.get("property") not in ("code", "concept")):
                raise _cannot(named, f"its filter on '{rule.get('property')}' needs more of {system} than the codes", "too-costly")
            concepts = [each for each in concepts if _passes(each, rule, concepts, named)]
        yield from (each.coding for each in concepts if each.selectable)

    def _concepts(self, system: str, version: str | None, named: str) -> tuple[list[Concept], bool]:
        own = self._own.get(system)
        if own is not None and own.get("content") == "complete":
            if version not in (None, own.get("version")):
                raise _cannot(named, f"{system} is at hand as {own.get('version')}, and {version} is asked for", "not-found")
            return list(_listed(many(own, "concept"), system, ())), True
        codes = self._of_the_guides(system)
        if codes is None:
            raise _cannot(named, f"{system or 'a code system without a name'} is not at hand", "too-costly" if system in _LARGE else "not-found")
        return [Concept(Coding(system, code), selectable=not code.startswith("_")) for code in sorted(codes)], False  # HL7 v3 headings begin so


_LARGE = frozenset({"http://snomed.info/sct", "http://loinc.org", "http://www.nlm.nih.gov/research/umls/rxnorm", "http://hl7.org/fhir/sid/icd-10-cm"})


def _cannot(named: str, why: str, code: str) -> Unprocessable:
    return Unprocessable(Issue(f"'{named}' cannot be listed here: {why}. Use a terminology server.", code, expression="url"))


def _listed(rows: list[Any], system: str, above: tuple[str, ...]) -> Iterator[Concept]:
    for row in rows:
        properties: dict[str, tuple[Any, ...]] = {}
        for each in many(row, "property"):
            value = next((value for key, value in each.items() if key.startswith("value")), None)
            properties[str(each.get("code"))] = (*properties.get(str(each.get("code")), ()), value)
        parents = tuple(str(each) for each in properties.get("parent", ()))
        gone = True in properties.get("inactive", ()) or {"retired", "deprecated"} & set(properties.get("status", ()))
        selectable = not gone and True not in properties.get("notSelectable", ())
        yield Concept(Coding(system, str(row.get("code")), text(row, "display")), (*above, *parents), properties, selectable)
        yield from _listed(many(row, "concept"), system, (str(row.get("code")), *above))


def _passes(concept: Concept, rule: Json, concepts: Sequence[Concept], named: str) -> bool:
    prop, op, value = str(rule.get("property")), str(rule.get("op")), str(rule.get("value"))
    code, had = concept.coding.code, _values(concept, prop)
    match op:
        case "=":
            return value in had
        case "in":
            return not had.isdisjoint(_list(value))
        case "not-in":
            return had.isdisjoint(_list(value))
        case "exists":
            return bool(had) is (value == "true")
        case "regex":
            return any(_matches(value, each, named) for each in had)
        case "is-a":
            return code == value or value in concept.above
        case "descendent-of":
            return value in concept.above
        case "is-not-a":
            return code != value and value not in concept.above
        case "generalizes":
            return code == value or any(code in each.above for each in concepts if each.coding.code == value)
    raise _cannot(named, f"its filter says '{op}', which is no operator of FHIR", "not-supported")


def _values(concept: Concept, prop: str) -> frozenset[str]:
    if prop in ("code", "concept"):
        return frozenset({concept.coding.code})
    if prop == "display":
        return frozenset({concept.coding.display} if concept.coding.display else ())
    return frozenset(_word(each) for each in concept.properties.get(prop, ()))


def _word(value: Any) -> str:
    """A property's value as a filter writes it."""
    if isinstance(value, bool):
        return str(value).lower()
    return str(value.get("code") if isinstance(value, dict) else value)


def _list(value: str) -> list[str]:
    return [each.strip() for each in value.split(",")]


def _matches(pattern: str, value: str, named: str) -> bool:
    try:
        return len(pattern) <= _LONGEST and re.fullmatch(pattern, value) is not None
    except re.error:
        raise _cannot(named, f"its filter's pattern '{pattern}' cannot be read", "invalid") from None
