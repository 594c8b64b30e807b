"""Real server processes: they say when the port is taken, finish what they began when told to stop, and refuse endless bodies."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
START = (
    "import os, sys; from fhir_pa.settings import read; from fhir_pa.web.serve import serve;"
    "sys.exit(serve(read({'open': True}, os.environ), 'tests.fhir_pa.served:' + sys.argv[1]))"
)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def start(port: int, target: str = "application") -> subprocess.Popen[str]:
    environment = {**os.environ, "FHIR_PA_PORT": str(port), "FHIR_PA_MAX_BODY_BYTES": "100000", "PYTHONPATH": str(ROOT)}
    return subprocess.Popen([sys.executable, "-c", START, target], cwd=ROOT, env=environment, stderr=subprocess.PIPE, text=True)


def wait_until(true, what: str) -> None:
    for _ in range(300):
        if true():
            return
        time.sleep(0.1)
    pytest.fail(f"{what} did not happen")


def answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=2) as answer:
            return answer.status == 200
    except OSError:
        return False


@pytest.fixture
def server():
    port = free_port()
    process = start(port)
    wait_until(lambda: answers(port), "an answer from the server")
    yield port, process
    process.kill()
    process.wait()
    process.stderr.close()


def test_a_server_told_to_stop_finishes_the_answer_it_began(server, tmp_path):
    port, process = server
    begun = tmp_path / "begun"
    call = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    body = json.dumps({"touch": str(begun), "seconds": 1.5})
    call.request("POST", "/v2.0/fhir/Claim/$submit", body, {"Content-Type": "application/fhir+json"})
    wait_until(begun.exists, "the submission")
    process.send_signal(signal.SIGTERM)
    answer = call.getresponse()
    assert (answer.status, json.loads(answer.read())) == (200, {"resourceType": "Bundle"})
    assert process.wait(30) == 0
    assert "OPEN MODE" in process.stderr.read(), "open mode is never quiet"


def test_a_second_server_is_told_that_the_port_is_taken(server):
    port, _ = server
    second = start(port)
    _, said = second.communicate(timeout=30)
    assert second.returncode == 1
    assert "Choose another port with --port" in said


def test_a_server_killed_leaves_the_port_to_the_next(server):
    port, process = server
    process.kill()
    process.wait()
    following = start(port)
    try:
        assert any("starts on" in line for line in iter(following.stderr.readline, "")), "the following server takes the port"
        wait_until(lambda: answers(port), "an answer from the following server")
    finally:
        following.terminate()
        following.communicate(timeout=30)
    assert following.returncode == 0


def test_a_body_sent_in_pieces_without_a_length_is_not_taken_beyond_the_limit(server, tmp_path):
    port, _ = server
    begun = tmp_path / "begun"
    call = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    pieces = (b'{"touch":"%s","more":"' % str(begun).encode(), *[b"x" * 10_000] * 20, b'"}')
    call.request("POST", "/v2.0/fhir/Claim/$submit", iter(pieces), {"Content-Type": "application/fhir+json"}, encode_chunked=True)
    answer = call.getresponse()
    assert answer.status == 413
    assert json.loads(answer.read())["issue"][0]["code"] == "too-long"
    assert not begun.exists()


def test_a_server_whose_process_cannot_start_ends_with_a_failure():
    broken = start(free_port(), "broken")
    broken.communicate(timeout=30)
    assert broken.returncode == 1
