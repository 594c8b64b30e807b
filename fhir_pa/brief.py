"""Remember briefly: a small memory of this process, whose entries end by the clock and whose size has a bound.

Nothing of it is written anywhere. Threads may share it.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable
from datetime import datetime
from threading import Lock
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Kept = TypeVar("Kept")


class Brief(Generic[Key, Kept]):
    """Entries by key, each until a moment; ``most`` is the sum of their sizes, past which the oldest go first."""

    def __init__(self, most: int) -> None:
        self._most, self._size = most, 0
        self._lock = Lock()
        self._kept: OrderedDict[Key, tuple[Kept, datetime, int]] = OrderedDict()

    def keep(self, key: Key, value: Kept, until: datetime, size: int = 1) -> None:
        """Remember it until then, in place of what was remembered under this key."""
        with self._lock:
            self._forget(key)
            if size > self._most:
                return
            self._kept[key] = (value, until, size)
            self._size += size
            while self._size > self._most:
                self._forget(next(iter(self._kept)))

    def find(self, key: Key, at: datetime) -> Kept | None:
        """What is remembered under this key at this moment."""
        with self._lock:
            return self._found(key, at)

    def take(self, key: Key, at: datetime) -> Kept | None:
        """The same, and it is forgotten thereby."""
        with self._lock:
            found = self._found(key, at)
            self._forget(key)
            return found

    def __len__(self) -> int:
        return len(self._kept)

    def _found(self, key: Key, at: datetime) -> Kept | None:
        entry = self._kept.get(key)
        if entry is None:
            return None
        value, until, _ = entry
        if at < until:
            return value
        self._forget(key)
        return None

    def _forget(self, key: Key) -> None:
        entry = self._kept.pop(key, None)
        if entry is not None:
            self._size -= entry[2]
