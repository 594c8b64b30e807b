"""For whoever answers members' calls: a one-time code for the member page."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import click

from fhir_pa.auth.member_code import GOOD_FOR, Codes
from fhir_pa.commands.options import explained, payer_of, where


@click.group()
def members() -> None:
    """The plan's members."""


@members.command("code")
@click.argument("number")
@click.option("--born", type=click.DateTime(["%Y-%m-%d"]), help="The birthday, where a family shares the number.")
@where
def code(number: str, born: datetime | None, **flags: Any) -> None:
    """Print a one-time code for the member or representative NUMBER, to sign in at /member with number and birthday."""
    with payer_of(flags) as payer, explained():
        given = Codes(payer.directory, payer.memory, payer.clock).give(number, born.date() if born else None)
        click.echo(f"{given[:4]} {given[4:]}")
        click.echo(f"Good once, for {int(GOOD_FOR.total_seconds() // 60)} minutes, at {payer.public_url}/member.", err=True)
