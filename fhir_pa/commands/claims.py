"""For the payer's staff: tell of claims, so that it can be said which services had a valid authorization."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from fhir_pa.commands.options import payer_of, person_calling, where
from fhir_pa.operations.managing import claims as operation
from ig_profiles.json import dump


@click.group()
def claims() -> None:
    """What the claims system tells of services given."""


@claims.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--as", "identity", required=True, help="Who of the payer's people is acting.")
@where
def import_(file: Path, identity: str, **flags: Any) -> None:
    """Keep the lines of a CSV file (claim, line, member, code, on, npi …), and say what was on file for each."""
    with payer_of(flags) as payer:
        found = operation.tell(file.read_bytes(), person_calling(payer, identity), payer)
    click.echo(dump(found, pretty=True).decode())
