"""Resources inside a resource, and the narrative it should have: dom-2 to dom-6 (FHIR R4 §references, contained)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ig_profiles.reading import Json
from ig_profiles.validation.run import Path, Run


def domain_rules(value: Json, path: Path, run: Run) -> None:
    """What holds for every resource with narrative and contained resources."""
    kind = str(value.get("resourceType"))
    inside = path[1] == "contained"
    if inside and "contained" in value:
        run.say("contained-nested", (path, "contained", None), constraint="dom-2", owner=run.scope.root.get("resourceType"))
    if not inside and "text" not in value:
        run.say("narrative-missing", path, constraint="dom-6", type=kind)
    contained = value.get("contained")
    if type(contained) is not list or not contained:
        return
    pointed = set(_pointers(value))
    known: set[str] = set()
    for index, resource in enumerate(contained):
        if type(resource) is not dict:
            continue
        here = (path, "contained", index)
        name = resource.get("id")
        if type(name) is not str:
            run.say("contained-id", here)
        elif name in known:
            run.say("id-twice", (here, "id", None), found=name[:80])
        else:
            known.add(name)
            if f"#{name}" not in pointed and "#" not in set(_pointers(resource)):
                run.say("contained-unused", here, constraint="dom-3", found=name[:80])
        meta = resource.get("meta")
        if type(meta) is dict:
            for key in ("versionId", "lastUpdated"):
                if key in meta:
                    run.say("contained-version", ((here, "meta", None), key, None), constraint="dom-4")
            if "security" in meta:
                run.say("contained-security", ((here, "meta", None), "security", None), constraint="dom-5", owner=kind)


def _pointers(node: Any) -> Iterator[str]:
    """Every text below that could point to a contained resource: references, canonicals, uris."""
    waiting = [node]
    while waiting:
        found = waiting.pop()
        if type(found) is dict:
            waiting.extend(found.values())
        elif type(found) is list:
            waiting.extend(found)
        elif type(found) is str and found.startswith("#"):
            yield found
