"""The command line: every command, joined under ``fhir-pa``."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version

import click

from fhir_pa.commands.clients import clients
from fhir_pa.commands.demo import demo
from fhir_pa.commands.people import people
from fhir_pa.commands.policies import policies
from fhir_pa.commands.reviews import reviews
from fhir_pa.commands.serving import serve, settings, worker


def _version() -> str:
    try:
        return version("fhir-pa")
    except PackageNotFoundError:
        return "run from its source"


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(_version(), prog_name="fhir-pa")
def main() -> None:
    """A payer's prior-authorization server: it hears orders, asks for documentation, decides or refers, and says why."""


for command in (serve, worker, settings, clients, people, policies, reviews, demo):
    main.add_command(command)

if __name__ == "__main__":
    main()
