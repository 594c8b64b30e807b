"""order-select 1.0 (supporting): the clinician chose the orders named in ``selections``; only those are answered."""

from __future__ import annotations

from cds_hooks.dialect import Dialect
from cds_hooks.hook import ORDER_TYPES, Hook, Subject, entries_of, itself, nothing_wanted
from cds_hooks.hooks.drafts import PREFETCH
from ig_profiles.reading import Index, Json, many


def _subjects(context: Json, index: Index, dialect: Dialect) -> tuple[Subject, ...]:
    selected = {_tail(name) for name in many(context.get("selections")) if isinstance(name, str)}
    drafts = entries_of(context.get("draftOrders"), index, *ORDER_TYPES)
    return tuple(itself(entry) for entry in drafts if f"{entry.resource['resourceType']}/{entry.resource.get('id')}" in selected)


def _tail(reference: str) -> str:
    return "/".join(reference.split("/")[-2:])


HOOK = Hook(
    name="order-select",
    version="1.0",
    primary=False,
    title="Coverage of orders being chosen",
    description="Says early whether the orders being chosen are covered and will need prior authorization.",
    fields={"patientId": "string", "draftOrders": "Bundle", "selections": "list"},
    prefetch=PREFETCH,
    subjects=_subjects,
    wanted=nothing_wanted,
)
