"""Whom we call: registered addresses only, where they truly lead, in bounded time and size. A real server on loopback answers."""

from __future__ import annotations

import socket
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from fhir_pa.outbound.addresses import NotAllowed, check_address, check_url
from fhir_pa.outbound.guarded import Limits, NotReached, fetch, post


class Ehr(BaseHTTPRequestHandler):
    """Answers by path; keeps what it heard."""

    heard: list[tuple[str, str, bytes, dict[str, str]]] = []
    slow = threading.Event()

    def do_GET(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.heard.append((self.command, self.path, body, dict(self.headers)))
        if self.path == "/fhir/away":
            self._say(302, b"", Location="http://127.0.0.1:1/elsewhere")
        elif self.path == "/fhir/large":
            self._say(200, b"x" * 5000)
        elif self.path == "/fhir/drip":
            self.send_response(200)
            self.end_headers()
            while not self.slow.wait(0.05):
                self.wfile.write(b"x" * 70_000)
        elif self.path == "/fhir/broken":
            self._say(500, b"no")
        else:
            self._say(200, b'{"resourceType":"Patient"}', **{"Set-Cookie": "session=1"})

    do_POST = do_GET

    def _say(self, status, body, **headers):
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


@pytest.fixture
def ehr():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Ehr)
    server.daemon_threads = True
    Ehr.heard = []
    Ehr.slow.clear()
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/fhir"
    Ehr.slow.set()
    server.shutdown()
    server.server_close()


def test_a_registered_address_is_read(ehr):
    reply = fetch(f"{ehr}/Patient/1", [ehr], {"Authorization": "Bearer t"})
    assert (reply.status, reply.body) == (200, b'{"resourceType":"Patient"}')
    assert Ehr.heard[0][3]["Authorization"] == "Bearer t"


def test_a_body_is_posted_with_its_headers(ehr):
    post(f"{ehr}/inbox", b"{}", [ehr], {"Content-Type": "application/fhir+json"})
    assert Ehr.heard[0][:3] == ("POST", "/fhir/inbox", b"{}")
    assert Ehr.heard[0][3]["Content-Type"] == "application/fhir+json"


def test_a_bad_status_is_the_callers_to_judge(ehr):
    assert fetch(f"{ehr}/broken", [ehr]).status == 500


def test_cookies_and_the_environments_proxies_are_left_alone(ehr, monkeypatch):
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    monkeypatch.setenv("no_proxy", "")
    fetch(f"{ehr}/Patient/1", [ehr])
    fetch(f"{ehr}/Patient/2", [ehr])
    assert "Cookie" not in Ehr.heard[1][3]


@pytest.mark.pas_trap(60)
def test_a_redirect_is_not_followed(ehr):
    with pytest.raises(NotReached, match="redirect, which is not followed"):
        fetch(f"{ehr}/away", [ehr])
    assert len(Ehr.heard) == 1


def test_a_long_answer_is_not_read_to_its_end(ehr):
    with pytest.raises(NotReached, match="more than 4,000 bytes"):
        fetch(f"{ehr}/large", [ehr], limits=Limits(max_bytes=4000))


def test_an_answer_that_never_ends_is_given_up(ehr):
    with pytest.raises(NotReached, match=r"within 0\.3 seconds"):
        fetch(f"{ehr}/drip", [ehr], limits=Limits(total=0.3))


def test_nobody_there_is_not_reached():
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        base = f"http://127.0.0.1:{closed.getsockname()[1]}"
        with pytest.raises(NotReached, match="could not be reached"):
            fetch(f"{base}/x", [base])


REFUSED = [
    "http://127.0.0.1:9090/other",
    "http://127.0.0.1:9090/fhirther",
    "http://127.0.0.1:9091/fhir",
    "https://127.0.0.1:9090/fhir",
    "http://127.0.0.1:9090@evil.example/fhir",
    "http://evil.example/fhir#http://127.0.0.1:9090/fhir",
    "http://127.0.0.1:9090\\@evil.example/fhir",
    "http://user:pass@127.0.0.1:9090/fhir",
    "http://127.0.0.1:9090/fhir/../admin",
    "http://127.0.0.1:9090/fhir/%2e%2e/admin",
    "http://127.0.0.1:9090/fhir/\r\nX-Injected: 1",
    "http://ehr.example/fhir",
    "http://169.254.169.254/latest/meta-data",
    "file:///etc/passwd",
    "gopher://127.0.0.1:9090/fhir",
    "//127.0.0.1:9090/fhir",
    "http://127.0.0.1:port/fhir",
    "",
]


@pytest.mark.parametrize("url", REFUSED)
def test_an_address_that_is_not_registered_is_not_called(url):
    with pytest.raises(NotAllowed):
        check_url(url, ["http://127.0.0.1:9090/fhir"])


@pytest.mark.parametrize("url", ["http://127.0.0.1:9090/fhir", "http://127.0.0.1:9090/fhir/Patient?_id=1", "HTTP://127.0.0.1:9090/fhir/Patient/1"])
def test_an_address_below_a_registered_one_is_called(url):
    assert check_url(url, ["http://127.0.0.1:9090/fhir/"]).port == 9090


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("ehr.example", "127.0.0.1"),
        ("ehr.example", "::1"),
        ("ehr.example", "10.0.0.5"),
        ("ehr.example", "192.168.1.1"),
        ("ehr.example", "100.64.0.1"),
        ("ehr.example", "169.254.169.254"),
        ("169.254.169.254", "169.254.169.254"),
        ("ehr.example", "fe80::1%eth0"),
        ("ehr.example", "fd00:ec2::254"),
        ("ehr.example", "::ffff:169.254.169.254"),
        ("ehr.example", "::ffff:10.0.0.5"),
        ("ehr.example", "64:ff9b::a9fe:a9fe"),
        ("ehr.example", "2002:a00:5::"),
        ("ehr.example", "0.0.0.0"),
        ("ehr.example", "224.0.0.1"),
    ],
)
@pytest.mark.pas_trap(60)
def test_a_name_that_leads_inside_is_not_followed_there(host, address):
    with pytest.raises(NotAllowed):
        check_address(host, address)


@pytest.mark.parametrize(
    ("host", "address", "networks"),
    [
        ("ehr.example", "93.184.215.14", ()),
        ("ehr.example", "2606:4700::1111", ()),
        ("127.0.0.1", "127.0.0.1", ()),
        ("localhost", "::1", ()),
        ("10.2.3.4", "10.2.3.4", ()),
        ("ehr.internal", "10.2.3.4", ("10.2.0.0/16",)),
    ],
)
def test_public_addresses_and_those_the_payer_named_are_called(host, address, networks):
    check_address(host, address, networks)


def test_a_declared_network_does_not_open_the_clouds_metadata():
    with pytest.raises(NotAllowed):
        check_address("ehr.example", "169.254.169.254", ("0.0.0.0/0",))


def test_a_registered_name_that_now_leads_to_this_machine_is_refused_at_the_connection(ehr, monkeypatch):
    """DNS rebinding: the name was fine when it was registered."""
    resolved = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", int(ehr.split(":")[2].split("/")[0])))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: resolved)
    with pytest.raises(NotAllowed, match="this machine itself"):
        fetch("https://ehr.example/fhir/Patient/1", ["https://ehr.example/fhir"])
    assert Ehr.heard == []
