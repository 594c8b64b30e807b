"""For those who run the server: is it alive, is it ready, what has it done. No patient's data in any of it."""

from __future__ import annotations

from flask import Blueprint, Response

from fhir_pa.web.media_types import JSON, answer
from fhir_pa.web.offered import Payer
from fhir_pa.web.telemetry import Telemetry


def blueprint(payer: Payer, telemetry: Telemetry) -> Blueprint:
    """``/health``, ``/ready`` and ``/metrics``."""
    base = Blueprint("probes", __name__)

    @base.get("/health")
    def health() -> Response:
        return answer({"status": "alive"}, media_type=JSON)

    @base.get("/ready")
    def ready() -> Response:
        found = {name: problem or "ready" for name, problem in payer.readiness().items()}
        is_ready = all(state == "ready" for state in found.values())
        return answer({"status": "ready" if is_ready else "not ready", **found}, 200 if is_ready else 503, JSON)

    @base.get("/metrics")
    def metrics() -> Response:
        return Response(telemetry.exposition(), mimetype="text/plain; version=0.0.4")

    return base
