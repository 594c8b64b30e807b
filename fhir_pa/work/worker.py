"""The worker: runs queued work with DBOS, in the server's own process or in any number of processes beside it.

A killed worker loses nothing. On an embedded database the next one bears the same name and resumes at once; on
PostgreSQL every worker has its own name, beats, and the others take over what a silent one left (``watch.py``).
DBOS keeps one instance for each process, and so does this module.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from pathlib import Path
from threading import Event
from uuid import uuid4

from dbos import DBOS, DBOSConfig

from fhir_pa.storage import queue
from fhir_pa.storage.store import Store
from fhir_pa.work.alone import Alone
from fhir_pa.work.patience import Patience
from fhir_pa.work.telling import Deliver, Teller
from fhir_pa.work.watch import Watch

EMBEDDED = "embedded"
KEEP_FINISHED = timedelta(days=1)
TIDY_BEATS = 300
_TIDY_AT_ONCE = 500


def open_work(
    store: Store,
    deliver: Deliver,
    patience: Patience | None = None,
    weigh: Callable[[str], None] | None = None,
    look: Callable[[], int] | None = None,
) -> Work:
    """A worker on this store that tells subscribers through ``deliver``, weighs authorizations, by number, through ``weigh``,
    and looks at the clocks, once a minute, through ``look``.

    It does nothing until it is started.
    """
    return Work(store, Teller(store, deliver, patience or Patience()), weigh, look)


@dataclass
class Work:
    """A worker that can be started and stopped once."""

    store: Store
    teller: Teller
    weigh: Callable[[str], None] | None = None
    look: Callable[[], int] | None = None
    name: str = ""
    _stopping: Event = field(default_factory=Event)
    _alone: Alone | None = None
    _watch: Watch | None = None
    _beats: Iterator[int] = field(default_factory=count)

    def start(self) -> None:
        """Start working in background threads.

        Raises Conflict when an embedded database has a worker already.
        """
        if self.store.is_embedded:
            self._alone = Alone(Path(f"{self.store.engine.url.database}.worker"))
            self._alone.take()
        self.name = EMBEDDED if self.store.is_embedded else f"{socket.gethostname()}-{os.getpid()}-{uuid4().hex[:8]}"
        self._watch = Watch(self.store, self.name, self._take_over)
        self._watch.start()
        DBOS(config=self._configuration())
        DBOS.workflow(name=queue.WORKFLOW, max_recovery_attempts=None)(self._workflow())
        DBOS.workflow(name=queue.BEAT, max_recovery_attempts=None)(self._beat())
        if self.weigh is not None:
            DBOS.workflow(name=queue.WEIGH, max_recovery_attempts=None)(self._weighing(self.weigh))
        if self.look is not None:
            DBOS.workflow(name=queue.LOOK, max_recovery_attempts=None)(self._looking(self.look))
        DBOS.launch()
        if self.look is not None:
            self._look_later()

    def stop(self, wait_seconds: int = 10) -> None:
        """Stop: deliveries under way end, what waits is passed on, nothing is lost."""
        self._stopping.set()
        DBOS.destroy(workflow_completion_timeout_sec=wait_seconds, destroy_registry=True)
        if self._watch is not None:
            self._watch.stop()
        if self._alone is not None:
            self._alone.give_back()

    def _workflow(self) -> Callable[[str], None]:
        def tell_subscriber(subscription_id: str) -> None:
            self.teller.tell(subscription_id, str(DBOS.workflow_id), self._stopping.is_set)

        return tell_subscriber

    def _beat(self) -> Callable[[str], None]:
        def beat_for_subscriber(subscription_id: str) -> None:
            with self.store.transaction() as tx:
                tx.beat_for(subscription_id, str(DBOS.workflow_id))

        return beat_for_subscriber

    def _weighing(self, weigh: Callable[[str], None]) -> Callable[[str], None]:
        def weigh_authorization(number: str) -> None:
            weigh(number)

        return weigh_authorization

    def _looking(self, look: Callable[[], int]) -> Callable[[str], None]:
        def look_at_the_clocks(minute: str) -> None:
            self._look_later()
            look()

        return look_at_the_clocks

    def _look_later(self) -> None:
        with self.store.transaction() as tx:
            tx.look_later()

    def _configuration(self) -> DBOSConfig:
        return {
            "name": queue.APPLICATION,
            "system_database_engine": self.store.engine,
            "dbos_system_schema": queue.SCHEMA,
            "executor_id": self.name,
            "application_version": queue.APPLICATION_VERSION,
            "serializer": queue.SERIALIZER,
            "run_migrations": False,
            "log_level": "WARNING",
        }

    def _take_over(self, living: frozenset[str]) -> None:
        """Give what dead workers were at back to the queue, and now and then clear away work finished long ago."""
        running = DBOS.list_workflows(status="PENDING", load_input=False, load_output=False)
        dead = sorted({str(work.executor_id) for work in running if work.executor_id} - living)
        if dead:
            DBOS._recover_pending_workflows(dead)
        if next(self._beats) % TIDY_BEATS == 0:
            self._tidy()

    def _tidy(self) -> None:
        before = (self.store.clock() - KEEP_FINISHED).isoformat()
        finished = DBOS.list_workflows(status=["SUCCESS", "ERROR"], completed_before=before, limit=_TIDY_AT_ONCE, load_input=False, load_output=False)
        if finished:
            DBOS.delete_workflows([work.workflow_id for work in finished])
