"""Which CRD profile binds a resource that a hook asks about (CRD, Artifacts; crd.md §3)."""

from __future__ import annotations

from cds_hooks.dialect import Dialect
from cds_hooks.hook import ORDER_TYPES
from ig_profiles.names import CRD
from ig_profiles.reading import Json

_BOUND = (*ORDER_TYPES, "Appointment", "Encounter")


def profile_of(resource: Json, dialect: Dialect) -> str | None:
    """The canonical, or None for a type CRD has no profile for. From 2.1 on, an appointment is bound by whether an order lies behind it.

    >>> profile_of({"resourceType": "ServiceRequest"}, "2.0")
    'http://hl7.org/fhir/us/davinci-crd/StructureDefinition/profile-servicerequest'
    >>> profile_of({"resourceType": "Appointment", "basedOn": [{}]}, "2.2")
    'http://hl7.org/fhir/us/davinci-crd/StructureDefinition/profile-appointment-with-order'
    """
    kind = str(resource.get("resourceType"))
    if kind not in _BOUND:
        return None
    with_order = {True: "-with-order", False: "-no-order"}[bool(resource.get("basedOn"))] if kind == "Appointment" and dialect != "2.0" else ""
    return f"{CRD}/StructureDefinition/profile-{kind.lower()}{with_order}"
