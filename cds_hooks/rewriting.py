"""Rewriting: an order exactly as received but for what it asks for; decimals, unknown elements and other payers' words stay."""

from __future__ import annotations

from cds_hooks.attaching import without_ours
from cds_hooks.new_order import CODED, concept_of
from ig_profiles.reading import Coding, Json, many, one, text

_ELSEWHERE = {"DeviceRequest": "codeReference", "MedicationRequest": "medicationReference"}


def rewritten(order: Json, what: Coding, coverage: str, assertion: str) -> Json | None:
    """The order for something else, without what was said of its coverage before.

    ``coverage`` and ``assertion`` tell our own coverage information from other payers'. None for a kind of order that
    says what it asks for in more than one code.
    """
    kind = str(order.get("resourceType"))
    element = CODED.get(kind)
    if element is None:
        return None
    elsewhere = _ELSEWHERE.get(kind)
    changed: Json = {}
    for name, value in without_ours(order, coverage, assertion).items():
        if name in (element, elsewhere):
            changed[element] = concept_of(what)
        else:
            changed[name] = value
    changed.setdefault(element, concept_of(what))
    return _without_contained(changed, text(order, elsewhere, "reference") if elsewhere else None)


def _without_contained(order: Json, reference: str | None) -> Json:
    """The order without the contained medication or device it no longer points to."""
    if reference is None or not reference.startswith("#"):
        return order
    left = [each for each in many(order, "contained") if one(each, "id") != reference[1:]]
    rest = {name: value for name, value in order.items() if name != "contained"}
    return {**rest, "contained": left} if left else rest
