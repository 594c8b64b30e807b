"""Whose turn it is to write to an embedded database: the threads of this process and all processes of this machine, in the order they came.

SQLite lets one transaction write, and its busy handler polls without an order, so that a waiter can starve for seconds.
Here who waits holds the place behind the writer, and nobody slips in between. A process that dies gives its turn back.
"""

from __future__ import annotations

import fcntl
import os
import time
from threading import Lock

_LOOK_SECONDS = 0.0003  # between two looks at a turn that another process has; a transaction takes milliseconds


class Turn:
    """The turn to write to one database file; ``acquire``, ``release`` and ``locked`` as a ``threading.Lock`` has them."""

    def __init__(self, database: str) -> None:
        self._database = database
        self._threads = Lock()
        self._files: tuple[int, int] | None = None  # the place behind the writer, and the writer's own

    def acquire(self, timeout: float) -> bool:
        """Wait for the turn for so many seconds; whether it came."""
        deadline = time.monotonic() + timeout
        if not self._threads.acquire(timeout=timeout):
            return False
        came = self._before_other_processes(deadline)
        if not came:
            self._threads.release()
        return came

    def release(self) -> None:
        """Let the next one write."""
        if self._files is not None:
            fcntl.flock(self._files[1], fcntl.LOCK_UN)
        self._threads.release()

    def locked(self) -> bool:
        """Whether somebody in this process has the turn, or waits for it."""
        return self._threads.locked()

    def close(self) -> None:
        """Close its files; the next ``acquire`` opens them again."""
        files, self._files = self._files, None
        for file in files or ():
            os.close(file)

    def _before_other_processes(self, deadline: float) -> bool:
        if self._files is None:
            self._files = (self._open("next"), self._open("turn"))
        behind, writing = self._files
        if not _locked(behind, deadline):
            return False
        came = _locked(writing, deadline)
        fcntl.flock(behind, fcntl.LOCK_UN)
        return came

    def _open(self, name: str) -> int:
        return os.open(f"{self._database}.{name}", os.O_CREAT | os.O_RDWR, 0o600)


def _locked(file: int, deadline: float) -> bool:
    while True:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > deadline:
                return False
            time.sleep(_LOOK_SECONDS)
        else:
            return True
