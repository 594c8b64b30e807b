"""encounter-start 1.0 (supporting): a visit or stay begins."""

from __future__ import annotations

from cds_hooks.hook import Hook
from cds_hooks.hooks import visits

HOOK = Hook(
    name="encounter-start",
    version="1.0",
    primary=False,
    title="Coverage of a visit that begins",
    description="Says whether the visit or stay that begins is covered and needs prior authorization.",
    fields=visits.FIELDS,
    prefetch=visits.PREFETCH,
    subjects=visits.subjects,
    wanted=visits.wanted,
)
