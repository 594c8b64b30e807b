"""Telling subscribers: in order, at least once, patiently, and never past a subscriber's wish. On both databases."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from fhir_pa.pas.notice import DeliveryResult, Notice, NoticeKind, NoticeState
from fhir_pa.pas.subscription import SubscriptionStatus
from fhir_pa.storage.store import Store, open_store
from fhir_pa.um.case.authorization import Authorization
from fhir_pa.work.patience import Patience
from fhir_pa.work.telling import Teller
from ig_profiles.outcome import Conflict
from tests import builders
from tests.fhir_pa.storage_fixtures import store, subscription

__all__ = ["store"]

HEARD = DeliveryResult(delivered=True)
DEAF = DeliveryResult(delivered=False, because="The receiver answered 500.")


@dataclass
class Receiver:
    """A subscriber that answers as told, then hears everything."""

    answers: list[DeliveryResult] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)

    def __call__(self, notice: Notice) -> DeliveryResult:
        self.notices.append(notice)
        return self.answers.pop(0) if self.answers else HEARD

    @property
    def events(self) -> list[int]:
        return [notice.event_number for notice in self.notices]


def tell(store: Store, receiver: Callable[[Notice], DeliveryResult], patience: Patience | None = None, holder: str = "w") -> None:
    Teller(store, receiver, patience or Patience(), lambda: 1.0).tell("s1", holder, lambda: False)


def happen(store: Store, times: int = 1) -> Authorization:
    """So many changes of one authorization, each kept and told in its own transaction; returns its last revision."""
    with store.transaction() as tx:
        known = tx.of_member([builders.MEMBER])
        last = known[0] if known else builders.authorization()
        if not known:
            tx.add(last)
            times -= 1
            tx.notify(last, "pended", builders.NOON)
    for _ in range(times):
        with store.transaction() as tx:
            last = replace(last, revision=last.revision + 1)
            tx.save(last)
            tx.notify(last, "changed", builders.NOON)
    return last


def states(store: Store) -> list[NoticeState]:
    with store.reading() as tx:
        return [notice.state for notice in sorted(tx.notices("s1"), key=lambda notice: notice.position)]


@pytest.fixture
def subscribed(store: Store) -> Store:
    with store.transaction() as tx:
        tx.add_subscription(subscription())
    return store


@pytest.mark.pas_trap(54)
def test_events_are_numbered_from_one_and_heard_in_order(subscribed: Store) -> None:
    receiver = Receiver()
    happen(subscribed, 4)
    tell(subscribed, receiver)
    assert receiver.events == [1, 2, 3, 4]
    assert states(subscribed) == [NoticeState.DELIVERED] * 4
    with subscribed.reading() as tx:
        assert tx.subscription("s1").events_sent == 4


def test_one_worker_is_called_for_a_line_however_long_it_grows(subscribed: Store) -> None:
    happen(subscribed, 3)
    with subscribed.reading() as tx:
        assert tx.queued() == ["s1:1:1"]


def test_a_worker_is_called_again_when_the_line_was_empty(subscribed: Store) -> None:
    happen(subscribed)
    tell(subscribed, Receiver())
    happen(subscribed)
    with subscribed.reading() as tx:
        assert tx.queued() == ["s1:1:1", "s1:2:1"]


@pytest.mark.pas_trap(45)
def test_what_is_heard_is_the_authorization_as_it_stands_never_an_older_state(subscribed: Store) -> None:
    receiver = Receiver()
    last = happen(subscribed, 2)
    tell(subscribed, receiver)
    assert [notice.revision for notice in receiver.notices] == [1, 2]
    assert [notice.authorization for notice in receiver.notices] == [last, last]


def test_what_was_not_heard_is_told_again_later_and_nothing_overtakes_it(subscribed: Store) -> None:
    receiver = Receiver([DEAF])
    happen(subscribed, 2)
    tell(subscribed, receiver)
    assert states(subscribed) == [NoticeState.WAITING, NoticeState.WAITING]
    with subscribed.reading() as tx:
        assert "s1:1:2" in tx.queued()
        assert tx.notices("s1")[0].because == "The receiver answered 500."
    tell(subscribed, receiver)
    assert receiver.events == [1, 1, 2]
    assert [notice.attempt for notice in receiver.notices] == [1, 2, 1]


@pytest.fixture
def several(store: Store) -> Store:
    """A subscriber that takes three events in one notification."""
    with store.transaction() as tx:
        tx.add_subscription(subscription(max_count=3))
    return store


def told_together(receiver: Receiver) -> list[list[int]]:
    return [[each.event_number for each in notice.together] for notice in receiver.notices]


def test_a_subscriber_that_takes_several_events_at_once_hears_all_that_wait_in_order_and_never_more(several: Store) -> None:
    receiver = Receiver()
    happen(several, 5)
    tell(several, receiver)
    assert told_together(receiver) == [[1, 2, 3], [4, 5]]
    assert states(several) == [NoticeState.DELIVERED] * 5


def test_several_that_were_not_heard_are_told_together_again_with_what_came_since(several: Store) -> None:
    receiver = Receiver([DEAF])
    happen(several, 2)
    tell(several, receiver)
    assert states(several) == [NoticeState.WAITING] * 2, "none of them is settled by an attempt that failed"
    happen(several, 2)
    tell(several, receiver)
    assert told_together(receiver) == [[1, 2], [1, 2, 3], [4]]


def test_several_that_are_given_up_stay_in_order_for_whoever_has_them_told_again(several: Store) -> None:
    happen(several, 4)
    tell(several, Receiver([DEAF]), Patience(attempts=1))
    assert states(several) == [NoticeState.UNDELIVERABLE, *[NoticeState.UNSENT] * 3]
    with several.transaction() as tx:
        tx.save_subscription(subscription(max_count=3, status=SubscriptionStatus.ACTIVE))
        assert tx.redeliver("s1") == 4
    receiver = Receiver()
    tell(several, receiver)
    assert told_together(receiver) == [[1, 2, 3], [4]]


def test_a_handshake_is_told_alone_and_a_subscriber_that_did_not_ask_hears_one_event_at_a_time(store: Store) -> None:
    with store.transaction() as tx:
        tx.add_subscription(subscription(max_count=9, status=SubscriptionStatus.REQUESTED))
    happen(store, 2)
    receiver = Receiver()
    tell(store, receiver)
    assert [notice.kind for notice in receiver.notices] == [NoticeKind.HANDSHAKE, NoticeKind.EVENT] and told_together(receiver)[1] == [1, 2]


def test_a_worker_that_comes_late_with_several_settles_none_of_them(several: Store) -> None:
    happen(several, 2)
    with several.transaction() as tx:
        late = tx.take("s1", "late", 60)
    assert late is not None and len(late.together) == 2
    with several.transaction() as tx:
        tx.withdraw("s1")
    with several.transaction() as tx:
        assert tx.delivered(late) is False
    assert states(several) == [NoticeState.WITHDRAWN] * 2


def test_after_the_last_attempt_the_notice_is_a_dead_letter_and_the_subscription_in_error(subscribed: Store) -> None:
    receiver = Receiver([DEAF] * 3)
    happen(subscribed, 2)
    for _ in range(3):
        tell(subscribed, receiver, Patience(attempts=3))
    assert receiver.events == [1, 1, 1]
    assert states(subscribed) == [NoticeState.UNDELIVERABLE, NoticeState.UNSENT]
    with subscribed.reading() as tx:
        assert tx.subscription("s1").status is SubscriptionStatus.ERROR
        assert tx.notices(state=NoticeState.UNDELIVERABLE)[0].because == "The receiver answered 500."


def test_events_after_an_error_still_count_but_nobody_is_called(subscribed: Store) -> None:
    happen(subscribed)
    tell(subscribed, Receiver([DEAF]), Patience(attempts=1))
    with subscribed.reading() as tx:
        before = tx.queued()
    happen(subscribed)
    assert states(subscribed) == [NoticeState.UNDELIVERABLE, NoticeState.UNSENT]
    with subscribed.reading() as tx:
        assert tx.queued() == before
        assert tx.subscription("s1").events_sent == 2


def test_a_subscriber_that_comes_back_shakes_hands_and_hears_the_next_event_under_the_next_number(subscribed: Store) -> None:
    happen(subscribed)
    tell(subscribed, Receiver([DEAF]), Patience(attempts=1))
    receiver = Receiver()
    with subscribed.transaction() as tx:
        tx.save_subscription(subscription(status=SubscriptionStatus.REQUESTED))
    happen(subscribed)
    tell(subscribed, receiver)
    assert [(notice.kind, notice.event_number) for notice in receiver.notices] == [(NoticeKind.HANDSHAKE, 0), (NoticeKind.EVENT, 2)]
    with subscribed.reading() as tx:
        assert tx.subscription("s1").status is SubscriptionStatus.ACTIVE


def test_a_hopeless_attempt_is_the_last(subscribed: Store) -> None:
    happen(subscribed)
    tell(subscribed, Receiver([replace(DEAF, hopeless=True)]))
    assert states(subscribed) == [NoticeState.UNDELIVERABLE]


def test_a_defect_while_sending_counts_as_an_attempt_and_its_words_are_not_kept(subscribed: Store) -> None:
    def broken(_notice: Notice) -> DeliveryResult:
        raise KeyError("Orla Penhallow")

    happen(subscribed)
    tell(subscribed, broken)
    with subscribed.reading() as tx:
        assert tx.notices("s1")[0].because == "It could not be sent (KeyError)."
        assert "s1:1:2" in tx.queued()


# --- handshakes -------------------------------------------------------------------------------------------------------
@pytest.fixture
def requested(store: Store) -> Store:
    with store.transaction() as tx:
        tx.add_subscription(subscription(status=SubscriptionStatus.REQUESTED))
    return store


def test_a_new_subscription_becomes_active_when_it_answers_the_handshake(requested: Store) -> None:
    receiver = Receiver()
    with requested.reading() as tx:
        assert tx.subscription("s1").status is SubscriptionStatus.REQUESTED
    tell(requested, receiver)
    with requested.reading() as tx:
        assert tx.subscription("s1").status is SubscriptionStatus.ACTIVE
        assert tx.subscription("s1").events_sent == 0


@pytest.mark.pas_trap(52)
def test_a_short_series_of_failures_is_still_one_handshake(requested: Store) -> None:
    receiver = Receiver([DEAF] * 3)
    for _ in range(4):
        tell(requested, receiver)
    assert [notice.kind for notice in receiver.notices] == [NoticeKind.HANDSHAKE] * 4
    with requested.reading() as tx:
        assert tx.subscription("s1").status is SubscriptionStatus.ACTIVE


def test_a_handshake_that_fails_to_the_end_turns_the_subscription_to_error(requested: Store) -> None:
    for _ in range(4):
        tell(requested, Receiver([DEAF]))
    with requested.reading() as tx:
        assert tx.subscription("s1").status is SubscriptionStatus.ERROR


def test_an_event_that_comes_before_the_handshake_waits_behind_it(requested: Store) -> None:
    receiver = Receiver()
    happen(requested)
    tell(requested, receiver)
    assert [notice.kind for notice in receiver.notices] == [NoticeKind.HANDSHAKE, NoticeKind.EVENT]


# --- several workers --------------------------------------------------------------------------------------------------
def test_two_workers_never_tell_the_same_subscriber_at_once(subscribed: Store) -> None:
    second = Receiver()

    def first(_notice: Notice) -> DeliveryResult:
        tell(subscribed, second, holder="another")
        return HEARD

    happen(subscribed, 2)
    tell(subscribed, first)
    assert second.notices == []
    assert states(subscribed) == [NoticeState.DELIVERED] * 2


def test_a_worker_that_comes_back_late_settles_nothing_twice(subscribed: Store) -> None:
    """The same work, taken over while the first worker was frozen in the middle of a delivery."""
    heir = Receiver([DEAF])

    def frozen(_notice: Notice) -> DeliveryResult:
        tell(subscribed, heir)
        return HEARD

    happen(subscribed, 2)
    tell(subscribed, frozen)
    assert heir.events == [1]
    assert states(subscribed) == [NoticeState.WAITING, NoticeState.WAITING]
    with subscribed.reading() as tx:
        assert tx.notices("s1")[0].attempt == 2


def test_a_subscription_deleted_during_a_delivery_is_left_alone(subscribed: Store) -> None:
    def deleted_meanwhile(_notice: Notice) -> DeliveryResult:
        with subscribed.transaction() as tx:
            tx.delete_subscription("s1")
        return DEAF

    happen(subscribed, 2)
    tell(subscribed, deleted_meanwhile)
    assert states(subscribed) == [NoticeState.WITHDRAWN] * 2


def test_a_worker_that_stops_passes_the_line_on(subscribed: Store) -> None:
    happen(subscribed, 2)
    receiver = Receiver()
    Teller(subscribed, receiver).tell("s1", "w", lambda: bool(receiver.notices))
    assert states(subscribed) == [NoticeState.DELIVERED, NoticeState.WAITING]
    with subscribed.reading() as tx:
        assert [key for key in tx.queued() if key.startswith("s1:2:1:")]


@pytest.fixture
def later(database_url: str, tmp_path: Path) -> Iterator[Callable[[timedelta], Store]]:
    """The same database, looked at from so much later."""
    opened: list[Store] = []

    def at(delta: timedelta) -> Store:
        opened.append(open_store(database_url, tmp_path, lambda: datetime.now(UTC) + delta))
        return opened[-1]

    yield at
    for each in opened:
        each.close()


def test_a_line_nobody_works_on_is_called_again(later: Callable[[timedelta], Store]) -> None:
    now = later(timedelta(0))
    with now.transaction() as tx:
        tx.add_subscription(subscription())
    happen(now, 2)
    with later(timedelta(seconds=30)).transaction() as tx:
        assert tx.call_forgotten(timedelta(seconds=60)) == 0
    with later(timedelta(seconds=90)).transaction() as tx:
        assert tx.call_forgotten(timedelta(seconds=60)) == 1
        assert tx.call_forgotten(timedelta(seconds=60)) == 0
        assert len(tx.queued()) == 2


def test_a_line_somebody_works_on_is_not_called_again(later: Callable[[timedelta], Store]) -> None:
    now = later(timedelta(0))
    with now.transaction() as tx:
        tx.add_subscription(subscription())
    happen(now)
    with now.transaction() as tx:
        assert tx.take("s1", "w", 120) is not None
    with later(timedelta(seconds=90)).transaction() as tx:
        assert tx.call_forgotten(timedelta(seconds=60)) == 0
    with later(timedelta(seconds=130)).transaction() as tx:
        assert tx.call_forgotten(timedelta(seconds=60)) == 1


def test_a_silent_worker_is_taken_for_dead_and_one_that_beats_is_not(store: Store) -> None:
    with store.transaction() as tx:
        tx.beat("a")
        tx.beat("a")
        tx.beat("b")
        tx.leave("b")
        assert tx.living(timedelta(seconds=10)) == {"a"}
    with store.transaction() as tx:
        assert tx.living(timedelta(seconds=-1)) == frozenset()


# --- dead letters, and the end ----------------------------------------------------------------------------------------
def given_up(store: Store) -> Store:
    """Two events of which nothing was heard, the subscription in error."""
    happen(store, 2)
    tell(store, Receiver([DEAF]), Patience(attempts=1))
    assert states(store) == [NoticeState.UNDELIVERABLE, NoticeState.UNSENT]
    return store


def test_what_was_given_up_is_not_redelivered_while_the_subscriber_does_not_listen(subscribed: Store) -> None:
    with pytest.raises(Conflict, match="Its client has to update it first"), given_up(subscribed).transaction() as tx:
        tx.redeliver("s1")


def test_an_operator_has_what_was_given_up_told_in_order_once_the_subscriber_listens_again(subscribed: Store) -> None:
    receiver = Receiver()
    with given_up(subscribed).transaction() as tx:
        tx.save_subscription(subscription(status=SubscriptionStatus.REQUESTED))
    tell(subscribed, receiver)
    happen(subscribed)
    with subscribed.transaction() as tx:
        assert tx.redeliver("s1") == 2
    tell(subscribed, receiver)
    assert receiver.events == [0, 1, 2, 3]
    with subscribed.transaction() as tx:
        assert tx.redeliver("s1") == 0


def test_redelivery_calls_a_worker_when_nothing_else_waits(subscribed: Store) -> None:
    with given_up(subscribed).transaction() as tx:
        tx.save_subscription(subscription(status=SubscriptionStatus.REQUESTED))
    tell(subscribed, Receiver())
    with subscribed.transaction() as tx:
        before = set(tx.queued())
        tx.redeliver("s1")
        (called,) = set(tx.queued()) - before
    assert called.startswith("s1:1:1:")


def test_nothing_is_told_past_the_end_of_a_subscription(store: Store) -> None:
    ends = store.clock() + timedelta(hours=1)
    with store.transaction() as tx:
        tx.add_subscription(subscription(ends_at=ends))
    happen(store)
    store.clock = lambda: ends
    happen(store)
    receiver = Receiver()
    tell(store, receiver)
    assert receiver.notices == [] and states(store) == [NoticeState.WITHDRAWN]
    with store.reading() as tx:
        assert tx.subscription("s1").status is SubscriptionStatus.OFF
