"""What every store stands on: one open database connection, a clock, and the queue of work for later."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any, Protocol

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

Clock = Callable[[], datetime]
LONGEST = 200  # characters; PostgreSQL indexes no more than 2,704 bytes


class Queue(Protocol):
    """Work for later that is kept by the same transaction as everything else, or not at all."""

    def enqueue(self, connection: sa.Connection, key: str, subscription_id: str, delay_seconds: float = 0.0) -> None:
        """See to this subscription's waiting notices, once for each key, after the delay."""

    def unfinished(self, connection: sa.Connection) -> list[str]:
        """The keys of all that is queued, delayed or running."""


@dataclass
class Ground:
    """The connection of one open transaction and what its stores need besides."""

    connection: sa.Connection
    clock: Clock
    queue: Queue

    @property
    def on_postgresql(self) -> bool:
        """Whether this is PostgreSQL, where other processes write at the same time."""
        return self.connection.dialect.name == "postgresql"

    def rows(self, statement: sa.Select[Any]) -> list[Any]:
        """Every row of the selection."""
        return list(self.connection.execute(statement))

    def row(self, statement: sa.Select[Any]) -> Any:
        """The first row of the selection, or None."""
        return self.connection.execute(statement).first()

    def insert_new(self, table: sa.Table, values: Mapping[str, Any]) -> bool:
        """Insert unless a row with the same key stands already; whether it was inserted."""
        insert = postgresql.insert if self.on_postgresql else sqlite.insert
        inserted = insert(table).values(**values).on_conflict_do_nothing().returning(*table.primary_key)
        return self.connection.execute(inserted).first() is not None

    def insert_missing(self, table: sa.Table, rows: list[dict[str, Any]]) -> None:
        """Insert the rows whose keys do not stand yet."""
        if rows:
            insert = postgresql.insert if self.on_postgresql else sqlite.insert
            self.connection.execute(insert(table).on_conflict_do_nothing(), rows)

    def one_at_a_time(self, *names: str) -> None:
        """Wait until no other transaction holds these names; SQLite has one writer anyway."""
        if self.on_postgresql:
            key = int.from_bytes(sha256("\x1f".join(names).encode()).digest()[:8], "big", signed=True)
            self.connection.execute(sa.select(sa.func.pg_advisory_xact_lock(key)))


def short(text: str) -> str:
    """The text as it may stand in an index: itself, or its fingerprint when a sender made it very long.

    >>> short("SYN-01"), len(short("9" * 5000))
    ('SYN-01', 64)
    """
    return text if len(text) <= LONGEST else sha256(text.encode()).hexdigest()


def packed(body: bytes) -> bytes:
    """The bytes, compressed for keeping: half the space for a fraction of a millisecond."""
    return zlib.compress(body, 3)


def unpacked(kept: bytes) -> bytes:
    """The bytes as they were before ``packed``."""
    return zlib.decompress(kept)
