"""The demonstration that stays open ends when it is asked to, however often it is asked."""

from __future__ import annotations

import signal
import subprocess
import sys

WAITING = """
import os, time
from fhir_pa.provider import demo
rest = time.sleep
time.sleep = lambda seconds: (print("waits", flush=True), rest(seconds))
demo._wait_for_interrupt()
print("ends", flush=True)
os._exit(0)
"""


def test_signals_that_come_all_at_once_end_it_as_one_does():
    with subprocess.Popen([sys.executable, "-c", WAITING], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "waits\n"
        for number in (signal.SIGINT, signal.SIGTERM) * 20:
            process.send_signal(number)
        said = process.stdout.read()
    assert (process.returncode, said.splitlines()[-1]) == (0, "ends")
