"""For whoever wants to see it work: play the whole journey between a payer and a provider on this machine."""

from __future__ import annotations

import sys

import click

from fhir_pa.provider.demo import run_demo


@click.command()
@click.option("--guide", type=click.Choice(["2.0.1", "2.2"]), default="2.0.1", show_default=True, help="Which generation of the guides both sides speak.")
@click.option("--database-url", envvar="FHIR_PA_DATABASE_URL", help="A PostgreSQL database for the payer, instead of SQLite in a new folder.")
@click.option("--keep", is_flag=True, help="Leave both sides running afterwards, and say where to look.")
def demo(guide: str, database_url: str | None, keep: bool) -> None:
    """Start a payer and a provider's side, play the scenes over HTTP, and say how each step came out."""
    sys.exit(run_demo(guide, database_url, keep, click.echo))
