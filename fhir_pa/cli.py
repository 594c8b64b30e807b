"""The command line: every command, joined under ``fhir-pa``."""

from __future__ import annotations

import sys

import click

from fhir_pa.commands.audit import audit
from fhir_pa.commands.clients import clients
from fhir_pa.commands.measures import measures
from fhir_pa.commands.notices import notices
from fhir_pa.commands.people import people
from fhir_pa.commands.policies import policies
from fhir_pa.commands.profiles import profiles
from fhir_pa.commands.prove import prove
from fhir_pa.commands.reviews import reviews
from fhir_pa.commands.serving import serve, settings, worker
from fhir_pa.commands.validate import validate
from fhir_pa.provider.demo import run_demo
from fhir_pa.release import release


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(release(), prog_name="fhir-pa")
def main() -> None:
    """A payer's prior-authorization server: it hears orders, asks for documentation, decides or refers, and says why."""


@main.command()
@click.option("--guide", type=click.Choice(["2.0.1", "2.2"]), default="2.0.1", show_default=True, help="Which generation of the guides both sides speak.")
@click.option("--database-url", envvar="FHIR_PA_DATABASE_URL", help="A PostgreSQL database for the payer, instead of SQLite in a new folder.")
@click.option("--keep", is_flag=True, help="Leave both sides running afterwards, and say where to look.")
def demo(guide: str, database_url: str | None, keep: bool) -> None:
    """Start a payer and a provider's side, play the scenes over HTTP, and say how each step came out."""
    sys.exit(run_demo(guide, database_url, keep, click.echo))


for command in (serve, worker, settings, clients, measures, notices, people, policies, profiles, reviews, prove, audit, validate):
    main.add_command(command)

if __name__ == "__main__":
    main()
