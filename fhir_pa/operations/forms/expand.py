"""ValueSet/$expand: the codes of a value set that our forms and libraries name, active ones, as of today.

Chapter: FHIR R4 ValueSet-operation-expand; DTR R240, 2.2 oper-4, oper-5 (dtr.md §1.5, trap 24).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from fhir_pa.wiring import Payer
from ig_profiles.outcome import Issue, NotFound, Unprocessable, Unreadable
from ig_profiles.reading import Json, many
from ig_profiles.resource_text import read_resource

MOST = 1000  # codes in one answer


def expand(asked: Mapping[str, Sequence[str]], identity: str, payer: Payer) -> Json:
    """The expansion; ``asked`` are the parameters, ``identity`` the id in the address, if there is one.

    Raises NotFound for a value set nobody here names, Unprocessable for one that cannot be listed.
    """
    sets, canonical = payer.shelf.value_sets, _canonical(asked, identity, payer)
    offset, count = _number(asked, "offset", 0), min(_number(asked, "count", MOST), MOST)
    return sets.expanded(canonical, payer.clock(), _one(asked, "filter") or "", offset, count)


def parameters_of(body: bytes, guide: str, payer: Payer) -> dict[str, list[str]]:
    """The operation's parameters when they come as a resource. Raises Unreadable for anything but Parameters."""
    sent = read_resource(body, guide, payer.settings.max_body_bytes)
    if not isinstance(sent, dict) or sent.get("resourceType") != "Parameters":
        raise Unreadable("The body is no Parameters. Send the operation's Parameters, or GET it with them behind the question mark.")
    found: dict[str, list[str]] = {}
    for part in many(sent, "parameter"):
        value: Any = next((each for key, each in part.items() if key.startswith("value")), None) if isinstance(part, dict) else None
        if value is not None:
            found.setdefault(str(part.get("name")), []).append(str(value))
    return found


def _canonical(asked: Mapping[str, Sequence[str]], identity: str, payer: Payer) -> str:
    if identity:
        resource = next((each for each in payer.shelf.value_sets.all() if each.get("id") == identity), None)
        if resource is None:
            raise NotFound(f"No value set '{identity}' is here. Search ValueSet for those that are.", expression="id")
        return f"{resource['url']}|{resource.get('version')}"
    url, version = _one(asked, "url"), _one(asked, "valueSetVersion")
    if not url:
        raise Unprocessable(Issue("'url' says which value set is wanted, and is absent. Add it.", "required", expression="url"))
    return f"{url}|{version}" if version and "|" not in url else url


def _one(asked: Mapping[str, Sequence[str]], name: str) -> str | None:
    return next(iter(asked.get(name, ())), None)


def _number(asked: Mapping[str, Sequence[str]], name: str, default: int) -> int:
    given = _one(asked, name)
    if given is None:
        return default
    if not given.isdecimal():
        raise Unprocessable(Issue(f"{name}={given[:40]} is no whole number. Give one, or leave it out.", "value", expression=name))
    return int(given[:9])
