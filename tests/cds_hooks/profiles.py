"""What a resource in an answer breaks of the CRD profile of its kind, by the strict reading of its guide generation."""

from ig_profiles.names import CRD
from ig_profiles.registry import open_set
from ig_profiles.validator import validate

GUIDE = {"2.0": "2.0.1", "2.1": "2.2", "2.2": "2.2"}
PROFILES = {"Task": "taskquestionnaire"}
BY_THEMSELVES = ("Questionnaire",)  # CRD has no profile for these; they name those they keep to


def faults(resource, dialect):
    """One line for each error."""
    kind = resource["resourceType"]
    profile = None if kind in BY_THEMSELVES else f"{CRD}/StructureDefinition/profile-{PROFILES.get(kind, kind.lower())}"
    found = validate(resource, open_set(GUIDE[dialect]), profile, strict=True)
    return [f"{issue.expression}: {issue.text}" for issue in found if issue.severity in ("fatal", "error")]
