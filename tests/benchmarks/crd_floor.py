"""The floor under every hook answer: a bare Flask application that parses the call and answers a constant, in the same server.

    python -m tests.benchmarks.crd_floor 8090
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from flask import Flask, Response, request

from fhir_pa.settings import read
from fhir_pa.web.serve import serve

_ANSWER = b'{"cards":[{"uuid":"0f6c2c1e-6f0e-4e6b-9c62-0d3f7b9f8f11","summary":"Nothing to do","indicator":"info","source":{"label":"Nobody"}}]}'


def application() -> Flask:
    """Parse, and answer always the same."""
    app = Flask("floor", static_folder=None)

    @app.post("/")
    def answer() -> Response:
        request.get_json()
        return Response(_ANSWER, mimetype="application/json")

    return app


if __name__ == "__main__":
    settings = read({"port": int(sys.argv[1]), "open": True, "data_directory": Path(tempfile.gettempdir())}, {})
    sys.exit(serve(settings, "tests.benchmarks.crd_floor:application"))
