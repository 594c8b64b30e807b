"""Hook: what each file in ``hooks/`` says of one CDS hook, and the small steps those files share."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from cds_hooks.dialect import Dialect
from ig_profiles.reading import Entry, Index, Json, many, text

ORDER_TYPES = ("CommunicationRequest", "DeviceRequest", "MedicationRequest", "NutritionOrder", "ServiceRequest", "VisionPrescription")


@dataclass(frozen=True)
class Subject:
    """One thing a hook asks about.

    ``carrier`` is the resource that will carry the coverage information, ``described_by`` the resource that says what
    is asked for (another one only for appointments based on an order), ``on`` the FHIR time that overrides its own.
    """

    carrier: Entry
    described_by: Entry
    on: str | None = None
    until: str | None = None


@dataclass(frozen=True)
class Hook:
    """One CDS hook as this service offers it.

    ``primary`` hooks must be answered with coverage information on every call; supporting ones must not ask for
    documentation (crd.md §1.1 rows 2-4). ``fields`` are the context fields the hook cannot do without, each with its
    JSON kind: ``string``, ``Bundle`` or ``list``; of ``one_of``, names of the same thing, one must be there.
    ``subjects`` finds what is asked about; ``wanted`` names the references to resources that must be at hand for that.
    """

    name: str
    version: str
    primary: bool
    title: str
    description: str
    fields: Mapping[str, str]
    prefetch: Mapping[Dialect, Mapping[str, str]]
    subjects: Callable[[Json, Index, Dialect], tuple[Subject, ...]]
    wanted: Callable[[Json, Index], tuple[str, ...]]
    one_of: tuple[str, ...] = ()

    @property
    def service_id(self) -> str:
        """The id of the service that listens to this hook."""
        return f"{self.name}-crd"


def itself(entry: Entry) -> Subject:
    """The subject that carries the answer and describes itself."""
    return Subject(entry, entry)


def entries_of(bundle: object, index: Index, *kinds: str) -> list[Entry]:
    """The entries of a context Bundle, as the index knows them, of these types."""
    found: list[Entry] = []
    for resource in many(bundle, "entry", "resource"):
        found.extend(entry for entry in index.of_type(*kinds) if entry.resource is resource)
    return found


def based_on(resource: Json, index: Index) -> Entry | None:
    """The order an appointment is based on: directly, or through the alternate-reference extension, when it is at hand."""
    return next((entry for entry in (index.resolve(name, resource) for name in based_on_references(resource)) if entry is not None), None)


def based_on_references(resource: Json) -> list[str]:
    """The literal references to the orders an appointment is based on."""
    direct = [text(item, "reference") for item in many(resource, "basedOn")]
    other = [text(item, "valueReference", "reference") for item in many(resource, "basedOn", "extension")]
    return [name for name in direct + other if name and name.split("/")[-2:-1] != [] and name.split("/")[-2] in ORDER_TYPES]


def nothing_wanted(context: Json, index: Index) -> tuple[str, ...]:
    """For hooks whose context holds what they ask about."""
    return ()
