"""One writer at a time: SQLite connections that wait for their turn (``turn.py``) instead of in SQLite's busy handler.

The turn is taken under the driver, so every write through the engine takes it, ours and those of the work queue.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Self

from fhir_pa.storage.turn import Turn

WAIT_SECONDS = 30.0
_WRITES = frozenset({"BEGIN", "INSERT", "UPDATE", "DELETE", "REPLACE", "CREATE", "ALTER", "DROP"})
_READ_TRANSACTION = "BEGIN DEFERRED"


class OneWriter(sqlite3.Connection):
    """A connection that has its engine's turn from the first write until commit, rollback or close."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.turn: Turn | None = None
        self.holding = False

    def cursor(self, factory: Any = None) -> Any:
        """A cursor that takes the turn before it writes."""
        return super().cursor(factory or _Cursor)

    def execute(self, statement: str, parameters: Any = ()) -> Any:
        """As the driver's shortcut, through our cursor."""
        return self.cursor().execute(statement, parameters)

    @contextmanager
    def left_to_the_system(self) -> Iterator[None]:
        """What is committed in this block is with the operating system when the commit returns, not yet on the disk."""
        self.execute("PRAGMA synchronous=NORMAL")
        try:
            yield
        finally:
            self.execute("PRAGMA synchronous=FULL")

    def take(self, statement: str) -> None:
        """Have the turn when this statement begins a write; raises OperationalError after WAIT_SECONDS."""
        if self.turn is None or self.holding or self.in_transaction or statement == _READ_TRANSACTION:
            return
        if statement.lstrip()[:7].split(" ", 1)[0].split("\n", 1)[0].upper() not in _WRITES:
            return
        if not self.turn.acquire(timeout=WAIT_SECONDS):
            raise sqlite3.OperationalError("database is locked: another writer did not finish")
        self.holding = True

    def give_back_unless_open(self) -> None:
        """Let the next writer go, unless a transaction is still open here."""
        if self.holding and not self.in_transaction:
            self._give_back()

    def commit(self) -> None:
        try:
            super().commit()
        finally:
            self.give_back_unless_open()

    def rollback(self) -> None:
        try:
            super().rollback()
        finally:
            self.give_back_unless_open()

    def close(self) -> None:
        try:
            super().close()
        finally:
            if self.holding:
                self._give_back()

    def _give_back(self) -> None:
        self.holding = False
        if self.turn is not None:
            self.turn.release()


class _Cursor(sqlite3.Cursor):
    connection: OneWriter

    def execute(self, statement: str, parameters: Any = ()) -> Self:
        self.connection.take(statement)
        try:
            return super().execute(statement, parameters)
        finally:
            self.connection.give_back_unless_open()

    def executemany(self, statement: str, parameters: Any) -> Self:
        self.connection.take(statement)
        try:
            return super().executemany(statement, parameters)
        finally:
            self.connection.give_back_unless_open()
