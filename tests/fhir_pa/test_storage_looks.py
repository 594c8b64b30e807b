"""Kept hook calls are found by client, hook, instance, day and assertion, and looks come back as they were kept, on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from fhir_pa.storage.hook_log import HookCall
from fhir_pa.storage.looks import Look, Wanted
from fhir_pa.storage.store import Store
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
