"""A proxy that ends TLS as the one in docker/ does: 1.2 or newer, client certificates verified where shown, handed on in Client-Cert."""

from __future__ import annotations

import http.client
import ssl
import threading
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from tests.fhir_pa.certificates import Issued


class _Quiet(ThreadingHTTPServer):
    """Handshakes that fail are what some tests are about."""

    def handle_error(self, request: Any, client_address: Any) -> None: ...


@contextmanager
def ending_tls(folder: Path, root: Issued, own: Issued, behind: int) -> Iterator[int]:
    """The port on which it listens; everything goes on to the port ``behind``."""
    server = _Quiet(("127.0.0.1", 0), _handler(behind))
    context = _context(ssl.PROTOCOL_TLS_SERVER, folder, root, own)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.verify_mode = ssl.CERT_OPTIONAL
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()


def call(folder: Path, port: int, root: Issued, certificate: Issued | None, path: str, headers: dict[str, str]) -> int:
    """POST ``{}`` over TLS under this certificate; the status answered."""
    context = _context(ssl.PROTOCOL_TLS_CLIENT, folder, root, certificate)
    connection = http.client.HTTPSConnection("127.0.0.1", port, context=context, timeout=20)
    connection.request("POST", path, b"{}", headers)
    return connection.getresponse().status


def _context(kind: int, folder: Path, root: Issued, own: Issued | None) -> ssl.SSLContext:
    context = ssl.SSLContext(kind)
    context.load_verify_locations(cadata=root.pem.decode())
    if own is not None:
        held = folder / f"{own.certificate.serial_number}.pem"
        held.write_bytes(own.key_pem + own.pem)
        context.load_cert_chain(held)
    return context


def _handler(behind: int) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            shown = self.connection.getpeercert(binary_form=True)  # type: ignore[attr-defined]
            headers = {name: value for name, value in self.headers.items() if name.lower() != "client-cert"}
            headers["Client-Cert"] = f":{b64encode(shown or b'').decode()}:"
            onward = http.client.HTTPConnection("127.0.0.1", behind, timeout=20)
            onward.request("POST", self.path, self.rfile.read(int(self.headers["Content-Length"])), headers)
            answer = onward.getresponse()
            body = answer.read()
            self.send_response(answer.status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None: ...

    return Handler
