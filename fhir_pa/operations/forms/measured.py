"""Measuring a call for forms: how long it took and how it ended, kept with the answer and with a refusal alike."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from fhir_pa.auth.caller import Caller
from fhir_pa.storage.dtr_metrics import DtrMetric
from fhir_pa.wiring import Payer
from ig_profiles.outcome import Refusal


@dataclass
class Measured:
    """What an operation tells of itself while it works; see ``DtrMetric``."""

    action: str
    forms: tuple[str, ...] = ()
    prefilled: int = 0
    asked: int = 0
    completed: bool = False
    refused: str = ""


@contextmanager
def measured(action: str, guide: str, caller: Caller, payer: Payer) -> Iterator[Measured]:
    """Keep one row about what happens inside, by the payer's own clock."""
    began, told = payer.clock(), Measured(action)
    try:
        yield told
    except Refusal as refusal:
        told.refused = type(refusal).__name__
        raise
    finally:
        metric = DtrMetric(str(uuid.uuid4()), caller.id, guide, at=began, answered_at=payer.clock(), **vars(told))
        with payer.store.transaction() as tx:
            tx.keep_dtr_metric(metric)
