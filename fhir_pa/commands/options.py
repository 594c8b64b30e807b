"""What every command shares: the settings as options, an open payer, and mistakes told without a traceback."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, get_type_hints

import click

from fhir_pa.auth.caller import Caller
from fhir_pa.configuration import Misconfigured
from fhir_pa.settings import Settings, documented, read
from fhir_pa.wiring import Payer, open_payer
from ig_profiles.outcome import Refusal

Command = Callable[..., Any]
_WHERE = ("config", "data_directory", "database_url", "public_url", "policies")


def all_settings(command: Command) -> Command:
    """One option for every setting, its help the setting's own words; they arrive as ``**flags``."""
    return _options(command, tuple(each.name for each in documented()))


def where(command: Command) -> Command:
    """Only the options that say which payer is meant: its file, its database."""
    return _options(command, _WHERE)


@contextmanager
def explained() -> Iterator[None]:
    """Mistakes and refusals become a message and exit code 2."""
    try:
        yield
    except Misconfigured as mistakes:
        raise click.UsageError("The configuration cannot be used:\n" + "\n".join(f"  {mistake}" for mistake in mistakes.mistakes)) from None
    except Refusal as refusal:
        raise click.UsageError(str(refusal)) from None


def settings_of(flags: dict[str, Any]) -> Settings:
    """The settings in effect, or a message for a person."""
    with explained():
        return read(flags, os.environ)


@contextmanager
def payer_of(flags: dict[str, Any]) -> Iterator[Payer]:
    """The payer these flags mean, open until the block ends."""
    settings = settings_of(flags)
    with explained():
        payer = open_payer(settings)
        try:
            yield payer
        finally:
            payer.close()


def person_calling(payer: Payer, identity: str) -> Caller:
    """One of the staff acting at the terminal of the machine that holds the database."""
    person = payer.directory.person(identity)
    if person is None:
        known = ", ".join(each.id for each in payer.directory.people) or "nobody"
        raise click.UsageError(f"{identity!r} is not one of the payer's people. Listed: {known}. Add a [[person]] to the configuration file.")
    return Caller("command line", person=person)


def _options(command: Command, names: tuple[str, ...]) -> Command:
    types = get_type_hints(Settings)
    for each in reversed([each for each in documented() if each.name in names]):
        flag, kind = f"--{each.name.replace('_', '-')}", types[each.name]
        if kind is bool:
            command = click.option(f"{flag}/--no-{flag[2:]}", default=None, help=each.metadata["says"])(command)
        else:
            many = kind == tuple[str, ...]
            command = click.option(flag, type=int if kind is int else str, multiple=many, help=each.metadata["says"])(command)
    return command
