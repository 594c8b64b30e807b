"""Ages: how long open cases have waited, and in whose hands, so that none grows old unseen (domain §6.3, F90)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

HOURS = (24, 48, 72, 120, 168)
BUCKETS = ("up to 24 hours", "up to 48 hours", "up to 72 hours", "up to 5 days", "up to 7 days", "longer")


@dataclass(frozen=True)
class Held:
    """The open cases of one owner (None: the common pool): how many of each age, how many overdue, and since when the oldest waits."""

    owner: str | None
    counts: tuple[int, ...]
    overdue: int
    oldest: datetime

    @property
    def cases(self) -> int:
        """How many in all."""
        return sum(self.counts)


def ages(waiting: Iterable[tuple[str | None, datetime, datetime]], at: datetime) -> tuple[Held, ...]:
    """By owner, the one whose oldest case waits longest first; each case is told by its owner, its receipt and its due time."""
    found: dict[str | None, list[tuple[datetime, datetime]]] = {}
    for owner, received_at, due_at in waiting:
        found.setdefault(owner, []).append((received_at, due_at))
    held = (_held(owner, cases, at) for owner, cases in found.items())
    return tuple(sorted(held, key=lambda each: (each.oldest, each.owner or "")))


def bucket(age: timedelta) -> int:
    """Which of the buckets an age lies in.

    >>> BUCKETS[bucket(timedelta(hours=24))], BUCKETS[bucket(timedelta(hours=25))], BUCKETS[bucket(timedelta(days=8))]
    ('up to 24 hours', 'up to 48 hours', 'longer')
    """
    return next((position for position, hours in enumerate(HOURS) if age <= timedelta(hours=hours)), len(HOURS))


def _held(owner: str | None, cases: list[tuple[datetime, datetime]], at: datetime) -> Held:
    counts = [0] * len(BUCKETS)
    for received_at, _ in cases:
        counts[bucket(at - received_at)] += 1
    return Held(owner, tuple(counts), sum(due_at < at for _, due_at in cases), min(received_at for received_at, _ in cases))
