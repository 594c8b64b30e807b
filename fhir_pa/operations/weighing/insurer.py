"""The payer itself as a FHIR Organization, for what it sends in its own name."""

from __future__ import annotations

from fhir_pa.auth.directory import Insurer
from ig_profiles.reading import Json


def organization(insurer: Insurer) -> Json:
    """The Organization with the payer's number, when it has one on file."""
    identifier = [{"system": insurer.identifier.system, "value": insurer.identifier.value}] if insurer.identifier else []
    return {"resourceType": "Organization", "id": "insurer", "identifier": identifier, "active": True, "name": insurer.name}
