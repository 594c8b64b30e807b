"""What every store stands on: one open database connection, a clock, and the queue of work for later."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cache
from hashlib import sha256
from typing import Any, Protocol

import sqlalchemy as sa
from sqlalchemy.dialects import sqlite

Clock = Callable[[], datetime]
LONGEST = 200  # characters; PostgreSQL indexes no more than 2,704 bytes


class Queue(Protocol):
    """Work for later that is kept by the same transaction as everything else, or not at all."""

    def enqueue(self, connection: sa.Connection, key: str, subscription_id: str, delay_seconds: float = 0.0) -> None:
        """See to this subscription's waiting notices, once for each key, after the delay."""

    def enqueue_beat(self, connection: sa.Connection, key: str, subscription_id: str, delay_seconds: float) -> None:
        """See whether this subscription is due a heartbeat, once for each key, after the delay."""

    def enqueue_look(self, connection: sa.Connection, key: str, delay_seconds: float) -> None:
        """Look at the clocks, once for each key, after the delay."""

    def unfinished(self, connection: sa.Connection) -> list[str]:
        """The keys of all that is queued, delayed or running."""

    def counted(self, connection: sa.Connection) -> list[dict[str, Any]]:
        """The same, counted by kind of work and state."""

    def listed(self, connection: sa.Connection, name: str, first: int, most: int) -> list[dict[str, Any]]:
        """So many pieces of one kind of work, the oldest first."""

    def enqueue_weighing(self, connection: sa.Connection, key: str, number: str) -> None:
        """Weigh what is not weighed yet of this authorization, once for each key."""


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

    def row(self, statement: sa.Select[Any], **values: Any) -> Any:
        """The first row of the selection, or None; ``values`` are for its parameters.

        A statement made once, with parameters, is run in a tenth of the time of one made for each question.
        """
        return self.connection.execute(statement, values).first()

    def insert(self, table: sa.Table, values: Mapping[str, Any] | list[dict[str, Any]]) -> None:
        """Insert one row, or several."""
        first = values[0] if isinstance(values, list) else values
        self.connection.execute(_insert(table, tuple(first)), values)

    def insert_new(self, table: sa.Table, values: Mapping[str, Any]) -> bool:
        """Insert unless a row with the same key stands already; whether it was inserted."""
        return self.connection.execute(_insert_or_leave(table, tuple(values), returning=True), values).first() is not None

    def insert_missing(self, table: sa.Table, rows: list[dict[str, Any]]) -> None:
        """Insert the rows whose keys do not stand yet."""
        if rows:
            self.connection.execute(_insert_or_leave(table, tuple(rows[0]), returning=False), rows)

    def one_at_a_time(self, *names: str) -> None:
        """Wait until no other transaction holds these names; SQLite has one writer anyway."""
        if self.on_postgresql:
            key = int.from_bytes(sha256("\x1f".join(names).encode()).digest()[:8], "big", signed=True)
            self.connection.execute(sa.select(sa.func.pg_advisory_xact_lock(key)))


@cache
def _insert(table: sa.Table, columns: tuple[str, ...]) -> sa.TextClause:
    """INSERT as text, written once for each table and choice of columns."""
    return _written(sqlite.insert(table), table, columns)


@cache
def _insert_or_leave(table: sa.Table, columns: tuple[str, ...], returning: bool) -> sa.TextClause:
    """INSERT … ON CONFLICT DO NOTHING as text, written once: SQLAlchemy would compile its own form anew each time."""
    insert = sqlite.insert(table).on_conflict_do_nothing()
    return _written(insert.returning(*table.primary_key) if returning else insert, table, columns)


def _written(said: sa.ClauseElement, table: sa.Table, columns: tuple[str, ...]) -> sa.TextClause:
    """The statement as text: both databases read the same words; the columns' types still prepare the values."""
    words = str(said.compile(dialect=sqlite.dialect(paramstyle="named"), column_keys=list(columns)))
    return sa.text(words).bindparams(*(sa.bindparam(name, type_=table.c[name].type) for name in columns))


def told(row: Any) -> dict[str, Any]:
    """The row by the names of its columns, sums of PostgreSQL as whole numbers."""
    return {str(name): int(value) if isinstance(value, Decimal) else value for name, value in row._asdict().items()}


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
