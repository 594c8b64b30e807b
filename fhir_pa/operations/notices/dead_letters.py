"""Notices nobody heard: see them, and put them back into the line once the subscriber listens again; for operators.

Chapter: Subscriptions R5 Backport 1.1, errors. The subscriber alone leads a subscription back from an error.
"""

from __future__ import annotations

from fhir_pa.pas.notice import NoticeKind, NoticeRecord, NoticeState
from fhir_pa.wiring import Payer

UNHEARD = (NoticeState.UNDELIVERABLE, NoticeState.UNSENT)


def unheard(payer: Payer, subscription_id: str | None = None) -> tuple[NoticeRecord, ...]:
    """Every event that was given up, or waits unsent behind one that was; the oldest first."""
    with payer.store.reading() as tx:
        return tuple(each for state in UNHEARD for each in tx.notices(subscription_id, state=state) if each.kind is NoticeKind.EVENT)


def redeliver(subscription_id: str, payer: Payer) -> int:
    """Tell this subscriber again what it never heard; returns how many events wait now.

    Raises NotFound, and Conflict while the subscription is not active.
    """
    with payer.store.transaction() as tx:
        return tx.redeliver(subscription_id)
