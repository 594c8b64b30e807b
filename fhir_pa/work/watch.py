"""The watch: this worker's heartbeat, and what must be done for workers whose heart stopped."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from threading import Event, Thread

from fhir_pa.storage.store import Store

BEAT_SECONDS = 2.0
SILENCE = timedelta(seconds=10)  # after which a worker counts as dead
OVERDUE = timedelta(seconds=60)  # after which a line nobody works on is called again

_log = logging.getLogger("fhir_pa.work")


@dataclass
class Watch:
    """A thread that beats for this worker; ``take_over`` gets the names of the living and does what the dead left."""

    store: Store
    name: str
    take_over: Callable[[frozenset[str]], None]
    _stop: Event = field(default_factory=Event)
    _thread: Thread | None = None

    def start(self) -> None:
        """Beat once, so that nobody takes this worker for dead, then go on in the background."""
        self._beat()
        self._thread = Thread(target=self._run, name="fhir-pa-watch", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Stop beating, and say goodbye so that others take over at once."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join(timeout=BEAT_SECONDS * 2)
        with self.store.transaction() as tx:
            tx.leave(self.name)

    def _run(self) -> None:
        while not self._stop.wait(BEAT_SECONDS):
            try:
                self.take_over(self._beat())
            except Exception:  # the database may be away for a while; the heart must go on
                _log.exception("the watch missed a beat")

    def _beat(self) -> frozenset[str]:
        with self.store.transaction() as tx:
            tx.beat(self.name)
            tx.call_forgotten(OVERDUE)
            return tx.living(SILENCE)
