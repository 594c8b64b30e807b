"""Is an element of a profile shown by a resource? For the stories that show every must-support element of what we say."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ig_profiles.reading import Json
from ig_profiles.registry import open_set
from questionnaires.form import items


def resources(node: Any) -> Iterator[Json]:
    """Every resource in an answer, at any depth."""
    if isinstance(node, dict):
        if isinstance(node.get("resourceType"), str):
            yield node
        for value in node.values():
            yield from resources(value)
    elif isinstance(node, list):
        for value in node:
            yield from resources(value)


def claims(resource: Json, profile: str) -> bool:
    """Whether the resource says it is of this profile."""
    return any(claimed.split("|")[0].endswith(f"/{profile}") for claimed in resource.get("meta", {}).get("profile", []))


def wanted(guide: str, canonical: str) -> Iterator[tuple[str, Mapping[str, Json]]]:
    """The ids of the must-support elements of a profile, with its rows by id; what it forbids is not wanted."""
    profile = open_set(guide).profile(canonical)
    assert profile is not None, f"{guide} has no profile {canonical}"
    rows = {row["id"]: row for row in profile["elements"]}
    for name, row in rows.items():
        if row.get("must") and row.get("max") != "0":
            yield name, rows


def shown(resource: Json, element: str, rows: Mapping[str, Json]) -> bool:
    """Whether the resource has this element, or slice of one, with something in it."""
    nodes: list[Any] = [resource]
    so_far, *steps = element.split(".")
    for step in steps:
        so_far = f"{so_far}.{step}"
        name, _, part = step.partition(":")
        typed = bool(part) and name.endswith("[x]")  # a slice of value[x] by its type, such as valueCoding
        nodes = [child for node in nodes for child in children(node, part if typed else name)]
        if part and not typed:
            nodes = [node for node in nodes if in_slice(node, so_far, rows)]
    return bool(nodes)


def children(node: Any, name: str) -> Iterable[Any]:
    """What stands under this name, items at any depth, and the extensions of a primitive value with it."""
    if not isinstance(node, dict):
        return []
    if name == "item":
        return list(items(node))
    stem = name.removesuffix("[x]")
    keys = [key for key in node if not key.startswith("_") and (key == name or (name.endswith("[x]") and key.startswith(stem)))]
    found = [node[key] if f"_{key}" not in node else {"value": node[key], **node[f"_{key}"]} for key in keys]
    return [each for value in found for each in (value if isinstance(value, list) else [value])]


def in_slice(node: Any, element: str, rows: Mapping[str, Json]) -> bool:
    """Whether a node is in the slice: an extension by its url, a parameter by its name, an entry by its resource, an input by its type."""
    canonicals = [canonical.split("|")[0] for kind in rows[element].get("types", []) for canonical in kind.get("profile", [])]
    if canonicals:
        return node.get("url") in canonicals
    if "url" in node:
        return bool(node["url"] == element.rpartition(":")[2])
    if f"{element}.name" in rows:
        return bool(node["name"] == rows[f"{element}.name"]["pattern"][1])
    if f"{element}.resource" in rows:
        return bool(node["resource"]["resourceType"] == rows[f"{element}.resource"]["types"][0]["code"])
    _, pattern = rows[f"{element}.type"]["pattern"]
    return bool(pattern["coding"][0]["code"] in [coding["code"] for coding in node["type"]["coding"]])
