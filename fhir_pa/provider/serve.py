"""Serve the test EHR as a process of its own: ``python -m fhir_pa.provider.serve --port 9090 --keys keys.json``."""

from __future__ import annotations

import logging
from datetime import date
from pathlib import Path

import click
from werkzeug.serving import make_server

from fhir_pa.provider.ehr import build
from fhir_pa.provider.keys import Keys
from fhir_pa.provider.patients import charts_on


@click.command()
@click.option("--port", type=int, default=9090, show_default=True, help="Loopback port to listen on.")
@click.option("--keys", "keys_file", type=click.Path(path_type=Path), required=True, help="File with the signing keys; written when absent.")
@click.option("--today", type=click.DateTime(["%Y-%m-%d"]), default=None, help="The day the charts are told from (default: today).")
@click.option("--secret", envvar="FHIR_PA_PROVIDER_SECRET", required=True, help="Authorization value notices must carry.")
def main(port: int, keys_file: Path, today: object, secret: str) -> None:
    """Synthetic charts over FHIR, public keys, and an inbox for notices; loopback only."""
    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    if not keys_file.exists():
        Keys.new().save(keys_file)
    day = today.date() if today else date.today()  # type: ignore[attr-defined]
    server = make_server("127.0.0.1", port, build(charts_on(day), Keys.load(keys_file), f"http://127.0.0.1:{port}", secret), threaded=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
