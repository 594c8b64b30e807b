"""What encounter-start and encounter-discharge share: the Encounter named in the context is what they ask about."""

from __future__ import annotations

from collections.abc import Mapping

from cds_hooks.dialect import Dialect
from cds_hooks.hook import Subject, itself
from cds_hooks.hooks.templates import ENCOUNTER_PEOPLE, STANDARD, WITH_ENCOUNTER, locations, organizations, practitioners, roles
from ig_profiles.reading import Index, Json

PREFETCH: Mapping[Dialect, Mapping[str, str]] = {
    "2.0": WITH_ENCOUNTER,
    "2.1": WITH_ENCOUNTER,
    "2.2": {
        **STANDARD,
        "practitionerRoles": roles([ENCOUNTER_PEOPLE]),
        "practitioners": practitioners([ENCOUNTER_PEOPLE]),
        "organizations": organizations(),
        "locations": locations(),
    },
}
FIELDS: Mapping[str, str] = {"patientId": "string", "encounterId": "string"}


def subjects(context: Json, index: Index, dialect: Dialect) -> tuple[Subject, ...]:
    """The encounter, when it is at hand."""
    entry = index.resolve(_reference(context))
    return (itself(entry),) if entry is not None else ()


def wanted(context: Json, index: Index) -> tuple[str, ...]:
    """The encounter, when it is not at hand."""
    name = _reference(context)
    return (name,) if index.resolve(name) is None else ()


def _reference(context: Json) -> str:
    return f"Encounter/{str(context.get('encounterId', '')).rsplit('/', 1)[-1]}"
