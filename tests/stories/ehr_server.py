"""A real port for the test EHR: it remembers who asked for what, and can be made to stall."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from typing import TYPE_CHECKING

from werkzeug.serving import make_server

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment


class EhrServer:
    """The clinic's EHR on a real port of this machine: it remembers who asked for what, and can be made to stall."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, str]] = []  # path with query, Authorization
        self._answers, self._goes_on = _nobody, threading.Event()
        self._goes_on.set()
        self._server = make_server("127.0.0.1", 0, self, threaded=True)
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def open(self, application: WSGIApplication) -> None:
        """Answer from now on."""
        self._answers = application
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def become(self, application: WSGIApplication) -> None:
        """Answer as this application from now on, at the same address."""
        self._answers = application

    def stalls(self) -> None:
        """Take every query for FHIR data, and answer none."""
        self._goes_on.clear()

    def close(self) -> None:
        """Let those who wait go, and leave."""
        self._goes_on.set()
        self._server.shutdown()
        self._server.server_close()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        query = f"?{environ['QUERY_STRING']}" if environ.get("QUERY_STRING") else ""
        self.heard.append((environ["PATH_INFO"] + query, environ.get("HTTP_AUTHORIZATION", "")))
        if environ["PATH_INFO"].startswith("/fhir/"):
            self._goes_on.wait()
        return self._answers(environ, start_response)


def _nobody(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    start_response("503 Service Unavailable", [])
    return []
