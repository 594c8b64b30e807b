"""Telling one subscriber what waits for it, in order, until nothing waits or an attempt fails.

Every step is its own transaction and reads afresh from the store, so that whoever runs this after a crash continues:
what was settled is not told again, what was not settled is (at least once, never out of order).
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from random import random

from fhir_pa.pas.notice import DeliveryResult, Notice
from fhir_pa.storage.store import Store
from fhir_pa.work.patience import Patience

Deliver = Callable[[Notice], DeliveryResult]

HELD_SECONDS = 120.0  # longer than any delivery may take

_log = logging.getLogger("fhir_pa.work")


@dataclass(frozen=True)
class Teller:
    """How notices leave the house: ``deliver`` makes one attempt and says what came of it."""

    store: Store
    deliver: Deliver
    patience: Patience = Patience()
    chance: Callable[[], float] = random

    def tell(self, subscription_id: str, holder: str, stopping: Callable[[], bool]) -> None:
        """Tell this subscriber everything that waits; ``holder`` is the same again after a crash.

        When this process is stopping, the rest is passed on to the next worker.
        """
        while True:
            with self.store.transaction() as tx:
                if stopping():
                    tx.pass_on(subscription_id)
                    return
                notice = tx.take(subscription_id, holder, HELD_SECONDS)
            if notice is None or not self._tell_one(notice):
                return

    def _tell_one(self, notice: Notice) -> bool:
        """One attempt at one notice; whether the line goes on."""
        result = self._attempt(notice)
        name = f"notice {notice.position} of subscription {notice.subscription.id}"
        if result.delivered:
            _log.info("%s was heard (attempt %d)", name, notice.attempt)
            with self.store.transaction() as tx:
                return tx.delivered(notice)
        again = None if result.hopeless else self.patience.again_in(notice.kind, notice.attempt, self.chance)
        after = "no further attempt is made" if again is None else f"next attempt in {again:.1f} s"
        _log.warning("%s was not heard (attempt %d): %s; %s", name, notice.attempt, result.because, after)
        with self.store.transaction() as tx:
            tx.failed(notice, result.because, again)
        return False

    def _attempt(self, notice: Notice) -> DeliveryResult:
        try:
            return self.deliver(notice)
        except Exception as error:  # a defect in one notice must neither stop the line for ever nor lose the notice
            _log.exception("notice %d of subscription %s could not be sent", notice.position, notice.subscription.id)
            return DeliveryResult(delivered=False, because=f"It could not be sent ({type(error).__name__}).")
