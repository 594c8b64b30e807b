"""Real servers and a real subscriber, as processes and sockets of their own, for the stories that need more than one."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import requests

from ig_profiles import json
from ig_profiles.names import BACKPORT, PAS_TOPIC
from tests.stories.own_words import faults

ROOT = Path(__file__).parents[2]
FHIR = {"Content-Type": "application/fhir+json"}


def free_port() -> int:
    """A port nobody listens on at this moment."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


class Process:
    """One ``fhir-pa`` command as its own group of processes, so that all of it can be killed."""

    def __init__(self, folder: Path, *arguments: str) -> None:
        self.arguments = arguments
        self.log = (folder / f"{arguments[0]}.log").open("ab")
        self.start()

    def start(self) -> None:
        """Start it."""
        command = [sys.executable, "-m", "fhir_pa.cli", *self.arguments]
        self.process = subprocess.Popen(command, cwd=ROOT, stdout=self.log, stderr=self.log, start_new_session=True)

    def kill(self) -> None:
        """kill -9 of all of it."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


class Server(Process):
    """``fhir-pa serve --open`` on a free port."""

    def __init__(self, folder: Path, database_url: str, *flags: str, port: int | None = None) -> None:
        self.port = port or free_port()
        self.root = f"http://127.0.0.1:{self.port}"
        self.url = f"{self.root}/v2.0/fhir"
        place = ["--data-directory", str(folder)] if database_url.startswith("sqlite") else ["--database-url", database_url]
        super().__init__(folder, "serve", "--open", "--port", str(self.port), *place, *flags)

    def start(self) -> None:
        """Start, and wait until it is ready."""
        super().start()
        until(lambda: requests.get(f"{self.root}/ready", timeout=20).ok, "the server is ready")

    def post(self, path: str, body: Any) -> Any:
        """POST a resource; the resource answered, which is valid in its own guide generation."""
        answer = requests.post(f"{self.url}/{path}", data=json.dump(body), headers=FHIR, timeout=60)
        assert answer.ok, answer.text
        return valid(json.parse(answer.content))


def valid(said: Any, guide: str = "2.0.1") -> Any:
    """What was said, held to the profiles of its generation."""
    wrong = [f"{issue.expression}: {issue.text}" for issue in faults(said, guide)]
    assert not wrong, "\n".join(wrong)
    return said


def until(holds: Callable[[], bool], what: str, seconds: float = 60) -> None:
    """Wait until it holds, or fail naming it."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            if holds():
                return
        except requests.RequestException:
            pass
        time.sleep(0.1)
    raise AssertionError(f"waited {seconds:g} s in vain until {what}")


@contextmanager
def listening() -> Iterator[tuple[str, list[Any]]]:
    """A rest-hook receiver: its URL, and the notification Bundles it heard, each valid in its own guide generation."""
    heard: list[Any] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            heard.append(json.parse(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: Any) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/hook", heard
        for notification in list(heard):
            valid(notification)
    finally:
        server.shutdown()


def subscription(endpoint: str, organization: str = "9000000023") -> Any:
    """A 2.0.1 Subscription to what becomes of this organization's requests."""
    return {
        "resourceType": "Subscription",
        "status": "requested",
        "reason": "to hear what becomes of our requests",
        "criteria": PAS_TOPIC,
        "_criteria": {"extension": [{"url": f"{BACKPORT}backport-filter-criteria", "valueString": f"org-identifier={organization}"}]},
        "channel": {
            "type": "rest-hook",
            "endpoint": endpoint,
            "payload": "application/fhir+json",
            "_payload": {"extension": [{"url": f"{BACKPORT}backport-payload-content", "valueCode": "id-only"}]},
        },
    }


def kinds(heard: list[Any]) -> list[str]:
    """Handshake, event-notification, …: what was heard, in order."""
    told = (each["entry"][0]["resource"]["parameter"] for each in heard)
    return [next(part["valueCode"] for part in parameters if part["name"] == "type") for parameters in told]


def subscribed(server: Server, endpoint: str, heard: list[Any]) -> None:
    """Subscribe at this server, and wait for the handshake to be acknowledged."""
    made = server.post("Subscription", subscription(endpoint))
    until(lambda: kinds(heard) == ["handshake"], "the handshake arrived")
    until(lambda: requests.get(f"{server.url}/Subscription/{made['id']}", timeout=20).json()["status"] == "active", "the subscription is active")
