"""The value sets a policy's form names, and what is in them today: active codes only, listed or chosen by rule.

Source: FHIR R4 ValueSet §compose, §expansion; DTR R311-320, oper-4, oper-5, oper-14, oper-15, spec-163 (dtr.md §1.4-1.5).
A rule is followed over the code systems at hand (``code_systems``); who cannot list the codes says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import cached_property
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from ig_profiles.names import QUESTIONNAIRE_UNIT_VALUE_SET
from ig_profiles.outcome import Issue, NotFound, Unprocessable
from ig_profiles.reading import Coding, Json, many, text
from ig_profiles.registry import GUIDES, open_set
from questionnaires.code_systems import CodeSystems

PACKED = 40  # codes; a larger value set is left to $expand (spec-163)


class ValueSets:
    """Every value set of a shelf, by url and by url|version; the newest version where none is named.

    CodeSystems among the resources are what their rules choose from; value sets the guides publish are known too.
    """

    def __init__(self, resources: Iterable[Json] = ()) -> None:
        self._by_name: dict[str, Json] = {}
        listed = list(resources)
        self._systems = CodeSystems(each for each in listed if each.get("resourceType") == "CodeSystem")
        for resource in sorted((each for each in listed if each.get("resourceType") != "CodeSystem"), key=lambda each: str(each.get("version") or "")):
            url = text(resource, "url")
            if url is not None:
                self._by_name[url] = self._by_name[f"{url}|{resource.get('version')}"] = resource

    def named(self, canonical: str) -> Json | None:
        """The value set by its canonical, or None."""
        return self._by_name.get(canonical)

    def all(self) -> tuple[Json, ...]:
        """Every value set once, by url and version."""
        return tuple({id(each): each for _, each in sorted(self._by_name.items(), key=lambda row: row[0])}.values())

    def codes(self, canonical: str) -> tuple[Coding, ...]:
        """The active codes in it. Raises NotFound for an unknown one, Unprocessable for one that cannot be listed."""
        return tuple(dict.fromkeys(self._codes(canonical, ())))

    def expansions(self) -> Mapping[str, tuple[Coding, ...]]:
        """What can be listed, by every name it has."""
        return self._expansions

    @cached_property
    def _expansions(self) -> Mapping[str, tuple[Coding, ...]]:
        found = {}
        for name in self._by_name:
            try:
                found[name] = self.codes(name)
            except (NotFound, Unprocessable):
                continue
        return found

    def expanded(self, canonical: str, at: datetime, words: str = "", offset: int = 0, count: int | None = None) -> Json:
        """The value set with its expansion as of this moment; ``words`` must all be found in display or code.

        >>> from datetime import UTC
        >>> listed = {"include": [{"system": "urn:s", "concept": [{"code": "x"}]}]}
        >>> sets = ValueSets([{"resourceType": "ValueSet", "url": "urn:a", "version": "1", "compose": listed}])
        >>> sets.expanded("urn:a", datetime(2026, 11, 21, tzinfo=UTC))["expansion"]["contains"]
        [{'system': 'urn:s', 'code': 'x'}]
        """
        resource = self._named(canonical)
        listed = [code for code in self.codes(canonical) if all(word in f"{code.display or ''} {code.code}".casefold() for word in words.casefold().split())]
        shown = listed[offset : None if count is None else offset + count]
        expansion: Json = {
            "identifier": f"urn:uuid:{uuid5(NAMESPACE_URL, f'{canonical} {at.date()} {words} {offset} {count}')}",
            "timestamp": at.isoformat(timespec="seconds"),
            "total": len(listed),
            "offset": offset,
            "parameter": [{"name": "activeOnly", "valueBoolean": True}, *([{"name": "filter", "valueString": words}] if words else [])],
            "contains": [{key: value for key, value in vars(code).items() if value} for code in shown],
        }
        kept = {key: value for key, value in resource.items() if key not in ("compose", "expansion")}
        return {**kept, "expansion": {key: value for key, value in expansion.items() if value != []}}

    def _named(self, canonical: str) -> Json:
        found = self._by_name.get(canonical) or _published(canonical)
        if found is None:
            raise NotFound(Issue(f"No value set '{canonical}' is here. Ask for one that a form or library of ours names.", "not-found", expression="url"))
        return found

    def _codes(self, canonical: str, above: tuple[str, ...]) -> Iterator[Coding]:
        resource = self._named(canonical)
        if canonical in above:
            raise Unprocessable(Issue(f"'{canonical}' includes itself, so it cannot be listed.", "business-rule", expression="url"))
        kept = _contained(many(resource, "expansion", "contains"))
        if not many(resource, "compose", "include"):
            yield from kept
            return
        gone = {(code.system, code.code) for row in many(resource, "compose", "exclude") for code in self._included(row, canonical, above)}
        for row in many(resource, "compose", "include"):
            yield from (code for code in self._included(row, canonical, above) if (code.system, code.code) not in gone)

    def _included(self, row: Json, canonical: str, above: tuple[str, ...]) -> Iterator[Coding]:
        others = [set(self._codes(str(name), (*above, canonical))) for name in many(row, "valueSet")]
        system = text(row, "system")
        if system is None:
            yield from sorted(set.intersection(*others), key=lambda code: code.code) if others else ()
            return
        if many(row, "concept"):
            active = [each for each in many(row, "concept") if not _inactive(each)]
            listed: Iterable[Coding] = [Coding(system, str(each.get("code")), text(each, "display")) for each in active]
        else:
            listed = self._systems.chosen(system, text(row, "version"), many(row, "filter"), canonical)
        named = [{(code.system, code.code) for code in other} for other in others]
        yield from (code for code in listed if all((code.system, code.code) in other for other in named))


def _published(canonical: str) -> Json | None:
    """A value set of the guides whose codes are all at hand, as its listed codes; None for any other."""
    for guide in reversed(GUIDES):
        table = open_set(guide).value_set(canonical)
        if table is not None and table.codes and not (table.open or table.out or table.unknown):
            rows = [{"system": system, "concept": [{"code": code} for code in sorted(codes)]} for system, codes in sorted(table.codes.items())]
            return {"resourceType": "ValueSet", "url": table.url, "version": table.version, "status": "active", "compose": {"include": rows}}
    return None


def referenced(node: Any) -> Iterator[str]:
    """Every value set a form, or a compiled library, names; those contained in the form (``#…``) are not looked for elsewhere."""
    if isinstance(node, dict):
        if node.get("url") == QUESTIONNAIRE_UNIT_VALUE_SET and isinstance(named := node.get("valueCanonical"), str):
            yield named
        for key, value in node.items():
            if key == "answerValueSet" and isinstance(value, str) and not value.startswith("#"):
                yield value
            elif key == "valueSets" and isinstance(value, dict):
                yield from (str(each["id"]) for each in many(value, "def") if isinstance(each, dict) and "id" in each)
            else:
                yield from referenced(value)
    elif isinstance(node, list):
        for value in node:
            yield from referenced(value)


def packed(sets: ValueSets, names: Sequence[str], at: datetime, everything: bool) -> tuple[list[Json], list[Issue]]:
    """The value sets a package carries, each once and expanded, and a warning for each that could not be had.

    A large one is left to ``$expand``, unless ``everything`` is wanted (2.0.1 expands all, R312).
    """
    found: dict[tuple[str, str], Json] = {}
    issues = []
    for name in dict.fromkeys(names):
        try:
            resource = sets.expanded(name, at)
        except (NotFound, Unprocessable) as refusal:
            issues += [Issue(each.text, each.code, "warning") for each in refusal.issues]
            continue
        if everything or resource["expansion"]["total"] <= PACKED:
            found.setdefault((str(resource["url"]), str(resource.get("version"))), resource)
    return list(found.values()), issues


def _contained(rows: list[Any]) -> Iterator[Coding]:
    for row in rows:
        if isinstance(row, dict):
            if row.get("code") and not row.get("abstract") and not row.get("inactive"):
                yield Coding(str(row.get("system") or ""), str(row["code"]), text(row, "display"))
            yield from _contained(many(row, "contains"))


def _inactive(concept: Json) -> bool:
    return any(str(each.get("url", "")).endswith("valueset-concept-inactive") or each.get("valueCode") == "retired" for each in many(concept, "extension"))
