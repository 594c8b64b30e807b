"""Updating: what a newer request leaves of the one before; which wishes are the same (pas.md rules 56, 74)."""

from __future__ import annotations

from dataclasses import replace

from fhir_pa.um.deciding.request import AuthorizationRequest, Identifier, RequestedItem


def wish(item: RequestedItem) -> tuple[object, ...]:
    """What is asked for with this item; two items with the same wish are decided alike."""
    service, codes = item.service, tuple(sorted(coding.code for coding in item.service.codes))
    return (codes, item.modifiers, item.revenue, service.on, service.until, service.quantity, service.unit, service.place, item.unit_price)


def merged(before: AuthorizationRequest, after: AuthorizationRequest) -> AuthorizationRequest:
    """The newer request, keeping items it no longer lists (they stay on file for ever), and every trace number ever given.

    A provider may ask, or send documents, under the number of any version (pas.md rule 74).
    """
    earlier = {item.sequence: item for item in before.items}
    listed = tuple(replace(item, trace_numbers=_all_numbers(item, earlier.get(item.sequence))) for item in after.items)
    kept = tuple(item for item in before.items if after.item(item.sequence) is None)
    items = tuple(sorted((*listed, *kept), key=lambda item: item.sequence))
    return replace(after, items=items, trace_numbers=_all_numbers(after, before), assertion=before.assertion)


def _all_numbers(newer: RequestedItem | AuthorizationRequest, older: RequestedItem | AuthorizationRequest | None) -> tuple[Identifier, ...]:
    return tuple(dict.fromkeys((*newer.trace_numbers, *(older.trace_numbers if older else ()))))
