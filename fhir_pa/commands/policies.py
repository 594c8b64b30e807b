"""For authors of policies: check a folder as a whole, compile its facts."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from fhir_pa.commands.options import explained
from questionnaires.check import check, report
from questionnaires.compile import compile_facts
from questionnaires.library import BUILT_IN
from questionnaires.translate import CqlMistakes, translate

a_folder = click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path), default=BUILT_IN)


@click.group()
def policies() -> None:
    """The payer's rules: one folder for each topic."""


@policies.command("check")
@a_folder
def check_folder(folder: Path) -> None:
    """Name every mistake in FOLDER (a policy, or a shelf of them; by default the policies that come with the server)."""
    with explained():
        mistakes = check(folder)
    click.echo(report(mistakes))
    sys.exit(1 if mistakes else 0)


@policies.command("compile")
@a_folder
def compile_folder(folder: Path) -> None:
    """Compile the CQL facts of every policy in FOLDER to the ELM that server and browser run."""
    for cql in sorted(folder.rglob("*.cql")):
        with explained():
            try:
                click.echo(f"{compile_facts(cql, translate)} is up to date.")
            except CqlMistakes as error:
                raise click.UsageError(f"{cql}: {error}") from None
