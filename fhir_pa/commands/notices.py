"""For operators at a terminal: which subscribers were not told of what, and telling them again."""

from __future__ import annotations

from typing import Any

import click

from fhir_pa.commands.options import explained, payer_of, where
from fhir_pa.operations.notices import dead_letters


@click.group()
def notices() -> None:
    """Notices that subscribers did not hear."""


@notices.command("list")
@click.option("--subscription", help="Only those of this subscription, by its id.")
@where
def unheard(subscription: str | None, **flags: Any) -> None:
    """List the events that were given up, and those unsent behind them."""
    with payer_of(flags) as payer:
        found = dead_letters.unheard(payer, subscription)
    for each in found:
        reason = f"  {each.because}" if each.because else ""
        click.echo(f"{each.subscription_id}  event {each.event_number}  {each.number}  {each.why}  {each.at.isoformat()}  {each.state}{reason}")
    if not found:
        click.echo("Every event was heard, or is still being told.")


@notices.command("redeliver")
@click.argument("subscription")
@where
def redeliver(subscription: str, **flags: Any) -> None:
    """Tell SUBSCRIPTION again every event it did not hear, in order; its client must have made it active again."""
    with payer_of(flags) as payer, explained():
        count = dead_letters.redeliver(subscription, payer)
    click.echo(f"{count} event{'s' * (count != 1)} will be told again." if count else "There is nothing to tell again.")
