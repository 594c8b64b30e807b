"""The command line: every command, joined under ``fhir-pa``."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path

import click

from fhir_pa.commands.audit import audit
from fhir_pa.commands.claims import claims
from fhir_pa.commands.clients import clients
from fhir_pa.commands.measures import measures
from fhir_pa.commands.members import members
from fhir_pa.commands.notices import notices
from fhir_pa.commands.people import people
from fhir_pa.commands.policies import policies
from fhir_pa.commands.profiles import profiles
from fhir_pa.commands.prove import prove
from fhir_pa.commands.reviews import reviews
from fhir_pa.commands.serving import serve, settings, worker
from fhir_pa.commands.simulate import simulate
from fhir_pa.commands.validate import validate
from fhir_pa.provider.demo import run_demo
from fhir_pa.provider.testdata.folder import renew_proofs, write_folder
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


@main.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option("--guide", "guides", type=click.Choice(["2.0.1", "2.2"]), multiple=True, help="Only this generation of the guides; both, unless told otherwise.")
@click.option("--payer-url", default="http://127.0.0.1:8080", show_default=True, help="Where the payer will be reached: tokens are made for it.")
@click.option("--ehr-url", default="http://127.0.0.1:9090", show_default=True, help="The provider's EHR: its resources' names, and where it is told.")
@click.option("--proofs", is_flag=True, help="Only sign the proofs of the folder anew; they are good for five minutes.")
def testdata(folder: Path, guides: tuple[str, ...], payer_url: str, ehr_url: str, proofs: bool) -> None:
    """Write ready requests, tokens and an index for every situation: whoever tests a payer finds what must come back, too."""
    at = datetime.now(UTC)
    if proofs:
        try:
            renew_proofs(folder, at)
        except FileNotFoundError:
            raise click.UsageError(f"{folder} holds no test data. Write it first: fhir-pa testdata {folder}") from None
        click.echo(f"The proofs in {folder / 'proofs'} are good for five minutes from now.")
        return
    written = write_folder(folder, guides or ("2.0.1", "2.2"), payer_url.rstrip("/"), ehr_url.rstrip("/"), at)
    click.echo(f"{len(written)} situations are in {folder}. Begin with {folder / 'README.md'}.")


for command in (serve, worker, settings, claims, clients, measures, members, notices, people, policies, profiles, reviews, prove, audit, validate, simulate):
    main.add_command(command)

if __name__ == "__main__":
    main()
