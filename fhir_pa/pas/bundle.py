"""A PAS request Bundle, opened: every structural fault found at once, the Claim on top and an index of the rest.

What only makes the request incomplete is not looked at here (conf-11, conf-14): see ``business.py``.
Source: PAS 2.2.1 §specification "Submitting a Prior Authorization Request" (pas.md §1.2), profile-pas-request-bundle.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from fhir_pa.pas.extensions import UNDERSTOOD_MODIFIERS
from ig_profiles.outcome import Issue, Unprocessable, Unreadable
from ig_profiles.reading import Entry, Index, Json
from ig_profiles.resource_types import RESOURCE_TYPES


@dataclass(frozen=True)
class Opened:
    """The Claim that stands first, the index of all resources, and the faults found on the way."""

    index: Index
    claim: Entry
    issues: list[Issue]


def open_bundle(bundle: Any) -> Opened:
    """Look at the frame of a request Bundle.

    Raises Unreadable when it is no Bundle, Unprocessable (with every fault) when no Claim can be read from it. Faults
    that leave the Claim readable are handed on in ``issues`` so that the caller can add its own and raise once.
    """
    if not isinstance(bundle, dict) or bundle.get("resourceType") != "Bundle":
        found = bundle.get("resourceType") if isinstance(bundle, dict) else type(bundle).__name__
        raise Unreadable(f"The body is {_called(found)}, not a Bundle. Post the PAS request Bundle itself, not wrapped in Parameters.", expression="Bundle")
    issues: list[Issue] = []
    if bundle.get("type") != "collection":
        text = f"The Bundle's type is {_called(bundle.get('type'))}. PAS takes 'collection': set Bundle.type to 'collection'."
        issues.append(Issue(text, "value", expression="Bundle.type"))
    entries = bundle.get("entry")
    if not isinstance(entries, list) or not entries:
        empty = Issue("The Bundle has no entries. Put the Claim first and every resource it refers to behind it.", "required", expression="Bundle.entry")
        raise Unprocessable(*issues, empty)
    issues.extend(_entry_faults(entries))
    index = Index.of_bundle(bundle)
    claims = [position for position, entry in enumerate(entries) if _type(entry) == "Claim"]
    if not claims:
        missing = Issue("The Bundle holds no Claim. Add the Claim that asks for authorization as the first entry.", "required", expression="Bundle.entry[0]")
        raise Unprocessable(*issues, missing)
    if claims[0] != 0:
        text = f"The Claim is entry {claims[0]} of the Bundle. Move it to the front: it must be the first."
        issues.append(Issue(text, "structure", expression="Bundle.entry[0]"))
    claim = next(index.of_type("Claim"))
    if claim.resource.get("use") != "preauthorization":
        text = f"Claim.use is {_called(claim.resource.get('use'))}. Only 'preauthorization' is handled here; send claims for payment elsewhere."
        issues.append(Issue(text, "value", expression=f"{claim.expression}.use"))
    for entry in index.entries:
        issues.extend(modifier_faults(entry.resource, entry.expression))
    return Opened(index, claim, issues)


def _entry_faults(entries: list[Any]) -> Iterator[Issue]:
    seen: dict[str, int] = {}
    for position, entry in enumerate(entries):
        where = f"Bundle.entry[{position}]"
        resource = entry.get("resource") if isinstance(entry, dict) else None
        if not isinstance(resource, dict):
            yield Issue("The entry has no resource. Put one there, or leave the entry out.", "required", expression=f"{where}.resource")
            continue
        kind = resource.get("resourceType")
        if not isinstance(kind, str) or kind not in RESOURCE_TYPES:
            yield Issue(f"{_called(kind)} is no FHIR R4 resource type. Correct resourceType.", "structure", expression=f"{where}.resource.resourceType")
        name = entry.get("fullUrl")
        if isinstance(name, str) and name:
            if name in seen:
                text = f"fullUrl '{name}' already names entry {seen[name]}. Send each resource once, each under its own fullUrl."
                yield Issue(text, "duplicate", expression=f"{where}.fullUrl")
            seen.setdefault(name, position)


def modifier_faults(resource: Json, expression: str) -> Iterator[Issue]:
    """An issue for every modifier extension in the resource that we do not understand (pas.md rule 15)."""
    for where, extension in _modifiers(resource, expression):
        url = extension.get("url") if isinstance(extension, dict) else None
        if not isinstance(url, str) or url not in UNDERSTOOD_MODIFIERS:
            text = f"The modifier extension {_called(url)} is not understood here, and so its element cannot be read safely. Send the request without it."
            yield Issue(text, "extension", expression=where)


def _modifiers(node: Any, where: str) -> Iterator[tuple[str, Any]]:
    waiting: list[tuple[Any, str]] = [(node, where)]
    while waiting:
        current, place = waiting.pop()
        if isinstance(current, dict):
            for key, value in current.items():
                if key == "modifierExtension":
                    yield from ((f"{place}.modifierExtension[{n}]", item) for n, item in enumerate(value if isinstance(value, list) else [value]))
                waiting.append((value, f"{place}.{key}"))
        elif isinstance(current, list):
            waiting.extend((value, f"{place}[{n}]") for n, value in enumerate(current))


def _type(entry: Any) -> Any:
    resource = entry.get("resource") if isinstance(entry, dict) else None
    return resource.get("resourceType") if isinstance(resource, dict) else None


def _called(value: Any) -> str:
    return f"'{value[:100]}'" if isinstance(value, str) and value else "absent" if value is None else f"a {type(value).__name__}"


def require(issues: list[Issue]) -> None:
    """Raise Unprocessable with every issue, when there is one."""
    if issues:
        raise Unprocessable(*issues)


def claim_elements(claim: Entry, name: str) -> Iterator[tuple[str, Json]]:
    """Each object of a repeating element of the Claim with its expression; what is no object is passed over."""
    value = claim.resource.get(name)
    for position, node in enumerate(value if isinstance(value, list) else []):
        if isinstance(node, dict):
            yield f"{claim.expression}.{name}[{position}]", node
