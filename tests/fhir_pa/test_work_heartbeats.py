"""Heartbeats: heard in every period in which nothing else was told, by durable work, as long as the subscription lives."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from fhir_pa.pas.notice import NoticeKind
from fhir_pa.pas.subscription import SubscriptionStatus
from fhir_pa.storage import heartbeats
from fhir_pa.storage.store import Store, open_store
from fhir_pa.work.worker import open_work
from tests import builders
from tests.fhir_pa.storage_fixtures import subscription
from tests.fhir_pa.test_work_telling import Receiver, happen, tell
from tests.stories.servers import until

PERIOD = 60


@dataclass
class Clock:
    """A clock the test turns."""

    now: datetime = builders.NOON

    def __call__(self) -> datetime:
        return self.now

    def turn(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(tmp_path: Path, clock: Clock, database_url: str) -> Iterator[Store]:
    """A store with a subscription that asked for a heartbeat a minute, its handshake just heard."""
    opened = open_store(database_url, tmp_path, clock)
    with opened.transaction() as tx:
        tx.add_subscription(subscription(status=SubscriptionStatus.REQUESTED, heartbeat_seconds=PERIOD))
    tell(opened, Receiver())
    yield opened
    opened.close()


def beats(store: Store) -> list[str]:
    """The keys of the beats that are queued."""
    with store.reading() as tx:
        return [key for key in tx.queued() if ":beat:" in key]


def beat(store: Store, number: int = 1, begun: int = 1) -> bool:
    """Do this beat's work."""
    with store.transaction() as tx:
        return tx.beat_for("s1", f"s1:beat:{begun}:{number}")


def heard(store: Store) -> list[NoticeKind]:
    receiver = Receiver()
    tell(store, receiver)
    return [notice.kind for notice in receiver.notices]


@pytest.mark.pas_trap(56)
def test_the_handshake_asks_for_the_first_beat_and_each_beat_for_the_next(store: Store, clock: Clock) -> None:
    assert beats(store) == ["s1:beat:1:1"]
    clock.turn(PERIOD)
    assert beat(store) and heard(store) == [NoticeKind.HEARTBEAT]
    assert beats(store) == ["s1:beat:1:1", "s1:beat:1:2"]


def test_who_asked_for_none_gets_none(tmp_path: Path, clock: Clock) -> None:
    plain = open_store("", tmp_path / "plain", clock)
    with plain.transaction() as tx:
        tx.add_subscription(subscription(status=SubscriptionStatus.REQUESTED))
    tell(plain, Receiver())
    assert beats(plain) == []
    plain.close()


def test_an_event_within_the_period_is_sign_of_life_enough(store: Store, clock: Clock) -> None:
    clock.turn(PERIOD - 20)
    happen(store)
    assert heard(store) == [NoticeKind.EVENT]
    clock.turn(20)
    assert beat(store) and heard(store) == []
    clock.turn(PERIOD - 20)
    assert beat(store, 2) and heard(store) == [NoticeKind.HEARTBEAT]


def test_a_beat_done_twice_after_a_crash_is_heard_once(store: Store, clock: Clock) -> None:
    clock.turn(PERIOD)
    assert beat(store) and beat(store)
    assert heard(store) == [NoticeKind.HEARTBEAT]
    assert beat(store) and heard(store) == []
    assert beats(store) == ["s1:beat:1:1", "s1:beat:1:2"]


def test_a_heartbeat_counts_as_no_event_and_those_that_were_heard_are_not_kept_for_ever(store: Store, clock: Clock) -> None:
    for number in (1, 2, 3):
        clock.turn(PERIOD)
        beat(store, number)
        heard(store)
    with store.reading() as tx:
        assert [each.kind for each in tx.notices("s1")] == [NoticeKind.HANDSHAKE, NoticeKind.HEARTBEAT]
        assert tx.subscription("s1").events_sent == 0


def test_another_handshake_begins_another_line_and_ends_this_one(store: Store, clock: Clock) -> None:
    with store.transaction() as tx:
        tx.save_subscription(subscription(status=SubscriptionStatus.REQUESTED, heartbeat_seconds=PERIOD))
    assert heard(store) == [NoticeKind.HANDSHAKE]
    clock.turn(PERIOD)
    assert not beat(store, 1, begun=1)
    assert beat(store, 1, begun=2)
    assert "s1:beat:1:2" not in beats(store) and "s1:beat:2:2" in beats(store)


@pytest.mark.parametrize("ending", [{"status": SubscriptionStatus.OFF}, {"ends_at": builders.NOON + timedelta(seconds=PERIOD)}])
def test_a_subscription_that_is_off_or_at_its_end_hears_no_more(store: Store, clock: Clock, ending: dict[str, Any]) -> None:
    with store.transaction() as tx:
        tx.save_subscription(subscription(heartbeat_seconds=PERIOD, **ending))
    clock.turn(PERIOD)
    happen(store)
    assert not beat(store) and heard(store) == []
    with store.reading() as tx:
        assert tx.subscription("s1").status is SubscriptionStatus.OFF


def test_a_subscription_that_is_gone_ends_its_line(store: Store) -> None:
    with store.transaction() as tx:
        tx.delete_subscription("s1")
    assert not beat(store)


def test_a_running_worker_beats_by_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(heartbeats, "LEAST_SECONDS", 1)
    store, receiver = open_store("", tmp_path), Receiver()
    with store.transaction() as tx:
        tx.add_subscription(subscription(status=SubscriptionStatus.REQUESTED, heartbeat_seconds=1))
    work = open_work(store, receiver)
    work.start()
    try:
        until(lambda: len(receiver.notices) >= 3, "two heartbeats follow the handshake", 30)
    finally:
        work.stop(1)
        store.close()
    assert [notice.kind for notice in receiver.notices[:3]] == [NoticeKind.HANDSHAKE, NoticeKind.HEARTBEAT, NoticeKind.HEARTBEAT]
