"""The payers this app works with, and which of them a coverage belongs to (DTR §supported payers, endpoint routing)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from fhir_pa.provider.clinician.trouble import Trouble
from fhir_pa.provider.pas_client import PasClient
from ig_profiles.names import DTR_PROFILE
from ig_profiles.reading import Json, many, text


@dataclass(frozen=True)
class Payer:
    """One payer: its identifiers as ``system|value``, the guide its base speaks, and the client proven there."""

    id: str
    name: str
    identifiers: tuple[str, ...]
    guide: str
    client: PasClient


def payer_of(organizations: Iterable[Json], payers: tuple[Payer, ...]) -> Payer:
    """The payer one of these organizations (a coverage's payor) is. Raises Trouble when none of ours is."""
    for organization in organizations:
        known = {f"{text(each, 'system')}|{text(each, 'value')}" for each in many(organization, "identifier")}
        for payer in payers:
            if known & set(payer.identifiers):
                return payer
    words = f"This app works with {', '.join(payer.name for payer in payers)}. Document for another payer in the way it asks for."
    raise Trouble(422, "app", "This coverage's payer is not known here.", words)


def is_discovered(payer: Payer, configuration: Json) -> bool:
    """Whether a payer's own endpoint discovery (HRex, davinci-configuration) gives it an identifier we know it by, and its base to ask for forms at.

    >>> payer = Payer("p", "P", ("s|1",), "2.2", PasClient("https://p.example/fhir", "c", None))  # type: ignore[arg-type]
    >>> is_discovered(payer, {"identifier": {"system": "s", "value": "1"}, "endpoints": {"davinci_dtr_qpackage_endpoint#2.2": "https://p.example/fhir"}})
    True
    """
    named = f"{text(configuration, 'identifier', 'system')}|{text(configuration, 'identifier', 'value')}"
    bases = (str(url).rstrip("/") for name, url in configuration.get("endpoints", {}).items() if name.startswith("davinci_dtr_qpackage_endpoint"))
    return named in payer.identifiers and payer.client.fhir_base in bases


def supported(payers: tuple[Payer, ...]) -> Json:
    """The list in DTR 2.0.1's words; each id is the value of the identifier that endpoint discovery gives (spec-105)."""
    return {"payers": [{"id": payer.identifiers[0].rpartition("|")[2], "name": payer.name} for payer in payers]}


def supported_list(payers: tuple[Payer, ...], at: str) -> Json:
    """The same as the FHIR List of DTR 2.2, its payers contained."""
    contained = []
    for payer in payers:
        identifiers = [dict(zip(("system", "value"), each.split("|", 1), strict=True)) for each in payer.identifiers]
        contained.append({"resourceType": "Organization", "id": payer.id, "identifier": identifiers, "active": True, "name": payer.name})
    entries = [{"item": {"reference": f"#{payer.id}"}} for payer in payers]
    head = {"resourceType": "List", "meta": {"profile": [f"{DTR_PROFILE}dtr-supported-Payers"]}, "contained": contained}
    return {**head, "status": "current", "mode": "working", "title": "Supported payers", "date": at, "entry": entries}
