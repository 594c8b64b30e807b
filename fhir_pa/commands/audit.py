"""For auditors: walk the chains of decision proofs, and name what somebody changed; what they may ask of hook calls is added here."""

from __future__ import annotations

import sys
from typing import Any

import click

from fhir_pa.commands import audit_hooks
from fhir_pa.commands.options import payer_of, where
from fhir_pa.operations.proofs import audit as chains


@click.group()
def audit() -> None:
    """Whether the record is as it was written, and what hooks were told."""


@audit.command("verify")
@click.argument("number", required=False)
@where
def verify(number: str | None, **flags: Any) -> None:
    """Walk the chain of proofs of the authorization NUMBER, or of all, over revisions, received messages and their rows.

    Without a NUMBER the chain of looks is walked too: who read what, each holding the fingerprint of the one before.

    Names the first broken link of each chain. Exit status: 0 when all are whole, 1 when one is broken, 2 when there is no
    such authorization. Keep the fingerprint of the last link elsewhere, and you can tell later if a whole chain was rewritten.
    """
    checked, broken = 0, 0
    with payer_of(flags) as payer:
        for chain in chains.verify(payer, number):
            checked += 1
            broken += chain.broken is not None
            if chain.broken is not None or number is not None:
                click.echo(str(chain.broken or f"{chain.number}: {chain.links} links, whole. The last is {chain.last}."))
        looked = chains.verify_looks(payer) if number is None else None
    click.echo(f"{checked} chains verified: {'all whole' if not broken else f'{broken} broken'}.")
    if looked is not None:
        click.echo(str(looked.broken or f"{looked.looks} looks verified: all whole.{f' The last is {looked.last}.' if looked.looks else ''}"))
    sys.exit(1 if broken or (looked is not None and looked.broken) else 0)


for command in audit_hooks.COMMANDS:
    audit.add_command(command)
