"""Start the two parties as processes of their own on free loopback ports, wait until they are ready, and stop them again."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

import requests

READY_SECONDS = 60.0
STOP_SECONDS = 15.0


class NotReady(Exception):
    """A process ended, or did not answer in time; its log says why."""


@dataclass
class Processes:
    """Processes started here; only these are stopped, each by its own handle. Logs lie in ``folder``."""

    folder: Path
    _running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def start(self, name: str, arguments: list[str], ready_url: str, environment: dict[str, str] | None = None) -> None:
        """Run ``python -m …`` and wait for its ready address to answer 200. Raises NotReady."""
        log = self.log(name)
        with log.open("wb") as file:
            process = subprocess.Popen(
                [sys.executable, "-m", *arguments], stdout=file, stderr=subprocess.STDOUT, env={**os.environ, **(environment or {})}
            )
        self._running[name] = process
        until = time.monotonic() + READY_SECONDS
        while time.monotonic() < until:
            if process.poll() is not None:
                raise NotReady(f"The {name} process ended with code {process.returncode}. The end of its log:\n{self.tail(name)}")
            if _answers(ready_url):
                return
            time.sleep(0.1)
        raise NotReady(f"The {name} process did not answer {ready_url} within {READY_SECONDS:.0f} s. The end of its log:\n{self.tail(name)}")

    def log(self, name: str) -> Path:
        """Where a process writes what it says."""
        return self.folder / f"{name}.log"

    def tail(self, name: str, lines: int = 25) -> str:
        """The last lines a process wrote."""
        return "\n".join(self.log(name).read_text(errors="replace").splitlines()[-lines:])

    def stop(self) -> None:
        """Ask each process to end, and end those that do not."""
        for process in self._running.values():
            process.terminate()
        for process in self._running.values():
            try:
                process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self._running.clear()


def free_port() -> int:
    """A loopback port nobody listens on at this moment."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def _answers(url: str) -> bool:
    try:
        with requests.Session() as session:
            session.trust_env = False
            return session.get(url, timeout=2).status_code == 200
    except requests.RequestException:
        return False
