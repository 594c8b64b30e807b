"""Code map: the plan's own ConceptMap from the clinic's words (such as SNOMED CT) to the codes it is billed by, for services and diagnoses.

Only what is certain is translated: a code with one target that means the same, or one that is wider. A code that may be billed in
several ways stays as it is, because nobody guesses which one will be. The sender's own codes are kept, and never outvoted.
Source: PAS §specification, Additional Notes (terminology translation); FHIR R4 ConceptMap.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from ig_profiles.names import code_system
from ig_profiles.outcome import Unprocessable
from ig_profiles.reading import Coding, codings, many, text
from questionnaires.policy import RequestedService

CERTAIN = frozenset({"equivalent", "equal", "wider"})  # what the target is to the source
UNSAID = frozenset({"unmatched", "disjoint"})

Name = tuple[str, str]


@dataclass(frozen=True)
class CodeMap:
    """For each code, by system and code, what it is billed by: in each system of billing codes one code."""

    targets: Mapping[Name, tuple[Coding, ...]] = field(default_factory=dict)

    def translated(self, codes: Iterable[Coding]) -> tuple[Coding, ...]:
        """These codes, and behind them the billing codes of those that stand for a kind of code the sender did not give.

        >>> snomed, icd = Coding("http://snomed.info/sct", "13645005"), Coding("http://hl7.org/fhir/sid/icd-10-cm", "J44.9")
        >>> plan = CodeMap({("http://snomed.info/sct", "13645005"): (icd,)})
        >>> [coding.code for coding in plan.translated([snomed])]
        ['13645005', 'J44.9']
        >>> [coding.code for coding in plan.translated([snomed, Coding(icd.system, "J44.1")])]
        ['13645005', 'J44.1']
        """
        given = tuple(codes)
        spoken = {code_system(coding.system) for coding in given}
        found = (target for coding in given for target in self.targets.get((code_system(coding.system), coding.code), ()))
        return tuple(dict.fromkeys((*given, *(coding for coding in found if code_system(coding.system) not in spoken))))

    def of(self, service: RequestedService) -> RequestedService:
        """The service with the billing codes of what it is and why."""
        if not self.targets:
            return service
        return replace(service, codes=self.translated(service.codes), diagnoses=self.diagnoses(service.diagnoses))

    def diagnoses(self, codes: Iterable[Coding]) -> tuple[Coding, ...]:
        """Diagnoses, each its own: one that was given as it is billed does not keep another from being translated."""
        given = tuple(codes)
        return tuple(dict.fromkeys(coding for one in given for coding in self.translated((one,))))


    def in_resource(self, node: Any) -> Any:
        """The resource with every CodeableConcept in it translated; the very same one where nothing is to translate."""
        if isinstance(node, list):
            inside = [self.in_resource(each) for each in node]
            return inside if any(new is not old for new, old in zip(inside, node, strict=True)) else node
        if not isinstance(node, dict):
            return node
        changed = {name: new for name, each in node.items() if (new := self.in_resource(each)) is not each}
        given = codings(node) if isinstance(node.get("coding"), list) else ()
        more = self.translated(given)[len(dict.fromkeys(given)) :]
        if more:
            changed["coding"] = [*node["coding"], *({"system": coding.system, "code": coding.code} for coding in more)]
        return {**node, **changed} if changed else node


def read(concept_map: Any) -> CodeMap:
    """The map in a FHIR ConceptMap. Raises Unprocessable when it is none, or holds nothing that can be used."""
    if not isinstance(concept_map, dict) or concept_map.get("resourceType") != "ConceptMap":
        raise Unprocessable("The code map is no ConceptMap. Give a FHIR R4 ConceptMap as JSON.", expression="ConceptMap")
    found: dict[tuple[Name, str], set[tuple[Coding, bool]]] = {}
    for source, target, certain in _rows(concept_map):
        found.setdefault((source, code_system(target.system)), set()).add((target, certain))
    targets: dict[Name, tuple[Coding, ...]] = {}
    for (source, _), listed in found.items():
        (target, certain), *others = listed
        if certain and not others:
            targets[source] = (*targets.get(source, ()), target)
    if not targets:
        said = "The ConceptMap translates nothing: no element has one target that is equivalent or wider. Give group.source, group.target and such elements."
        raise Unprocessable(said, expression="ConceptMap.group")
    return CodeMap(targets)


def _rows(concept_map: Any) -> Iterator[tuple[Name, Coding, bool]]:
    """Every target that says something, and whether it is certain; an uncertain one makes a code one that may be billed in several ways."""
    for group in many(concept_map, "group"):
        source, target = text(group, "source"), text(group, "target")
        for element in many(group, "element"):
            code = text(element, "code")
            for each in many(element, "target"):
                billed, equivalence = text(each, "code"), text(each, "equivalence")
                if source and target and code and billed and equivalence not in UNSAID:
                    yield (code_system(source), code), Coding(target, billed, text(each, "display")), equivalence in CERTAIN
