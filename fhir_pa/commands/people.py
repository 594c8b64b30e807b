"""For whoever looks after the payer's staff: list them, give one a token."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import click

from fhir_pa.auth.tokens import Mint
from fhir_pa.commands.options import payer_of, person_calling, settings_of, where


@click.group()
def people() -> None:
    """The payer's staff."""


@people.command("list")
@where
def list_people(**flags: Any) -> None:
    """List the staff, their roles and licences."""
    for person in settings_of(flags).directory.people:
        licence = f"licence {person.licence.state} {person.licence.number}" if person.licence else "no licence"
        click.echo(f"{person.id:<16} {person.name:<32} {', '.join(person.roles):<24} {licence}")


@people.command("token")
@click.argument("identity")
@click.option("--minutes", type=click.IntRange(1, 720), default=60, show_default=True, help="How long it is good for.")
@where
def token(identity: str, minutes: int, **flags: Any) -> None:
    """Print a bearer token for the person IDENTITY, to call the reviewers' addresses (/um) with."""
    with payer_of(flags) as payer:
        person = person_calling(payer, identity)
        click.echo(Mint(payer.memory, payer.public_url, payer.clock).person_token(person.id, timedelta(minutes=minutes)))
