"""Reaching: which resources each define of a library could look at, so that what a chart says nothing about is not computed for it.

A define whose retrieves find nothing in a chart is worth what it is worth in an empty one. Every doubt counts as reaching:
a retrieve with computed codes finds all of its type, and a define that leans on more than retrieves is computed each time.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

from ig_profiles.reading import Json, codings
from questionnaires.elm import KeptLibrary
from questionnaires.retrieves import DATA_TYPES, codes_named, nodes

_CALLS = frozenset({"ExpressionRef", "FunctionRef", "IdentifierRef"})
_OF_THE_CALL = frozenset({"Now", "TimeOfDay", "ParameterRef"})  # what may differ from call to call on one day
_CHOICE = "CodeableConcept"


@dataclass(frozen=True)
class Look:
    """One retrieve: a type of resource, and the codes one of which its ``element`` must have; None when any will do."""

    kind: str
    element: str = ""
    codes: frozenset[str] | None = None

    def finds(self, resource: Json) -> bool:
        """Whether the retrieve could give this resource of its kind; never no by mistake."""
        concept = resource.get(self.element) or resource.get(self.element + _CHOICE)
        if self.codes is None or not isinstance(concept, (dict, list)):
            return True
        return any(coding.code in self.codes for coding in codings(concept))


@dataclass(frozen=True)
class Reaching:
    """What the defines of one library look at; those that are ``computed`` each time may look at anything."""

    looks: Mapping[str, frozenset[Look]]
    computed: frozenset[str]

    def found(self, names: Iterable[str], resources: Iterable[Json]) -> tuple[frozenset[str], list[Json]]:
        """Of these defines those a resource at hand, or the call itself, could change; and the resources they could look at."""
        wanted, found, met = list(names), [], set[Look]()
        for resource in resources:
            looks = {look for look in self._of_kind.get(resource.get("resourceType"), ()) if look.finds(resource)}
            found.append((resource, looks))
            met |= looks
        open_ = frozenset(name for name in wanted if name in self.computed or not self.looks[name].isdisjoint(met))
        if not open_.isdisjoint(self.computed):
            return open_, [resource for resource, _ in found]
        needed = frozenset[Look]().union(*(self.looks[name] for name in open_))
        return open_, [resource for resource, looks in found if not looks.isdisjoint(needed) or resource["resourceType"] == "Patient"]

    @cached_property
    def _of_kind(self) -> Mapping[Any, Sequence[Look]]:
        every = frozenset[Look]().union(*self.looks.values())
        return {kind: [look for look in every if look.kind == kind] for kind in {look.kind for look in every}}


@lru_cache(maxsize=256)
def reaching(library: KeptLibrary) -> Reaching:
    """What each define of the library looks at, in whatever it calls."""
    return _Reader(library.elm.get("library", library.elm)).read()


class _Reader:
    def __init__(self, library: Json) -> None:
        self._library = library
        self._own: dict[str, list[Json]] = {}
        for row in library.get("statements", {}).get("def", []):
            self._own.setdefault(row["name"], []).append(row)
        included = library.get("includes", {}).get("def", [])
        self._plain = {row.get("localIdentifier") for row in included if str(row.get("path", "")).split("/")[-1] == "FHIRHelpers"}

    def read(self) -> Reaching:
        below = {name: self._called(name) for name in self._own}
        looks = {name: frozenset(look for each in called for look in self._looks(each)) for name, called in below.items()}
        return Reaching(looks, frozenset(name for name, called in below.items() if any(self._is_computed(each) for each in called)))

    def _called(self, name: str) -> frozenset[str]:
        """The define, and every define and function of this library it comes to call."""
        seen, ahead = {name}, [name]
        while ahead:
            for node in self._nodes(ahead.pop()):
                called = node.get("name")
                if node.get("type") in _CALLS and "libraryName" not in node and called in self._own and called not in seen:
                    seen.add(called)
                    ahead.append(called)
        return frozenset(seen)

    def _looks(self, name: str) -> Iterator[Look]:
        for node in self._nodes(name):
            if node.get("type") == "Retrieve":
                codes = codes_named(node.get("codes"), self._library)
                yield Look(str(node.get("dataType", "")).removeprefix(DATA_TYPES), str(node.get("codeProperty", "")), codes)

    def _is_computed(self, name: str) -> bool:
        """Whether it leans on the moment, on a parameter, or on another library than FHIRHelpers, which looks at nothing."""
        return any(node.get("type") in _OF_THE_CALL or ("libraryName" in node and node["libraryName"] not in self._plain) for node in self._nodes(name))

    def _nodes(self, name: str) -> Iterator[Json]:
        return (node for row in self._own[name] for node in nodes(row))
