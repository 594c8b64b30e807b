"""The floor under every submission: a bare Flask application that parses the Bundle and commits one row, in the same server.

    FLOOR_DATABASE_URL=sqlite:////tmp/floor.sqlite python -m tests.benchmarks.pas_floor 8090
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

import sqlalchemy as sa
from flask import Flask, Response, request

from fhir_pa.settings import read
from fhir_pa.storage.database import open_database
from fhir_pa.web.serve import serve

_ANSWER = b'{"resourceType":"Bundle","type":"collection"}'


def application() -> Flask:
    """Parse, commit the bytes as durably as the payer does, and answer always the same."""
    app = Flask("floor", static_folder=None)
    engine = open_database(os.environ["FLOOR_DATABASE_URL"], Path(tempfile.gettempdir()))
    table = sa.Table("floor", sa.MetaData(), sa.Column("id", sa.Integer, primary_key=True), sa.Column("body", sa.LargeBinary))
    table.create(engine, checkfirst=True)

    @app.post("/")
    def answer() -> Response:
        request.get_json()
        with engine.begin() as connection:
            connection.execute(sa.insert(table).values(body=request.get_data()))
        return Response(_ANSWER, mimetype="application/json")

    return app


if __name__ == "__main__":
    settings = read({"port": int(sys.argv[1]), "open": True, "data_directory": Path(tempfile.gettempdir())}, {})
    sys.exit(serve(settings, "tests.benchmarks.pas_floor:application"))
