"""What is counted and logged of each request: operation, guide, status, time, caller and his rights; never a body, a token or a query."""

from __future__ import annotations

import json
import logging
import os
import re
import time
import traceback
import uuid
from typing import Any

from flask import Response, g, request
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

from fhir_pa.web.percentiles import told

LOG = logging.getLogger("fhir_pa.web")
_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 15)
MANY_PROCESSES = "PROMETHEUS_MULTIPROC_DIR"


class Telemetry:
    """Counters of one process, or of all server processes when ``PROMETHEUS_MULTIPROC_DIR`` names a folder they share."""

    def __init__(self, as_json: bool = False) -> None:
        self._as_json = as_json
        self._registry = CollectorRegistry()
        labels = ("operation", "guide", "status")
        self._requests = Counter("fhir_pa_requests", "Requests answered.", labels, registry=self._registry)
        self._seconds = Histogram("fhir_pa_request_seconds", "Time to answer.", labels[:2], registry=self._registry, buckets=_BUCKETS)

    def begin(self) -> None:
        """Name the request and start its clock."""
        given = request.headers.get("X-Request-Id", "")
        g.request_id = given if _REQUEST_ID.fullmatch(given) else uuid.uuid4().hex
        g.began = time.perf_counter()

    def end(self, response: Response) -> Response:
        """Count it, say it in one line, and give the caller the name to quote."""
        took = time.perf_counter() - g.began
        operation = (request.endpoint or "unknown address").rsplit(".", 1)[-1]
        guide = str((request.view_args or {}).get("guide", ""))
        self._requests.labels(operation, guide, str(response.status_code)).inc()
        self._seconds.labels(operation, guide).observe(took)
        caller = g.get("caller")
        said = {
            "operation": operation,
            "guide": guide,
            "status": response.status_code,
            "milliseconds": round(took * 1000, 1),
            "caller": caller.id if caller else "",
            "by": caller.how if caller else "",
            "rights": caller.rights if caller else "",
            "request": g.request_id,
            "refused": g.get("refused", ""),
        }
        LOG.info(json.dumps({name: value for name, value in said.items() if value != ""}) if self._as_json else _in_words(said))
        response.headers["X-Request-Id"] = g.request_id
        return response

    def refused(self, kind: str, reason: str = "") -> None:
        """Keep why a call was refused, for its log line. ``reason`` only where it cannot hold patient data."""
        g.refused = f"{kind}: {reason}" if reason else kind

    def failed(self, error: BaseException) -> None:
        """Log where the code broke. The message of the exception stays out: it may quote what was being read."""
        steps = traceback.extract_tb(error.__traceback__)[-8:]
        way = " < ".join(f"{step.filename.rsplit('/', 1)[-1]}:{step.lineno} {step.name}" for step in reversed(steps))
        LOG.error("request %s broke with %s at %s", g.get("request_id", "?"), type(error).__name__, way)

    def exposition(self) -> bytes:
        """The counters as Prometheus reads them."""
        return generate_latest(self._everyone())

    def timings(self) -> list[dict[str, Any]]:
        """How long each operation took since the start, in milliseconds: see ``percentiles.told``."""
        return told(self._everyone().collect())

    def _everyone(self) -> CollectorRegistry:
        if MANY_PROCESSES not in os.environ:
            return self._registry
        everyone = CollectorRegistry()
        MultiProcessCollector(everyone)
        return everyone


def _in_words(said: dict[str, object]) -> str:
    where = f" {said['guide']}" if said["guide"] else ""
    who = f" for {said['caller']} by {said['by']} ({said['rights'] or 'no scopes'})" if said["caller"] else ""
    why = f", refused ({said['refused']})" if said["refused"] else ""
    return f"{said['operation']}{where} answered {said['status']} in {said['milliseconds']} ms{who}{why}, request {said['request']}"
