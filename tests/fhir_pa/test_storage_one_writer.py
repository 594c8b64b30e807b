"""One writer at a time on SQLite: everybody waits in line, and nobody is turned away or blocks a reader."""

from __future__ import annotations

import fcntl
import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import sqlalchemy as sa

from fhir_pa.storage import one_writer
from fhir_pa.storage.received import Received
from fhir_pa.storage.store import Store, open_store
from fhir_pa.storage.turn import Turn
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


def _connection(path: Path, turn: Turn) -> one_writer.OneWriter:
    connection = sqlite3.connect(path, factory=one_writer.OneWriter, isolation_level="IMMEDIATE")
    connection.turn = turn
    return connection


@pytest.mark.parametrize("ending", ["commit", "rollback", "close"])
def test_the_turn_is_had_from_the_first_write_to_the_end(tmp_path: Path, ending: str) -> None:
    turn = Turn(str(tmp_path / "db"))
    connection = _connection(tmp_path / "db", turn)
    connection.execute("CREATE TABLE t (a)")
    connection.execute("SELECT * FROM t")
    assert not turn.locked()
    connection.execute("\n  insert INTO t VALUES (1)")
    assert turn.locked()
    getattr(connection, ending)()
    assert not turn.locked()


def test_a_statement_that_fails_does_not_keep_the_turn(tmp_path: Path) -> None:
    turn = Turn(str(tmp_path / "db"))
    connection = _connection(tmp_path / "db", turn)
    with pytest.raises(sqlite3.OperationalError):
        connection.execute("CREATE TABLE broken (")
    assert not turn.locked()


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


WRITES_MANY = """
import sys
from pathlib import Path
from fhir_pa.storage.received import Received
from fhir_pa.storage.store import open_store
from tests import builders
store = open_store("", Path(sys.argv[1]))
for number in range(150):
    with store.transaction() as tx:
        tx.keep_received(Received(f"{sys.argv[2]}{number}", "submit", "c", "2.2", builders.NOON, b"x"))
"""


def test_several_processes_write_in_turn_and_none_is_refused(embedded: Store, tmp_path: Path) -> None:
    writers = [subprocess.Popen([sys.executable, "-c", WRITES_MANY, str(tmp_path), name]) for name in "abc"]
    assert [writer.wait() for writer in writers] == [0, 0, 0]
    with embedded.reading() as tx:
        assert all(tx.received(f"{name}{number}") for name in "abc" for number in range(150))


HAS_THE_TURN = """
import sys, time
from fhir_pa.storage.turn import Turn
turn = Turn(sys.argv[1])
assert turn.acquire(5)
print("writing", flush=True)
time.sleep(60)
"""


def test_the_turn_of_a_process_that_dies_comes_to_the_next(tmp_path: Path) -> None:
    turn = Turn(str(tmp_path / "db"))
    with subprocess.Popen([sys.executable, "-c", HAS_THE_TURN, str(tmp_path / "db")], stdout=subprocess.PIPE) as other:
        assert other.stdout is not None and other.stdout.readline() == b"writing\n"
        assert not turn.acquire(0.05) and not turn.locked()
        other.kill()
    assert turn.acquire(5)
    turn.release()
    turn.close()


def test_nobody_slips_in_before_who_stands_behind_the_writer(tmp_path: Path) -> None:
    writer, waiting, late = (Turn(str(tmp_path / "db")) for _ in range(3))
    assert writer.acquire(1)
    stands = os.open(tmp_path / "db.next", os.O_RDWR)
    fcntl.flock(stands, fcntl.LOCK_EX)
    writer.release()
    assert not late.acquire(0.05), "the place behind the writer is taken"
    os.close(stands)
    assert waiting.acquire(1)
    waiting.release()
