"""A worker, or a server that only enqueues, as a process of its own: what the tests kill.

``python -m tests.fhir_pa.work_process worker URL FOLDER RECEIVER`` works until it is killed;
``… server URL FOLDER`` makes one change, tells it, says "kept" and waits to be killed.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
import time
import urllib.request
from datetime import timedelta
from pathlib import Path

from fhir_pa.pas.notice import DeliveryResult, Notice
from fhir_pa.storage.store import open_store
from fhir_pa.work import watch
from fhir_pa.work.patience import Patience
from fhir_pa.work.worker import open_work
from tests import builders


def work(url: str, folder: str, receiver: str) -> None:
    """Deliver to the receiver until SIGTERM or the end."""
    watch.BEAT_SECONDS, watch.SILENCE = 0.5, timedelta(seconds=2)
    store = open_store(url, Path(folder))

    def deliver(notice: Notice) -> DeliveryResult:
        said = {"subscription": notice.subscription.id, "position": notice.position, "event": notice.event_number, "pid": os.getpid()}
        try:
            with urllib.request.urlopen(urllib.request.Request(receiver, json.dumps(said).encode(), method="POST"), timeout=30) as answer:
                return DeliveryResult(delivered=answer.status == 200)
        except OSError as error:
            return DeliveryResult(delivered=False, because=type(error).__name__)

    work = open_work(store, deliver, Patience(first=0.2))
    work.start()
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    print("ready", flush=True)
    stop.wait()
    work.stop()
    store.close()


def serve(url: str, folder: str) -> None:
    """Keep one authorization and its notice, answer, and wait."""
    store = open_store(url, Path(folder))
    with store.transaction() as tx:
        tx.add(builders.authorization())
        tx.notify(builders.authorization(), "pended", builders.NOON)
    print("kept", flush=True)
    time.sleep(600)


if __name__ == "__main__":
    {"worker": work, "server": serve}[sys.argv[1]](*sys.argv[2:])
