"""Kept hook calls are found by client, hook, instance, day and assertion, and looks come back as they were kept, on both databases."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from fhir_pa.storage.hook_log import HookCall
from fhir_pa.storage.looks import Look, Wanted
from fhir_pa.storage.store import Store
from fhir_pa.um.proving.looked_chain import Walked, walk
from ig_profiles.outcome import NotFound
from tests.fhir_pa.storage_fixtures import store

__all__ = ["store"]
AT = datetime(2026, 11, 21, 15, tzinfo=UTC)
CALL = HookCall("c1", "oakwood", "2.2", "order-sign", "i-1", AT, {"hook": "order-sign"}, {"cards": []})
CALLS = (
    CALL,
    replace(CALL, id="c2", hook="order-select", hook_instance="i-2", at=AT + timedelta(hours=1)),
    replace(CALL, id="c3", client="fernhill", at=AT + timedelta(days=1)),
)


@pytest.fixture
def kept(store: Store) -> Store:
    with store.transaction() as tx:
        for call in CALLS:
            tx.keep_hook_call(call)
            tx.keep_told(call.id, ["a-1", "a-1", f"only-{call.id}"])
    return store


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (Wanted(), ["c3", "c2", "c1"]),
        (Wanted(client="oakwood"), ["c2", "c1"]),
        (Wanted(client="oakwood", hook="order-sign"), ["c1"]),
        (Wanted(hook_instance="i-1"), ["c3", "c1"]),
        (Wanted(since=AT + timedelta(hours=1)), ["c3", "c2"]),
        (Wanted(until=AT + timedelta(hours=1)), ["c1"]),
        (Wanted(client="nobody"), []),
    ],
)
def test_calls_are_found_by_what_is_wanted_the_newest_first(kept: Store, wanted: Wanted, found: list[str]) -> None:
    with kept.reading() as tx:
        assert [call.id for call in tx.hook_calls_wanted(wanted, 10)] == found
        assert [call.id for call in tx.hook_calls_wanted(wanted, 1)] == found[:1]


def test_calls_are_found_by_the_assertion_they_rest_on_in_the_order_they_came(kept: Store) -> None:
    with kept.reading() as tx:
        assert tx.hook_calls_about("a-1") == list(CALLS)
        assert tx.hook_calls_about("only-c2") == [CALLS[1]]
        assert tx.hook_calls_about("a-2") == []
        assert tx.hook_call("c3") == CALLS[2]
        with pytest.raises(NotFound, match="Search for it by client, hook and day"):
            tx.hook_call("c4")


def test_looks_come_back_as_they_were_kept_the_newest_first(store: Store) -> None:
    looks = [Look(f"l{number}", AT + timedelta(minutes=number), "vole", "person token", "read a hook call", f"c{number % 2}", 1) for number in range(4)]
    with store.transaction() as tx:
        for look in looks:
            tx.keep_look(look)
    with store.reading() as tx:
        assert tx.looks(10) == looks[::-1]
        assert tx.looks(10, "c1") == [looks[3], looks[1]]
        assert tx.looks(2) == [looks[3], looks[2]]


def walked(store: Store) -> Walked:
    with store.reading() as tx:
        return walk(tx.looks_in_order())


@pytest.fixture
def looked(store: Store) -> Store:
    with store.transaction() as tx:
        tx.keep_look(*(Look(f"l{number}", AT, "vole", "person token", "read a case", f"PA{number}", 1) for number in range(3)))
        tx.keep_look()
    with store.transaction() as tx:
        tx.keep_look(Look("l3", AT + timedelta(microseconds=7), "reed", "desk session", "read a case", "PA1", 1))
    return store


def test_every_look_is_chained_to_the_one_before(looked: Store) -> None:
    found = walked(looked)
    assert (found.looks, found.broken) == (4, None) and len(found.last) == 64


@pytest.mark.parametrize(
    ("spoiled", "said"),
    [
        ("UPDATE looks SET person = 'nobody' WHERE id = 'l1'", "the record of looks: link 2 is broken. It was changed"),
        ("UPDATE looks SET about = 'PA9' WHERE id = 'l3'", "the record of looks: link 4 is broken. It was changed"),
        ("DELETE FROM looks WHERE id = 'l2'", "the record of looks: link 3 is broken. It was taken away: the next that is kept is look 4."),
        ("DELETE FROM looks WHERE id = 'l0'", "the record of looks: link 1 is broken. It was taken away"),
    ],
)
def test_a_look_that_was_changed_or_taken_away_is_named(looked: Store, spoiled: str, said: str) -> None:
    with looked.engine.begin() as connection:
        connection.exec_driver_sql(spoiled)
    assert str(walked(looked).broken).startswith(said)


def test_what_was_kept_before_there_was_a_chain_stands_outside_it(looked: Store) -> None:
    with looked.engine.begin() as connection:
        connection.exec_driver_sql("INSERT INTO looks (id, at, person, how, what, about, found) VALUES ('old', '2026-01-01 00:00:00', 'v', 'x', 'y', 'z', 1)")
    assert walked(looked).looks == 4 and walked(looked).broken is None


def test_many_may_look_at_once_and_the_chain_holds(store: Store) -> None:
    def look(number: int) -> None:
        with store.transaction("the process") as tx:
            tx.keep_look(Look(f"t{number}", AT, "vole", "person token", "read a case", "PA1", 1))

    with ThreadPoolExecutor(6) as many:
        list(many.map(look, range(24)))
    assert (walked(store).looks, walked(store).broken) == (24, None)
