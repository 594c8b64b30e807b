"""A small checker of resources against published snapshots: how often, which fixed value, which extensions; for tests.

It reads cardinalities, prohibited elements, fixed and pattern values, slices told apart by extension url or by a pattern,
and for PAS extensions the parts and value types their definitions allow. It knows no terminology and no FHIRPath.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

from ig_profiles.names import PAS_PROFILE
from ig_profiles.reading import Json
from tests.fhir_pa.pas_bundles import package

PACKAGES = {"2.0.1": "hl7.fhir.us.davinci-pas-2.0.1", "2.2": "hl7.fhir.us.davinci-pas-2.2.1"}


@cache
def definitions(guide: str) -> dict[str, Json]:
    """Every StructureDefinition of the guide by its url."""
    files = package(PACKAGES[guide])
    return {resource["url"]: resource for name, resource in files.items() if name.startswith("StructureDefinition-")}


def faults(resource: Json, profile: str, guide: str) -> list[str]:
    """What of the profile the resource does not keep to."""
    snapshot = definitions(guide)[PAS_PROFILE + profile]["snapshot"]["element"]
    return [*_element_faults(resource, snapshot), *_extension_faults(resource, guide, profile)]


def _element_faults(resource: Json, snapshot: list[Json]) -> Iterator[str]:
    for element in snapshot[1:]:
        if ":" in element["id"]:
            yield from _slice_faults(resource, element, snapshot)
            continue
        *parents, last = element["path"].split(".")[1:]
        for holder in _at(resource, parents):
            found = list(_children(holder, last))
            if len(found) < element["min"]:
                yield f"{element['id']}: {len(found)} of at least {element['min']}"
            if element["max"] != "*" and len(found) > int(element["max"]):
                yield f"{element['id']}: {len(found)} of at most {element['max']}"
            for value in found:
                for wanted in (element[key] for key in element if key.startswith(("fixed", "pattern"))):
                    if not _contains(value, wanted):
                        yield f"{element['id']}: {value} is not {wanted}"


def _slice_faults(resource: Json, element: Json, snapshot: list[Json]) -> Iterator[str]:
    if element["id"].count(":") != 1 or not element.get("sliceName") or not element["id"].endswith(f":{element['sliceName']}"):
        return
    *parents, last = element["path"].split(".")[1:]
    member = _slice_test(element, snapshot)
    if member is None:
        return
    for holder in _at(resource, parents):
        count = sum(member(value) for value in _children(holder, last))
        if count < element["min"] or (element["max"] != "*" and count > int(element["max"])):
            yield f"{element['id']}: {count}, where {element['min']}..{element['max']} is asked"


def _slice_test(element: Json, snapshot: list[Json]) -> Any:
    url = next((profile.split("|")[0] for kind in element.get("type", []) for profile in kind.get("profile", [])), None)
    if element["path"].endswith("xtension") and url:
        return lambda value: value.get("url") == url
    within = [each for each in snapshot if each["id"].startswith(f"{element['id']}.") and any(key.startswith("pattern") for key in each)]
    if not within:
        return None
    name = within[0]["id"].rsplit(".", 1)[1]
    pattern = next(within[0][key] for key in within[0] if key.startswith("pattern"))
    return lambda value: isinstance(value, dict) and any(_contains(child, pattern) for child in _children(value, name))


def _extension_faults(node: Any, guide: str, where: str) -> Iterator[str]:
    if isinstance(node, list):
        for each in node:
            yield from _extension_faults(each, guide, where)
    elif isinstance(node, dict):
        for name, value in node.items():
            if name == "extension":
                for each in value:
                    yield from _defined(each, guide, f"{where}.extension")
            yield from _extension_faults(value, guide, f"{where}.{name}")


def _defined(extension: Json, guide: str, where: str) -> Iterator[str]:
    url = extension["url"]
    if not url.startswith(PAS_PROFILE):
        return
    definition = definitions(guide).get(url)
    if definition is None:
        yield f"{where}: {url} is not defined in {guide}"
        return
    elements = definition["snapshot"]["element"]
    value = next(element for element in elements if element["id"] == "Extension.value[x]")
    kinds = [key for key in extension if key.startswith("value")]
    allowed = {f"value{kind['code'][0].upper()}{kind['code'][1:]}" for kind in value.get("type", [])} if value["max"] != "0" else set()
    for key in kinds:
        if key not in allowed:
            yield f"{where}: {url} takes {sorted(allowed) or 'no value'}, not {key}"
    parts = {}
    for element in elements:
        if element["path"] == "Extension.extension" and element.get("sliceName"):
            profile = next((name.split("|")[0] for kind in element.get("type", []) for name in kind.get("profile", [])), None)
            fixed = next((each.get("fixedUri") for each in elements if each["id"] == f"{element['id']}.url"), None)
            parts[profile or fixed] = element
    inner = extension.get("extension", [])
    for part in inner:
        if part["url"] not in parts:
            yield f"{where}: {url} has no part {part['url']}, only {sorted(map(str, parts))}"
    for name, element in parts.items():
        count = sum(part["url"] == name for part in inner)
        if count < element["min"] or (element["max"] != "*" and count > int(element["max"])):
            yield f"{where}: {url} has {count} of {name}, where {element['min']}..{element['max']} is asked"


def _at(node: Any, path: list[str]) -> list[Any]:
    found = [node]
    for name in path:
        found = [child for holder in found for child in _holders(holder, name)]
    return found


def _holders(node: Any, name: str) -> list[Any]:
    """What may hold further elements: objects, and the ``_name`` beside a primitive."""
    beside = node.get(f"_{name}") if isinstance(node, dict) else None
    return [beside] if isinstance(beside, dict) else list(_children(node, name))


def _children(node: Any, name: str) -> Iterator[Any]:
    if not isinstance(node, dict):
        return
    stem = name.removesuffix("[x]")
    keys = [key for key in node if key == name or (name != stem and key.startswith(stem) and key[len(stem) :][:1].isupper())]
    for key in keys:
        yield from node[key] if isinstance(node[key], list) else [node[key]]


def _contains(value: Any, wanted: Any) -> bool:
    if isinstance(wanted, dict):
        return isinstance(value, dict) and all(_contains(value.get(key), below) for key, below in wanted.items())
    if isinstance(wanted, list):
        return isinstance(value, list) and all(any(_contains(each, below) for each in value) for below in wanted)
    return bool(value == wanted)
