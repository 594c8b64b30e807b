"""For whoever looks after the payer's staff and the practices' people: list them, give one a token."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import click

from fhir_pa.auth.tokens import Mint
from fhir_pa.commands.options import payer_of, person_calling, settings_of, where


@click.group()
def people() -> None:
    """The payer's staff, and the people of practices."""


@people.command("list")
@where
def list_people(**flags: Any) -> None:
    """List the staff with roles and licences, then the people of practices."""
    directory = settings_of(flags).directory
    for person in directory.people:
        licence = f"licence {person.licence.state} {person.licence.number}" if person.licence else "no licence"
        click.echo(f"{person.id:<16} {person.name:<32} {', '.join(person.roles):<24} {licence}")
    for colleague in directory.practice_people:
        click.echo(f"{colleague.id:<16} {colleague.name:<32} {', '.join(colleague.roles):<24} of {colleague.practice.name}")


@people.command("token")
@click.argument("identity")
@click.option("--minutes", type=click.IntRange(1, 720), default=60, show_default=True, help="How long it is good for.")
@where
def token(identity: str, minutes: int, **flags: Any) -> None:
    """Print a token for the person IDENTITY: a bearer token for the reviewers' addresses (/um) and desk, or for a practice's person one for its desk."""
    with payer_of(flags) as payer:
        mint, lasting = Mint(payer.memory, payer.public_url, payer.clock), timedelta(minutes=minutes)
        colleague = payer.directory.practice_person(identity)
        if colleague is not None:
            click.echo(mint.practice_token(colleague.id, lasting))
        else:
            click.echo(mint.person_token(person_calling(payer, identity).id, lasting))
