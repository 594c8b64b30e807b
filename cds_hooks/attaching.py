"""Attaching: coverage information onto the order exactly as received, and the system action that carries it (crd.md §1.7.5).

Nothing but our own repetitions of the extension changes: unknown elements, decimals, other payers' extensions stay.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ig_profiles.json import dump
from ig_profiles.names import COVERAGE_INFORMATION
from ig_profiles.reading import Json, extension_value, extensions, many, text


def carried_assertions(order: Json, coverage: str) -> tuple[str, ...]:
    """The assertion ids of the coverage information the order already carries for this coverage."""
    found = (_key(item) for item in extensions(order, COVERAGE_INFORMATION))
    return tuple(dict.fromkeys(assertion for about, assertion in found if about == _tail(coverage) and assertion))


def numbers_under_others(order: Json, coverage: str) -> frozenset[str]:
    """The authorization numbers the order carries already for other coverages than this."""
    found = ((_key(item)[0], extension_value(item, "satisfied-pa-id")) for item in extensions(order, COVERAGE_INFORMATION))
    return frozenset(str(number) for about, number in found if number and about != _tail(coverage))


def attach(order: Json, written: Sequence[Json]) -> Json | None:
    """The order with these repetitions in place of our earlier ones; None when they say nothing new.

    A repetition is ours when coverage and assertion id agree with a new one. The date alone is no news.
    """
    keys = {_key(item) for item in written}
    present = many(order, "extension")
    ours = [item for item in present if _is_coverage_information(item) and _key(item) in keys]
    if len(ours) == len(written) and sorted(map(_said, ours)) == sorted(map(_said, written)):
        return None
    return {**order, "extension": [*(item for item in present if not any(item is mine for mine in ours)), *written]}


def without_ours(order: Json, coverage: str, assertion: str) -> Json:
    """The order without what we said of it under this coverage, for when that no longer holds."""
    left = [item for item in many(order, "extension") if not (_is_coverage_information(item) and _key(item) == (_tail(coverage), assertion))]
    rest = {name: value for name, value in order.items() if name != "extension" or left}
    return {**rest, "extension": left} if left else rest


def system_action(order: Json, payer_name: str) -> Json:
    """The CDS Hooks system action that puts this order, whole, in the place of the one the client holds."""
    reference = f"{order['resourceType']}/{order['id']}"
    return {"type": "update", "description": f"Coverage information from {payer_name} added to {reference}", "resource": order}


def _is_coverage_information(item: Any) -> bool:
    return isinstance(item, dict) and item.get("url") == COVERAGE_INFORMATION


def _key(item: Json) -> tuple[str, str]:
    coverage = text(extension_value(item, "coverage"), "reference") or ""
    return _tail(coverage), str(extension_value(item, "coverage-assertion-id") or "")


def _tail(reference: str) -> str:
    return "/".join(reference.split("/")[-2:])


def _said(item: Json) -> bytes:
    """What a repetition says, without its date, in an order of its own."""
    return b"\n".join(sorted(dump(_sorted(part)) for part in many(item, "extension") if part.get("url") != "date"))


def _sorted(node: Any) -> Any:
    if isinstance(node, dict):
        return {key: _sorted(node[key]) for key in sorted(node)}
    return [_sorted(item) for item in node] if isinstance(node, list) else node
