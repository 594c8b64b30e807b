"""What the two validators are compared on: published examples, seeded faults, and what our own parties put on the wire."""

from __future__ import annotations

import tarfile
from collections.abc import Iterator

from ig_profiles.json import dump, parse
from ig_profiles.reading import many, one, text
from ig_profiles.registry import TYPES
from tests.ig_profiles.seeded_faults import FAULTS
from tests.oracle.hapi import Case
from tests.oracle.traffic import conversation, demonstration
from tests.packages import FOLDER, examples

PUBLISHED = {"2.0.1": ("crd-2.0.1", "dtr-2.0.1", "pas-2.0.1")}  # the packages of the 2.2 generation at hand bring no examples


def everything(guide: str) -> list[Case]:
    """Every case of one guide set, each name beginning with the guide."""
    return [*published(guide), *seeded(guide), *demonstration(guide), *conversation(guide)]


def published(guide: str) -> Iterator[Case]:
    """The examples that the guides' packages bring, each to be held to the profile its guide names for it."""
    for package in PUBLISHED.get(guide, ()):
        profiles = _profiles(package)
        for file, body in sorted(examples(f"hl7.fhir.us.davinci-{package}").items()):
            name = file.removesuffix(".json")
            if file.endswith(".json") and not file.startswith("."):
                yield Case(f"{guide}/examples/{package}/{name}", body.decode(), profiles.get(name.replace("-", "/", 1)), _base(body))


def seeded(guide: str) -> Iterator[Case]:
    """The examples with a fault sown into each."""
    for fault in FAULTS if guide == "2.0.1" else ():
        body = dump(fault.made())
        yield Case(f"{guide}/faults/{fault.name}", body.decode(), fault.profile, _base(body))


def _profiles(package: str) -> dict[str, str]:
    """The profile of each example by ``Type/id``, as the ImplementationGuide of the package tells."""
    with tarfile.open(FOLDER / f"hl7.fhir.us.davinci-{package}.tgz") as archive:
        (name,) = (each for each in archive.getnames() if each.startswith("package/ImplementationGuide-"))
        body = archive.extractfile(name)
        assert body is not None
        told = many(parse(body.read()), "definition", "resource")
    return {one(each, "reference", "reference"): each["exampleCanonical"] for each in told if "exampleCanonical" in each}


def _base(body: bytes) -> str | None:
    kind = text(parse(body), "resourceType")
    return f"{TYPES}{kind}" if kind in ("Questionnaire", "QuestionnaireResponse") else None
