"""What the two validators are compared on: published examples, seeded faults, and what our own parties put on the wire."""

from __future__ import annotations

from collections.abc import Iterator

from tests.oracle.hapi import Case
from tests.oracle.traffic import conversation, demonstration
from tests.packages import examples

PUBLISHED = {"2.0.1": ("crd-2.0.1", "dtr-2.0.1", "pas-2.0.1")}  # the packages of the 2.2 generation at hand bring no examples


def everything(guide: str) -> list[Case]:
    """Every case of one guide set, each name beginning with the guide."""
    return [*published(guide), *demonstration(guide), *conversation(guide)]


def published(guide: str) -> Iterator[Case]:
    """The examples that the guides' packages bring."""
    for package in PUBLISHED.get(guide, ()):
        for name, body in sorted(examples(f"hl7.fhir.us.davinci-{package}").items()):
            if name.endswith(".json") and not name.startswith("."):
                yield Case(f"{guide}/examples/{package}/{name.removesuffix('.json')}", body.decode())
