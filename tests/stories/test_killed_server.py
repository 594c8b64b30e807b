"""kill -9 of the server right after it answered: neither the authorization nor its notification is lost."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
import requests

from ig_profiles import json
from ig_profiles.names import BACKPORT, PAS_TOPIC
from tests.fhir_pa.pas_bundles import bundle, claim, item

ROOT = Path(__file__).parents[2]
FHIR = {"Content-Type": "application/fhir+json"}


@pytest.fixture
def told() -> Iterator[tuple[str, list[Any]]]:
    """A rest-hook receiver: its URL, and the notification Bundles it heard."""
    heard: list[Any] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            heard.append(json.parse(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: Any) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/hook", heard
    server.shutdown()


class Server:
    """``fhir-pa serve`` as its own group of processes, which can be killed and started again."""

    def __init__(self, folder: Path, database_url: str) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.flags = ["--open", "--port", str(self.port), "--data-directory", str(folder)]
        if not database_url.startswith("sqlite"):
            self.flags += ["--database-url", database_url]
        self.url = f"http://127.0.0.1:{self.port}/v2.0/fhir"
        self.log = (folder / "server.log").open("ab")
        self.start()

    def start(self) -> None:
        """Start, and wait until it is ready."""
        command = [sys.executable, "-m", "fhir_pa.cli", "serve", *self.flags]
        self.process = subprocess.Popen(command, cwd=ROOT, stdout=self.log, stderr=self.log, start_new_session=True)
        until(lambda: requests.get(f"http://127.0.0.1:{self.port}/ready", timeout=1).ok, "the server is ready")

    def kill(self) -> None:
        """kill -9 of every process of the server."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def post(self, path: str, body: Any) -> Any:
        """POST a resource; the resource answered."""
        answer = requests.post(f"{self.url}/{path}", data=json.dump(body), headers=FHIR, timeout=20)
        assert answer.ok, answer.text
        return json.parse(answer.content)


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


def subscription(endpoint: str) -> Any:
    return {
        "resourceType": "Subscription",
        "status": "requested",
        "reason": "to hear what becomes of our requests",
        "criteria": PAS_TOPIC,
        "_criteria": {"extension": [{"url": f"{BACKPORT}backport-filter-criteria", "valueString": "org-identifier=9000000027"}]},
        "channel": {
            "type": "rest-hook",
            "endpoint": endpoint,
            "payload": "application/fhir+json",
            "_payload": {"extension": [{"url": f"{BACKPORT}backport-payload-content", "valueCode": "id-only"}]},
        },
    }


def kind(notification: Any) -> str:
    parameters = notification["entry"][0]["resource"]["parameter"]
    return str(next(part["valueCode"] for part in parameters if part["name"] == "type"))


def test_neither_the_authorization_nor_its_notification_is_lost(tmp_path: Path, database_url: str, told: tuple[str, list[Any]]) -> None:
    endpoint, heard = told
    server = Server(tmp_path, database_url)
    try:
        made = server.post("Subscription", subscription(endpoint))
        until(lambda: [kind(each) for each in heard] == ["handshake"], "the handshake arrived")
        until(lambda: requests.get(f"{server.url}/Subscription/{made['id']}", timeout=5).json()["status"] == "active", "the subscription is active")
        server.post("Claim/$submit", bundle(guide="2.0.1"))
        update = claim(item(1), item(2, "E0431"), related=[{"claim": {"identifier": {"system": "http://oakwood.example/trace", "value": "C-1"}}}])

        answered = server.post("Claim/$submit", bundle(update, guide="2.0.1"))
        server.kill()

        server.start()
        until(lambda: "event-notification" in [kind(each) for each in heard], "the notification arrived after the restart")
        found = server.post("Claim/$inquire", bundle(guide="2.0.1"))
        before, after = (each["entry"][0]["resource"] for each in (answered, found))
        assert after["identifier"][-1] == before["identifier"][-1]
        assert [int(each["itemSequence"]) for each in after["item"]] == [1, 2]
    finally:
        server.kill()
        server.log.close()
