"""Start the server processes and stop them in order: Granian, WSGI, several threads each.

This process only watches over the others. It opens no database and no fact engine, because neither survives a fork.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import socket
import sys
import tempfile
import threading
import time
from multiprocessing import connection

from granian import Granian
from granian.constants import Interfaces

from fhir_pa.settings import Settings

MANY_PROCESSES = "PROMETHEUS_MULTIPROC_DIR"
STOP_WITHIN_SECONDS = 20
PORT_TRIES = 25

_OPEN = """
  ****************************************************************************
  *  OPEN MODE. Anybody on this machine may submit, inquire and read hooks,  *
  *  without a token. Never use it with real patients' data.                 *
  ****************************************************************************
"""


def serve(settings: Settings, target: str = "fhir_pa.web.process:application") -> int:
    """Serve until SIGTERM or SIGINT; the exit code, 0 when the stop was asked for. ``target`` makes each process's application."""
    if not _is_free(settings):
        sys.stderr.write(f"{settings.host}:{settings.port} is taken by another program, perhaps another fhir-pa. Choose another port with --port.\n")
        return 1
    os.environ.update(settings.as_environment())
    server = Granian(
        target,
        factory=True,
        address=settings.host,
        port=settings.port,
        interface=Interfaces.WSGI,
        workers=settings.processes,
        blocking_threads=settings.threads,
        workers_kill_timeout=STOP_WITHIN_SECONDS,
        websockets=False,
        log_enabled=False,
    )
    server.on_startup(lambda: _announce(settings))
    try:
        if settings.processes > 1 and MANY_PROCESSES not in os.environ:
            with tempfile.TemporaryDirectory(prefix="fhir-pa-metrics-") as shared:
                os.environ[MANY_PROCESSES] = shared
                server.serve()
        else:
            server.serve()
    except SystemExit as ended:
        return int(ended.code or 0) if isinstance(ended.code, int | None) else 1
    return 0


def end_with_parent() -> None:
    """In a server process: stop when the watching process is gone (kill -9), so that port and database are free for the next."""
    parent = multiprocessing.parent_process()
    if parent is None:
        return

    def watch() -> None:
        connection.wait([parent.sentinel])
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=watch, name="end-with-parent", daemon=True).start()


def _is_free(settings: Settings) -> bool:
    """Whether nobody listens there, after a patient look: the processes of a server just killed need a moment to end.

    Granian shares a port (SO_REUSEPORT), so a second server would silently take half the calls.
    """
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    for _ in range(PORT_TRIES):
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((settings.host, settings.port))
                return True
            except OSError:
                time.sleep(0.2)
    return False


def _announce(settings: Settings) -> None:
    if settings.open:
        sys.stderr.write(_OPEN)
    if settings.local_people:
        sys.stderr.write("LOCAL PEOPLE. Anybody on this machine may sign in to the pages as anybody on file. Never use it with real patients' data.\n")
    if not (settings.open or settings.directory.clients):
        sys.stderr.write("Nobody is registered yet, so nobody is let in. Register a provider's system with: fhir-pa clients add\n")
    database = "SQLite in " + str(settings.data_directory) if settings.is_sqlite else "PostgreSQL"
    sys.stderr.write(f"fhir-pa starts on {settings.host}:{settings.port} as {settings.public_url}, with {database}. Stop it with Ctrl-C.\n")
    sys.stderr.flush()
