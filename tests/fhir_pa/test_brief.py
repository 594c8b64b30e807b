"""A brief memory forgets by the clock, by size and when it is taken from."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from fhir_pa.brief import Brief

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
SOON = NOON + timedelta(seconds=120)


def test_what_is_kept_is_found_until_its_moment_and_not_after():
    memory: Brief[str, str] = Brief(10)
    memory.keep("a", "one", SOON)
    assert memory.find("a", SOON - timedelta(seconds=1)) == "one"
    assert memory.find("a", SOON) is None and len(memory) == 0


def test_what_is_taken_is_gone():
    memory: Brief[str, str] = Brief(10)
    memory.keep("a", "one", SOON)
    assert [memory.take("a", NOON) for _ in range(2)] == ["one", None]


def test_the_oldest_goes_first_when_there_is_no_room():
    memory: Brief[str, str] = Brief(10)
    for name, size in (("a", 4), ("b", 4), ("c", 4)):
        memory.keep(name, name, SOON, size)
    assert [memory.find(name, NOON) for name in "abc"] == [None, "b", "c"]


def test_what_is_larger_than_all_the_room_is_not_kept_and_drives_nothing_out():
    memory: Brief[str, str] = Brief(10)
    memory.keep("a", "one", SOON, 4)
    memory.keep("b", "vast", SOON, 11)
    assert (memory.find("a", NOON), memory.find("b", NOON)) == ("one", None)


def test_the_same_key_again_takes_the_place_of_the_former():
    memory: Brief[str, str] = Brief(10)
    for value in ("one", "two", "three"):
        memory.keep("a", value, SOON, 5)
    memory.keep("b", "other", SOON, 5)
    assert (memory.find("a", NOON), memory.find("b", NOON)) == ("three", "other")
