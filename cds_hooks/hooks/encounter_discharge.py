"""encounter-discharge 1.0 (supporting): a stay ends."""

from __future__ import annotations

from cds_hooks.hook import Hook
from cds_hooks.hooks import visits

HOOK = Hook(
    name="encounter-discharge",
    version="1.0",
    primary=False,
    title="Coverage before discharge",
    description="Says at discharge whether the stay is covered and what the payer still needs before the patient leaves.",
    fields=visits.FIELDS,
    prefetch=visits.PREFETCH,
    subjects=visits.subjects,
    wanted=visits.wanted,
)
