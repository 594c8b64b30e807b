"""One writer at a time on SQLite: everybody waits in line, and nobody is turned away or blocks a reader."""

from __future__ import annotations

import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Lock

import pytest
import sqlalchemy as sa

from fhir_pa.storage import one_writer
from fhir_pa.storage.received import Received
from fhir_pa.storage.store import Store, open_store
from ig_profiles.outcome import Unavailable
from tests import builders

NORMAL, FULL = 1, 2  # as SQLite numbers them

@pytest.fixture
def embedded(tmp_path: Path) -> Iterator[Store]:
    opened = open_store("", tmp_path)
    yield opened
    opened.close()


def test_many_threads_write_and_none_is_refused(embedded: Store) -> None:
    def write(number: int) -> None:
        with embedded.transaction() as tx:
            tx.keep_received(Received(f"r{number}", "submit", "c", "2.2", builders.NOON, b"x"))

    with ThreadPoolExecutor(16) as pool:
        list(pool.map(write, range(200)))
    with embedded.reading() as tx:
        assert tx.received("r199").body == b"x"


def test_a_reader_does_not_wait_for_a_writer_and_sees_what_was_kept_before(embedded: Store) -> None:
    with embedded.transaction() as writing:
        writing.keep_secret("name", b"value")
        with embedded.reading() as tx:
            assert tx.secret("name") is None
    with embedded.reading() as tx:
        assert tx.secret("name") == b"value"


def test_a_writer_waits_for_the_writer_before_and_is_told_when_that_takes_too_long(embedded: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(one_writer, "WAIT_SECONDS", 0.05)
    with embedded.transaction(), pytest.raises(Unavailable, match="Nothing was kept; try again"), embedded.transaction():
        pass
    with embedded.transaction() as tx:
        assert tx.keep_secret("name", b"value") == b"value"


def _connection(path: Path, lock: Lock) -> one_writer.OneWriter:
    connection = sqlite3.connect(path, factory=one_writer.OneWriter, isolation_level="IMMEDIATE")
    connection.lock = lock
    return connection


@pytest.mark.parametrize("ending", ["commit", "rollback", "close"])
def test_the_lock_is_held_from_the_first_write_to_the_end(tmp_path: Path, ending: str) -> None:
    lock = Lock()
    connection = _connection(tmp_path / "db", lock)
    connection.execute("CREATE TABLE t (a)")
    connection.execute("SELECT * FROM t")
    assert not lock.locked()
    connection.execute("\n  insert INTO t VALUES (1)")
    assert lock.locked()
    getattr(connection, ending)()
    assert not lock.locked()


def test_a_statement_that_fails_does_not_keep_the_lock(tmp_path: Path) -> None:
    lock = Lock()
    connection = _connection(tmp_path / "db", lock)
    with pytest.raises(sqlite3.OperationalError):
        connection.execute("CREATE TABLE broken (")
    assert not lock.locked()


WRITES_AND_DIES = """
import os, signal, sys
from pathlib import Path
from fhir_pa.storage.store import open_store
store = open_store("", Path(sys.argv[1]))
with store.transaction("the process") as tx:
    tx.keep_secret("told", b"before the end")
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_what_need_not_outlive_the_machine_outlives_the_process_that_is_killed(tmp_path: Path) -> None:
    ended = subprocess.run([sys.executable, "-c", WRITES_AND_DIES, str(tmp_path)], check=False)
    assert ended.returncode == -signal.SIGKILL
    store = open_store("", tmp_path)
    with store.reading() as tx:
        assert tx.secret("told") == b"before the end"
    store.close()


def test_only_the_transaction_that_may_leaves_the_disk_to_the_system(embedded: Store) -> None:
    def synchronous(connection: sa.Connection) -> int:
        return int(connection.exec_driver_sql("PRAGMA synchronous").scalar_one())

    with embedded.transaction() as tx:
        assert synchronous(tx.connection) == FULL
    with embedded.transaction("the process") as tx:
        assert synchronous(tx.connection) == NORMAL
    with pytest.raises(ZeroDivisionError), embedded.transaction("the process"):
        raise ZeroDivisionError
    with embedded.engine.connect() as connection:
        assert synchronous(connection) == FULL
