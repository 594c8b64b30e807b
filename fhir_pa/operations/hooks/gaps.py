"""Prefetch gaps of one hook call: which of the published templates the EHR left unanswered, and what asking for it cost.

A null and an empty searchset are answers: the EHR looked and found nothing (CDS Hooks 2.0, prefetch).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from cds_hooks.executed import about_somebody_else
from cds_hooks.material import is_failed_query, searched_type
from cds_hooks.request import HookRequest
from fhir_pa.operations.hooks.metrics import Witness
from fhir_pa.storage.hook_log import HookCall
from fhir_pa.storage.prefetch_gaps import Gap
from ig_profiles.reading import many

LEFT_OUT, FAILED, OF_ANOTHER = "left out", "failed", "of somebody else"


def gaps(call: HookCall, asked: HookRequest, witness: Witness) -> Iterator[Gap]:
    """One for each template that did not come; queries are counted once, with the first template of their type."""
    sent = call.request.get("prefetch")
    brought = sent if isinstance(sent, dict) else {}
    counted: set[str] = set()
    for name, template in asked.hook.prefetch[asked.dialect].items():
        state = _state(brought[name], asked.patient_id) if name in brought else LEFT_OUT
        if not state:
            continue
        kind = searched_type(template)
        took = [] if kind in counted else witness.took[kind]
        counted.add(kind)
        yield Gap(call.id, name, call.client, call.hook, call.at, state, len(took), round(sum(took) * 1000))


def _state(value: Any, patient_id: str) -> str:
    """What is wrong with what came; empty when nothing is."""
    if is_failed_query(value) or any(is_failed_query(each) for each in many(value, "entry", "resource")):
        return FAILED
    return OF_ANOTHER if about_somebody_else(value, patient_id) else ""
