"""Where an extension may stand: does the element that bears it satisfy the context its definition gives? (§defining-extensions)"""

from __future__ import annotations

from typing import Any

from ig_profiles.reading import Json
from ig_profiles.validation.checks import Checks
from ig_profiles.validation.run import Path, Run
from ig_profiles.validation.site import Site

# Where the standard's own definitions put an extension although its context does not say so.
_ALSO = {"http://hl7.org/fhir/StructureDefinition/regex": "ElementDefinition.type"}
_ANY_RESOURCE = frozenset({"CanonicalResource", "MetadataResource"})


class Owner:
    """The element that bears an extension, by all the names a context may use for it."""

    __slots__ = ("names", "name", "resource")

    def __init__(self, checks: Checks, site: Site, code: str) -> None:
        path: str = site.base.row["path"]
        self.name = path
        self.names = frozenset((path, *checks.ancestors(code), *(checks.ancestors(path) if "." not in path else ())))
        self.resource = checks.is_resource(code)


def fits(context: list[Json], owner: Owner) -> bool:
    """Whether one of the contexts fits whatever stands around; one that is a FHIRPath condition, or of a profile, is not decided here."""
    for each in context:
        kind, expression = each.get("type"), str(each.get("expression", ""))
        if kind == "fhirpath" or "#" in expression or expression in ("Element", "Base"):
            return True
        if kind != "extension" and (expression in owner.names or (owner.resource and expression in _ANY_RESOURCE)):
            return True
    return not context


def stands(url: str, context: list[Json], owner: Owner, holder: Json, path: Path, run: Run) -> bool:
    """Whether one of the contexts fits, seen from the resource: the extension around, or the whole path."""
    if fits(context, owner) or owner.name == _ALSO.get(url):
        return True
    here = _from_resource(path, run)
    return any((holder.get("url") if each.get("type") == "extension" else here) == each.get("expression") for each in context)


def spoken(context: list[Json]) -> str:
    """The contexts as a message may list them."""
    return ", ".join(str(each.get("expression")) for each in context)


def _from_resource(path: Path, run: Run) -> str:
    """The path of the element from its resource, as a context writes it: ``Patient.contact.name``."""
    steps: list[str] = []
    step: Any = path
    while step is not None and step is not run.scope.place:
        name = step[1]
        steps.append(f"{name.partition('.ofType(')[0]}[x]" if ".ofType(" in name else name)
        step = step[0]
    return ".".join((str(run.scope.resource.get("resourceType")), *reversed(steps)))
