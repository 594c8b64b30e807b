"""order-sign 1.1 (primary): the clinician is about to sign every order in ``draftOrders``."""

from __future__ import annotations

from cds_hooks.dialect import Dialect
from cds_hooks.hook import ORDER_TYPES, Hook, Subject, entries_of, itself, nothing_wanted
from cds_hooks.hooks.drafts import PREFETCH
from ig_profiles.reading import Index, Json


def _subjects(context: Json, index: Index, dialect: Dialect) -> tuple[Subject, ...]:
    return tuple(itself(entry) for entry in entries_of(context.get("draftOrders"), index, *ORDER_TYPES))


HOOK = Hook(
    name="order-sign",
    version="1.1",
    primary=True,
    title="Coverage of orders being signed",
    description="Says for every order being signed whether it is covered, needs prior authorization, and which documentation the payer asks for.",
    fields={"patientId": "string", "draftOrders": "Bundle"},
    prefetch=PREFETCH,
    subjects=_subjects,
    wanted=nothing_wanted,
)
