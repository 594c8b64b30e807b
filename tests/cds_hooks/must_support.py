"""What a resource keeps when its EHR records no more than the guides (CRD, HRex and US Core, where no others are named) make mandatory or must-support."""

from __future__ import annotations

from collections import defaultdict
from functools import cache

from ig_profiles.reading import Json
from ig_profiles.registry import open_set

PUBLISHERS = ("/us/core/", "/davinci-crd/", "/davinci-hrex/")


@cache
def elements(guide: str, publishers: tuple[str, ...] = PUBLISHERS) -> dict[str, frozenset[str]]:
    """By resource type, the elements some profile of this generation makes mandatory or must-support."""
    registry = open_set(guide)
    found: defaultdict[str, set[str]] = defaultdict(set)
    for url in registry.names():
        table = registry.profile(url) if any(publisher in url for publisher in publishers) else None
        if table is None or table["kind"] != "resource":
            continue
        for row in table["elements"]:
            path = row["path"].split(".")
            if len(path) == 2 and (row.get("must") or row.get("min")):
                found[table["type"]].add(path[1].removesuffix("[x]"))
    return {kind: frozenset(names) for kind, names in found.items()}


def least(resource: Json, guide: str, publishers: tuple[str, ...] = PUBLISHERS) -> Json | None:
    """The resource with these elements alone; None for a type no profile is about."""
    kept = elements(guide, publishers).get(resource["resourceType"])
    if kept is None:
        return None
    return {name: value for name, value in resource.items() if name in ("resourceType", "id", "contained") or any(_is(name, each) for each in kept)}


def _is(name: str, element: str) -> bool:
    """Whether it is the element, or one of the types of a choice: ``onset`` is ``onsetDateTime``."""
    return name == element or (name.startswith(element) and name[len(element) : len(element) + 1].isupper())
