"""kill -9 at the worst moment loses no notice: real processes, a real receiver, both databases."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest

from fhir_pa.pas.notice import NoticeState
from fhir_pa.pas.subscription import SubscriptionStatus
from fhir_pa.storage.store import Store, open_store
from fhir_pa.work.alone import Alone
from ig_profiles.outcome import Conflict
from tests import builders
from tests.fhir_pa.storage_fixtures import store, subscription

__all__ = ["store"]

ROOT = Path(__file__).parents[2]
Spawn = Callable[..., subprocess.Popen[str]]


@dataclass
class Receiver:
    """A rest-hook receiver on loopback that can be told to let callers wait, or to fail now and then."""

    url: str = ""
    told: list[dict[str, Any]] = field(default_factory=list)
    open: Event = field(default_factory=Event)
    refuse_every: int = 0

    def answer(self, said: dict[str, Any]) -> int:
        self.told.append(said)
        self.open.wait(30)
        return 500 if self.refuse_every and len(self.told) % self.refuse_every == 0 else 200

    def events(self, subscription_id: str = "s1") -> list[int]:
        return [said["event"] for said in self.told if said["subscription"] == subscription_id]


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    told = Receiver()
    told.open.set()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            said = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            status = told.answer(said)
            try:
                self.send_response(status)
                self.end_headers()
            except OSError:  # the caller was killed meanwhile
                pass

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    told.url = f"http://127.0.0.1:{server.server_port}/"
    Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    yield told
    told.open.set()
    server.shutdown()
    server.server_close()


@pytest.fixture
def spawn() -> Iterator[Spawn]:
    """Start a process of ``work_process`` and wait until it speaks; none outlives the test."""
    started: list[subprocess.Popen[str]] = []

    def start(role: str, *arguments: object) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "tests.fhir_pa.work_process", role, *map(str, arguments)]
        process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
        started.append(process)
        assert process.stdout is not None
        assert process.stdout.readline().strip() in ("ready", "kept")
        return process

    yield start
    for process in started:
        process.kill()
        process.wait()
        assert process.stdout is not None
        process.stdout.close()


def until(true: Callable[[], bool], seconds: float = 60.0) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)


def kill(process: subprocess.Popen[str]) -> None:
    process.send_signal(signal.SIGKILL)
    process.wait()


def happen(store: Store, times: int, identities: tuple[str, ...] = ("s1",)) -> None:
    """So many changes of one authorization to which these active subscriptions listen."""
    with store.transaction() as tx:
        for identity in identities:
            tx.add_subscription(subscription(identity))
        tx.add(builders.authorization())
        tx.notify(builders.authorization(), "pended", builders.NOON)
    for revision in range(2, times + 1):
        with store.transaction() as tx:
            changed = replace(builders.authorization(), revision=revision)
            tx.save(changed)
            tx.notify(changed, "changed", builders.NOON)


def all_delivered(store: Store) -> bool:
    with store.reading() as tx:
        return all(notice.state is NoticeState.DELIVERED for notice in tx.notices())


@pytest.mark.pas_trap(58)
def test_a_worker_killed_in_the_middle_of_a_delivery_loses_nothing(store: Store, database_url: str, receiver: Receiver, spawn: Spawn, tmp_path: Path) -> None:
    happen(store, 3)
    receiver.open.clear()
    first = spawn("worker", database_url, tmp_path, receiver.url)
    until(lambda: receiver.events() == [1])
    kill(first)
    receiver.open.set()
    spawn("worker", database_url, tmp_path, receiver.url)
    until(lambda: all_delivered(store))
    assert receiver.events() == [1, 1, 2, 3]


def test_a_server_killed_right_after_it_answered_loses_neither_authorization_nor_notice(
    store: Store, database_url: str, receiver: Receiver, spawn: Spawn, tmp_path: Path
) -> None:
    with store.transaction() as tx:
        tx.add_subscription(subscription())
    kill(spawn("server", database_url, tmp_path))
    spawn("worker", database_url, tmp_path, receiver.url)
    until(lambda: receiver.events() == [1])
    until(lambda: all_delivered(store))
    with store.reading() as tx:
        assert tx.authorization("PA0001") == builders.authorization()


def test_a_new_subscription_is_greeted_and_told_what_happens(store: Store, database_url: str, receiver: Receiver, spawn: Spawn, tmp_path: Path) -> None:
    spawn("worker", database_url, tmp_path, receiver.url)
    with store.transaction() as tx:
        tx.add_subscription(subscription(status=SubscriptionStatus.REQUESTED))
    until(lambda: receiver.events() == [0])
    until(lambda: all_delivered(store))
    with store.transaction() as tx:
        assert tx.subscription("s1").status is SubscriptionStatus.ACTIVE
        tx.add(builders.authorization())
        tx.notify(builders.authorization(), "pended", builders.NOON)
    until(lambda: receiver.events() == [0, 1])


def test_a_worker_that_is_asked_to_stop_finishes_and_the_next_one_continues(
    store: Store, database_url: str, receiver: Receiver, spawn: Spawn, tmp_path: Path
) -> None:
    happen(store, 3)
    receiver.open.clear()
    first = spawn("worker", database_url, tmp_path, receiver.url)
    until(lambda: receiver.events() == [1])
    first.terminate()
    time.sleep(0.5)
    receiver.open.set()
    assert first.wait(timeout=30) == 0
    assert receiver.events() == [1]
    spawn("worker", database_url, tmp_path, receiver.url)
    until(lambda: all_delivered(store))
    assert receiver.events() == [1, 2, 3]


def test_on_postgresql_another_worker_takes_over_from_a_killed_one(postgresql_url: str, receiver: Receiver, spawn: Spawn, tmp_path: Path) -> None:
    store = open_store(postgresql_url, tmp_path)
    workers = {process.pid: process for process in (spawn("worker", postgresql_url, tmp_path, receiver.url) for _ in range(2))}
    receiver.open.clear()
    happen(store, 3)
    until(lambda: receiver.events() == [1])
    kill(workers.pop(receiver.told[0]["pid"]))
    receiver.open.set()
    until(lambda: all_delivered(store))
    assert receiver.events() == [1, 1, 2, 3]
    assert {said["pid"] for said in receiver.told[1:]} == set(workers)
    store.close()


def test_on_postgresql_many_workers_share_the_work_and_each_subscriber_hears_in_order(
    postgresql_url: str, receiver: Receiver, spawn: Spawn, tmp_path: Path
) -> None:
    store = open_store(postgresql_url, tmp_path)
    everybody = tuple(f"s{number}" for number in range(1, 7))
    receiver.refuse_every = 5
    for _ in range(3):
        spawn("worker", postgresql_url, tmp_path, receiver.url)
    happen(store, 8, everybody)
    until(lambda: all_delivered(store))
    for identity in everybody:
        heard = receiver.events(identity)
        assert sorted(set(heard)) == list(range(1, 9))
        assert heard == sorted(heard)
    assert len({said["pid"] for said in receiver.told}) > 1
    store.close()


def test_an_embedded_database_takes_one_worker_and_says_so(tmp_path: Path) -> None:
    first, second = Alone(tmp_path / "db.worker"), Alone(tmp_path / "db.worker")
    first.take()
    with pytest.raises(Conflict, match="start this server with --no-worker, or use PostgreSQL"):
        second.take(wait_seconds=0.0)
    first.give_back()
    second.take(wait_seconds=0.0)
    second.give_back()
