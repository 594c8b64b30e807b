"""The background work of one payer: what it runs on, joined with what it does; beside a server or in a process of its own."""

from __future__ import annotations

import logging
import signal
import time
from functools import partial

from fhir_pa.operations.desk.fall_due import look
from fhir_pa.operations.notices.deliver import deliver
from fhir_pa.operations.weighing.in_time import weigh_late
from fhir_pa.wiring import Payer
from fhir_pa.work.worker import Work, open_work

LOG = logging.getLogger("fhir_pa.worker")


def background_of(payer: Payer) -> Work:
    """This payer's work, not yet started."""
    return open_work(payer.store, partial(deliver, payer=payer), weigh=partial(weigh_late, payer=payer), look=partial(look, payer=payer))


def work_until_stopped(payer: Payer) -> None:
    """Work until SIGTERM or SIGINT, then end what is under way. Raises Conflict when an embedded database has a worker already."""
    asked: list[int] = []  # an Event would hold itself up when a second signal comes while the first one sets it
    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, lambda number, _: asked.append(number))
    work = background_of(payer)
    work.start()
    LOG.info("The worker %s has started. Stop it with Ctrl-C.", work.name)
    while not asked:
        time.sleep(0.1)
    work.stop()
    LOG.info("The worker %s has stopped.", work.name)
