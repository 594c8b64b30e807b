"""For whoever lets providers in: list the registered systems, register one."""

from __future__ import annotations

import os
import tomllib
from pathlib import Path
from typing import Any

import click

from fhir_pa.auth import registration
from fhir_pa.commands.options import explained, settings_of, where
from fhir_pa.configuration import Mistakes
from ig_profiles.json import dump, parse

_SCOPES = ("system/Claim.cruds", "system/Questionnaire.rs", "system/Library.rs", "system/ValueSet.rs", "system/Subscription.cruds")


@click.group()
def clients() -> None:
    """Providers' systems that may call."""


@clients.command("list")
@where
def list_clients(**flags: Any) -> None:
    """List the registered systems and what each may do."""
    for client in settings_of(flags).directory.clients:
        click.echo(f"{client.id:<24} {client.name:<36} {' '.join(str(scope) for scope in sorted(client.scopes)) or 'hooks only'}")


@clients.command("add")
@click.argument("identity")
@click.option("--name", default="", help="How people call it.")
@click.option("--jwks", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="A file with its public keys (JWK Set).")
@click.option("--jwks-url", default="", help="Where its public keys are read, instead of a file.")
@click.option("--scope", "scopes", multiple=True, default=_SCOPES, show_default=True, help="What it may do.")
@click.option("--cds-issuer", default="", help="The iss of its CDS Hooks tokens.")
@click.option("--cds-jwks-url", default="", help="Where the keys of those tokens are read, and the jku they may name; where these are keys of their own.")
@click.option("--certificate-uri", default="", help="The URI its client certificate names it by; it is then let in by mutual TLS alone.")
@click.option("--fhir-base", "fhir_bases", multiple=True, help="Its FHIR server, which the payer may query.")
@click.option("--organization", "organizations", multiple=True, help="An NPI or sender id it speaks for.")
@click.option("--notification-endpoint", "notification_endpoints", multiple=True, help="A URL prefix at which it may be notified.")
@click.option("--no-dtr", is_flag=True, help="It cannot run DTR: forms come to it as tasks.")
@click.option("--config", help="The file to write it into (or FHIR_PA_CONFIG); without one, what to add is printed.")
def add_client(config: str | None, jwks: Path | None, no_dtr: bool, **given: Any) -> None:
    """Register the provider's system IDENTITY: write it into the configuration file, or print what to add."""
    with explained():
        keys = parse(jwks.read_bytes()) if jwks else None
        table = client_table({"id": given.pop("identity"), **given, "jwks": keys, "dtr": False if no_dtr else None})
        path = config or os.environ.get("FHIR_PA_CONFIG")
        if path is None:
            _check(table, "the new client")
            click.echo(table)
            click.echo("Add this to the configuration file, or name the file with --config and it is added.", err=True)
            return
        before = Path(path).read_text("utf-8") if Path(path).exists() else ""
        after = f"{before.rstrip()}\n\n{table}" if before.strip() else table
        _check(after, path)
        Path(path).write_text(after, "utf-8")
    click.echo(f"Registered in {path}. Servers read it when they next start.")


def client_table(values: dict[str, Any]) -> str:
    """The values as a [[client]] table of TOML; empty ones are left out.

    >>> print(client_table({"id": "oakwood-ehr", "name": "", "scopes": ("system/Claim.cu",)}))
    [[client]]
    id = "oakwood-ehr"
    scopes = ["system/Claim.cu"]
    <BLANKLINE>
    """
    lines = [f"{key} = {_toml(value)}" for key, value in values.items() if value or value is False]
    return "\n".join(["[[client]]", *lines, ""])


def _toml(value: Any) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{_toml(key)} = {_toml(inner)}" for key, inner in value.items()) + " }"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(_toml, value)) + "]"
    return dump(value).decode().replace("\x7f", "\\u007f")


def _check(text: str, name: str) -> None:
    mistakes = Mistakes()
    try:
        registration.read(tomllib.loads(text), name, mistakes)
    except tomllib.TOMLDecodeError as error:
        mistakes.add(name, f"is not TOML: {error}.", "Correct that line first.")
    mistakes.stop_if_any()
