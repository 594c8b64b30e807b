"""For auditors at a terminal: find kept hook calls, read one, follow an assertion, see who looked."""

from __future__ import annotations

from typing import Any

import click

from fhir_pa.commands.options import payer_of, person_calling, where
from fhir_pa.operations.hooks import audit as hook_audit
from ig_profiles.json import dump
from ig_profiles.reading import Json

acting_as = click.option("--as", "identity", required=True, help="Which of the payer's auditors is looking.")


@click.command("hooks")
@acting_as
@click.option("--client", help="Calls of this client.")
@click.option("--hook", help="Calls of this hook, e.g. order-sign.")
@click.option("--instance", help="Calls with this hookInstance.")
@click.option("--patient", help="Calls about this patient, by the id the client uses; needs --from and --until.")
@click.option("--from", "since", help="From this day on, e.g. 2026-11-21 (UTC).")
@click.option("--until", help="To this day, included.")
@where
def hooks(identity: str, since: str | None, **flags: Any) -> None:
    """List kept hook calls, the newest first. That you looked is recorded."""
    named = {name: flags.pop(name) for name in ("client", "hook", "instance", "patient", "until")}
    asked = {name: value for name, value in {**named, "from": since}.items() if value}
    with payer_of(flags) as payer:
        found = hook_audit.search(asked, person_calling(payer, identity), payer)
    for call in found["calls"]:
        click.echo(f"{call['id']}  {call['at']}  {call['hook']}  {call['client']}  {call['hook_instance']}")
    click.echo("There are more; narrow the search." if found["more"] else f"{len(found['calls'])} calls.")


@click.command("hook")
@click.argument("call_id")
@acting_as
@where
def hook(call_id: str, identity: str, **flags: Any) -> None:
    """Show the kept call CALL_ID with its answer and who looked at it before. That you looked is recorded."""
    with payer_of(flags) as payer:
        _print(hook_audit.read(call_id, person_calling(payer, identity), payer))


@click.command("assertion")
@click.argument("assertion_id")
@acting_as
@where
def assertion(assertion_id: str, identity: str, **flags: Any) -> None:
    """Show every call about the coverage-assertion-id ASSERTION_ID and what it was told, in order. That you looked is recorded."""
    with payer_of(flags) as payer:
        _print(hook_audit.assertion(assertion_id, person_calling(payer, identity), payer))


@click.command("looks")
@acting_as
@where
def looks(identity: str, **flags: Any) -> None:
    """List who looked at kept calls, the newest first. That you looked is recorded."""
    with payer_of(flags) as payer:
        found = hook_audit.looks(person_calling(payer, identity), payer)["looks"]
    for look in found:
        click.echo(f"{look['at']}  {look['person']}  {look['how']}  {look['what']}  {look['about']}")


def _print(shown: Json) -> None:
    click.echo(dump(shown, pretty=True).decode())


COMMANDS = (hooks, hook, assertion, looks)
