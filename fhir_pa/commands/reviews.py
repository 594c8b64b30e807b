"""For reviewers at a terminal: see what waits, read a case, decide items, reopen what was decided, take more time."""

from __future__ import annotations

from typing import Any

import click

from fhir_pa.commands.options import payer_of, person_calling, where
from fhir_pa.operations.desk import review, worklist
from fhir_pa.um.clocks.time_limits import ExtensionReason
from ig_profiles.json import dump
from ig_profiles.reading import Json, without_empty

acting_as = click.option("--as", "identity", required=True, help="Who of the payer's people is acting.")
numbered = click.argument("number")
of_items = click.option("--items", required=True, help="The items meant, by sequence, e.g. 2,3.")


@click.group()
def reviews() -> None:
    """Authorizations that wait for a person."""


@reviews.command("list")
@acting_as
@click.option("--page", type=click.IntRange(1), default=1, show_default=True, help="Which page of the list.")
@where
def waiting(identity: str, page: int, **flags: Any) -> None:
    """List the authorizations at which a person must look, the most urgent first."""
    with payer_of(flags) as payer:
        listed = worklist.worklist({"page": str(page)}, person_calling(payer, identity), payer)
    for each in listed["authorizations"]:
        items, services = (" ".join(str(word) for word in each.get(key, [])) for key in ("pended_items", "services"))
        what = f"{each['waits_for']} by {each['due_at']}"
        click.echo(f"{each['number']}  due {each['internal_due_at']}  {what}  items {items}  {services}  from {each.get('requestor', 'unknown')}")
    if not listed["total"]:
        click.echo("Nothing waits for a person.")
    elif listed["pages"] > 1:
        click.echo(f"Page {page} of {listed['pages']}, {listed['total']} in all.")


@reviews.command("show")
@numbered
@acting_as
@where
def show(number: str, identity: str, **flags: Any) -> None:
    """Show the authorization NUMBER whole: items, findings, evidence, trail."""
    with payer_of(flags) as payer:
        _print(review.read(number, person_calling(payer, identity), payer))


@reviews.command("decide")
@numbered
@acting_as
@of_items
@click.option("--decision", type=click.Choice(["certify", "deny", "modify"]), required=True, help="What is decided.")
@click.option("--because", required=True, help="The reason, in plain language; the member will read it.")
@click.option("--reason-code", multiple=True, help="A reason code of the payer's list, for a denial or modification.")
@click.option("--criterion", "criteria", multiple=True, help="A criterion the decision rests on.")
@click.option("--phone", help="Whom to call about it.")
@click.option("--quantity", help="How much is authorized.")
@click.option("--from", "starts_on", help="First day authorized, e.g. 2026-11-22.")
@click.option("--until", help="Last day authorized.")
@where
def decide(number: str, identity: str, items: str, quantity: str | None, starts_on: str | None, until: str | None, **given: Any) -> None:
    """Decide items of the authorization NUMBER, signed by the person acting."""
    authorized = {"quantity": quantity, "from": starts_on, "until": until}
    flags = {name: given.pop(name) for name in list(given) if name not in ("decision", "because", "reason_code", "criteria", "phone")}
    body = dump(without_empty({"items": _numbers(items), "authorized": authorized, **given}))
    with payer_of(flags) as payer:
        _print(review.decide(number, body, person_calling(payer, identity), payer))


@reviews.command("reopen")
@numbered
@acting_as
@of_items
@click.option("--because", required=True, help="Why it is looked at again.")
@where
def reopen(number: str, identity: str, items: str, because: str, **flags: Any) -> None:
    """Reopen decided items of the authorization NUMBER for another look."""
    with payer_of(flags) as payer:
        body = dump({"items": _numbers(items), "because": because})
        _print(review.reopen(number, body, person_calling(payer, identity), payer))


@reviews.command("extend")
@numbered
@acting_as
@click.option("--reason", type=click.Choice([str(reason) for reason in ExtensionReason]), required=True, help="Why the law gives more time.")
@click.option("--because", required=True, help="The same in plain language; the member will read it.")
@where
def extend(number: str, identity: str, reason: str, because: str, **flags: Any) -> None:
    """Take more time to decide the authorization NUMBER; a nurse's wish for it is noted, for a physician to grant."""
    with payer_of(flags) as payer:
        body = dump({"reason": reason, "because": because})
        _print(review.extend(number, body, person_calling(payer, identity), payer))


def _numbers(items: str) -> list[int]:
    words = [word.strip() for word in items.split(",")]
    if not all(word.isdigit() for word in words):
        raise click.UsageError(f"--items {items!r} is not a list of sequence numbers. Write e.g. --items 2,3.")
    return [int(word) for word in words]


def _print(view: Json) -> None:
    click.echo(dump(view, pretty=True).decode())
