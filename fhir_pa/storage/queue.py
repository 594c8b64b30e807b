"""The queue of work for later, inside our own transaction: DBOS behind one method, on the engine the stores use.

Either the decision and the work it asks for are both kept, or neither is. Any process may enqueue; only workers run it.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from dbos import DBOS, DBOSClient, DBOSPortableJSONSerializer, EnqueueOptions

SCHEMA = "dbos"
QUEUE = "notices"
WORKFLOW = "tell_subscriber"
BEAT = "beat_for_subscriber"
WEIGH = "weigh_authorization"
LOOK = "look_at_the_clocks"
SLOTS = 8  # deliveries at once in each worker; every slot may need two connections
POLLING_SECONDS = 0.1  # how soon a worker notices work
APPLICATION = "fhir-pa"
APPLICATION_VERSION = "1"  # raise only when work already queued could not be read any more
UNFINISHED = {"DELAYED": "delayed", "ENQUEUED": "queued", "PENDING": "running"}
SERIALIZER = DBOSPortableJSONSerializer()  # the default is pickle


class DurableQueue:
    """Enqueueing without running anything."""

    def __init__(self, engine: sa.Engine) -> None:
        self._client = DBOSClient(system_database_engine=engine, dbos_system_schema=SCHEMA, serializer=SERIALIZER, application_name=APPLICATION)

    def enqueue(self, connection: sa.Connection, key: str, subscription_id: str, delay_seconds: float = 0.0) -> None:
        """See to this subscription's waiting notices, once for each key, after the delay."""
        self._enqueue(connection, WORKFLOW, key, subscription_id, delay_seconds)

    def enqueue_beat(self, connection: sa.Connection, key: str, subscription_id: str, delay_seconds: float) -> None:
        """See whether this subscription is due a heartbeat, once for each key, after the delay."""
        self._enqueue(connection, BEAT, key, subscription_id, delay_seconds)

    def enqueue_weighing(self, connection: sa.Connection, key: str, number: str) -> None:
        """Weigh what is not weighed yet of this authorization, once for each key."""
        self._enqueue(connection, WEIGH, key, number, 0.0)

    def enqueue_look(self, connection: sa.Connection, key: str, delay_seconds: float) -> None:
        """Look at the clocks, once for each key, after the delay."""
        self._enqueue(connection, LOOK, key, key, delay_seconds)

    def _enqueue(self, connection: sa.Connection, workflow: str, key: str, about: str, delay_seconds: float) -> None:
        options: EnqueueOptions = {"workflow_name": workflow, "queue_name": QUEUE, "workflow_id": key, "app_version": APPLICATION_VERSION}
        if delay_seconds > 0:
            options["delay_seconds"] = delay_seconds
        self._client.enqueue_in_transaction(connection, options, about)

    def unfinished(self, connection: sa.Connection) -> list[str]:
        """The keys of all that is queued, delayed or running."""
        work = _work(connection)
        open_ = sa.select(work.c.workflow_uuid).where(work.c.status.in_(UNFINISHED))
        return [row.workflow_uuid for row in connection.execute(open_.order_by(work.c.workflow_uuid))]

    def counted(self, connection: sa.Connection) -> list[dict[str, Any]]:
        """All that is queued, delayed or running, counted by kind of work (``name``) and ``state``; ``oldest`` is when the first was put there."""
        work = _work(connection)
        asked = sa.select(work.c.name, work.c.status, sa.func.count(), sa.func.min(work.c.created_at)).where(work.c.status.in_(UNFINISHED))
        rows = connection.execute(asked.group_by(work.c.name, work.c.status).order_by(work.c.name, work.c.status))
        return [{"name": name, "state": UNFINISHED[state], "count": count, "oldest": _moment(oldest)} for name, state, count, oldest in rows]

    def listed(self, connection: sa.Connection, name: str, first: int, most: int) -> list[dict[str, Any]]:
        """So many pieces of this kind of work that are queued, delayed or running, the oldest first."""
        work = _work(connection)
        asked = sa.select(work).where(work.c.status.in_(UNFINISHED), work.c.name == name).order_by(work.c.created_at, work.c.workflow_uuid)
        rows = connection.execute(asked.limit(most).offset(first))
        return [{"key": each.workflow_uuid, "state": UNFINISHED[each.status], "since": _moment(each.created_at)} for each in rows]

    def register(self) -> None:
        """Tell the workers how this queue is worked through."""
        self._client.register_queue(QUEUE, worker_concurrency=SLOTS, polling_interval_sec=POLLING_SECONDS)

    def close(self) -> None:
        """Let go of what the client holds; the engine stays."""
        self._client.destroy()


def _work(connection: sa.Connection) -> sa.TableClause:
    """The queue's own table of work, as far as we read it."""
    schema = SCHEMA if connection.dialect.name == "postgresql" else None
    return sa.table("workflow_status", *(sa.column(name) for name in ("workflow_uuid", "status", "name", "created_at")), schema=schema)


def _moment(milliseconds: int) -> datetime:
    return datetime.fromtimestamp(milliseconds / 1000, UTC)


def prepare(engine: sa.Engine) -> None:
    """Create or bring up to date the queue's own tables; several processes may do so at once."""
    DBOS.migrate(engine.url.render_as_string(hide_password=False), schema=SCHEMA)
