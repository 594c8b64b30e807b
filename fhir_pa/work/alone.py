"""One worker at a time beside an embedded database: a lock on a file, which the system lets go when the process dies."""

from __future__ import annotations

import fcntl
import os
import time
from pathlib import Path

from ig_profiles.outcome import Conflict

WAIT_SECONDS = 15.0  # a server that restarts waits for its predecessor to finish


class Alone:
    """The right to be the only worker of the database beside which this file lies."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: int | None = None

    def take(self, wait_seconds: float = WAIT_SECONDS) -> None:
        """Be the only worker, or Conflict when another one works on after the wait."""
        file = os.open(self._path, os.O_CREAT | os.O_RDWR, 0o600)
        deadline = time.monotonic() + wait_seconds
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() > deadline:
                    os.close(file)
                    advice = "Stop the other, start this server with --no-worker, or use PostgreSQL."
                    raise Conflict(f"Another worker holds {self._path}. An embedded database takes one. {advice}") from None
                time.sleep(0.1)
            else:
                self._file = file
                return

    def give_back(self) -> None:
        """Let the next worker in."""
        if self._file is not None:
            os.close(self._file)
            self._file = None
