"""Serve the clinician's app as a process of its own: ``python -m fhir_pa.provider.clinician.serve --keys keys.json --ehr URL --payer URL``."""

from __future__ import annotations

import logging
from pathlib import Path
from urllib.parse import urlsplit

import click
from requests import RequestException
from werkzeug.serving import make_server

from fhir_pa.provider.charts.practice import PAYER_NPI
from fhir_pa.provider.clinician.build import Setting, build
from fhir_pa.provider.clinician.payers import Payer, is_discovered
from fhir_pa.provider.clinician.signing_in import WANTED, Host
from fhir_pa.provider.keys import Keys
from fhir_pa.provider.pas_client import PasClient
from fhir_pa.provider.play.payer_file import CLIENT_ID
from fhir_pa.provider.smart.apps import App
from fhir_pa.provider.wire import Wire
from ig_profiles.names import NPI
from ig_profiles.reading import Json

APP_ID = "fhir-pa-forms"


def registration(app_url: str, keys: Keys, guide: str | None = None) -> App:
    """How the app stands in an EHR's register; with a ``guide``, that generation's, where one EHR has an app for each."""
    own = f"-{guide}" if guide else ""
    return App(f"{APP_ID}{own}", "Authorization forms", f"{app_url}/launch", (f"{app_url}/callback",), keys.app_set(), f"launch launch/patient {WANTED}")


@click.command()
@click.option("--port", type=int, default=9191, show_default=True, help="Loopback port to listen on.")
@click.option("--keys", "keys_file", type=click.Path(path_type=Path, exists=True), required=True, help="File with the provider's signing keys.")
@click.option("--ehr", "ehr_url", required=True, help="Address of the EHR; its FHIR base is /fhir below.")
@click.option("--payer", "payer_base", required=True, help="The payer's FHIR base, e.g. https://payer.example/v2.2/fhir.")
@click.option("--guide", type=click.Choice(["2.0.1", "2.2"]), default="2.2", show_default=True, help="The guide that base speaks.")
@click.option("--payer-name", default="Larkfield Health Plan", show_default=True)
@click.option("--payer-npi", default=PAYER_NPI, help="By which coverages name the payer.")
@click.option("--measures", type=click.Path(path_type=Path, file_okay=False), help="Folder in which the figures of every session are kept.")
def main(port: int, keys_file: Path, ehr_url: str, payer_base: str, guide: str, payer_name: str, payer_npi: str, measures: Path | None) -> None:
    """The clinician's app, loopback only."""
    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    keys = Keys.load(keys_file)
    payer = Payer("payer", payer_name, (f"{NPI}|{payer_npi}",), guide, PasClient(payer_base, CLIENT_ID, keys))
    setting = Setting(f"http://127.0.0.1:{port}", (Host(f"{ehr_url}/fhir", APP_ID),), (payer,), keys, measures=measures)
    if not is_discovered(payer, _discovery(payer_base)):
        click.echo(f"{payer_name} does not discover itself under {NPI}|{payer_npi} with the base {payer_base}. Correct --payer-npi or --payer.", err=True)
    make_server("127.0.0.1", port, build(setting), threaded=True).serve_forever()


def _discovery(payer_base: str) -> Json:
    """The payer's davinci-configuration; empty when it publishes none, or cannot be reached yet."""
    parts = urlsplit(payer_base)
    try:
        reply = Wire(f"{parts.scheme}://{parts.netloc}").get(".well-known/davinci-configuration")
    except RequestException:
        return {}
    return reply.body if reply.status == 200 and isinstance(reply.body, dict) else {}


if __name__ == "__main__":
    main()
