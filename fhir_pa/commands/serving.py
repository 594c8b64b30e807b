"""For whoever runs the server: serve, work in the background, show the settings."""

from __future__ import annotations

import sys
from typing import Any

import click

from fhir_pa.background import work_until_stopped
from fhir_pa.commands.options import all_settings, payer_of, settings_of
from fhir_pa.logs import write_logs
from fhir_pa.web.serve import serve as serve_until_stopped


@click.command()
@all_settings
def serve(**flags: Any) -> None:
    """Serve until stopped. Without any configuration: on 127.0.0.1:8080, with SQLite in ./fhir-pa-data."""
    sys.exit(serve_until_stopped(settings_of(flags)))


@click.command()
@all_settings
def worker(**flags: Any) -> None:
    """Do only the background work (notices, clocks), beside servers started with --no-worker."""
    write_logs(settings_of(flags).log)
    with payer_of(flags) as payer:
        work_until_stopped(payer)


@click.command()
@all_settings
def settings(**flags: Any) -> None:
    """Show every setting: its value, where that came from, and what it means."""
    for name, value, source, says in settings_of(flags).shown():
        click.echo(f"{name:<18} {value or '(none)':<44} from {source}")
        click.echo(f"{'':<18} {says}")
