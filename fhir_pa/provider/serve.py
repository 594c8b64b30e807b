"""Serve the test EHR as a process of its own: ``python -m fhir_pa.provider.serve --port 9090 --keys keys.json``.

With ``--payer`` it brings its pages for a browser, and the forms app of each guide generation on ports of its own.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import click
from werkzeug.serving import make_server

from fhir_pa.provider.cds_client import CdsClient, service_for
from fhir_pa.provider.charts.chart import Chart
from fhir_pa.provider.clinician.serve import registration
from fhir_pa.provider.ehr import build
from fhir_pa.provider.keys import Keys
from fhir_pa.provider.launching import Signing
from fhir_pa.provider.patients import charts_on
from fhir_pa.provider.play.payer_file import CLIENT_ID
from fhir_pa.provider.test_ehr.opening import opened
from fhir_pa.provider.test_ehr.people import everybody_on
from ig_profiles.reading import Json


@click.command()
@click.option("--port", type=int, default=9090, show_default=True, help="Loopback port to listen on.")
@click.option("--keys", "keys_file", type=click.Path(path_type=Path), required=True, help="File with the signing keys; written when absent.")
@click.option("--today", type=click.DateTime(["%Y-%m-%d"]), default=None, help="The day the charts are told from (default: today).")
@click.option("--app", "app_url", default=None, help="Address of the clinician's app, to be launched from the charts.")
@click.option("--cds", "cds_base", default=None, help="The payer's CDS base (e.g. …/v2.2), asked when orders are signed.")
@click.option("--guide", type=click.Choice(["2.0.1", "2.2"]), default="2.2", show_default=True, help="The dialect spoken there.")
@click.option("--payer", "payer_url", default=None, help="The payer's address: brings the test EHR's pages, and needs --forms-ports.")
@click.option("--forms-ports", type=int, nargs=2, default=None, help="Loopback ports of the forms app in generation 2.0.1 and in 2.2.")
@click.option("--measures", type=click.Path(path_type=Path, file_okay=False), default=None, help="Folder in which the forms apps keep every session's figures.")
@click.option("--reviewers", type=click.Path(path_type=Path), default=None, help="File that tells where the payer's people work; may come later.")
@click.option("--secret", envvar="FHIR_PA_PROVIDER_SECRET", required=True, help="Authorization value notices must carry.")
def main(
    port: int,
    keys_file: Path,
    today: object,
    app_url: str | None,
    cds_base: str | None,
    guide: str,
    payer_url: str | None,
    forms_ports: tuple[int, int] | None,
    measures: Path | None,
    reviewers: Path | None,
    secret: str,
) -> None:
    """Synthetic charts over FHIR, public keys, an inbox for notices, and the clinician's app to launch; loopback only."""
    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    if not keys_file.exists():
        Keys.new().save(keys_file)
    day = today.date() if today else date.today()  # type: ignore[attr-defined]
    url, keys = f"http://127.0.0.1:{port}", Keys.load(keys_file)
    if payer_url and forms_ports:
        urls = {name: f"http://127.0.0.1:{each}" for name, each in zip(("2.0.1", "2.2"), forms_ports, strict=True)}
        ehr, forms = opened(*everybody_on(day), keys, url, secret, payer_url, urls, reviewers, measures=measures)
        for name, app in forms.items():
            threading.Thread(target=make_server("127.0.0.1", int(urls[name].rpartition(":")[2]), app, threaded=True).serve_forever, daemon=True).start()
        make_server("127.0.0.1", port, ehr, threaded=True).serve_forever()
        return
    apps = (registration(app_url, keys),) if app_url else ()
    sign = signing(CdsClient(cds_base, guide, url, CLIENT_ID, keys)) if cds_base else None
    server = make_server("127.0.0.1", port, build(charts_on(day), keys, url, secret, apps=apps, sign=sign), threaded=True)
    server.serve_forever()


def signing(cds: CdsClient, unasked: bool = False) -> Signing:
    """Ask the payer at signing: the orders as it left them. ``unasked`` lets it authorize what nobody asked for yet."""

    def sign(chart: Chart) -> Mapping[str, Json]:
        return cds.order_sign(chart, service_for(cds.discover().body, "order-sign"), unasked=unasked).orders

    return sign


if __name__ == "__main__":
    main()
