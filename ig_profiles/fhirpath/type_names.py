"""The types of FHIR R4 and of FHIRPath: which is a kind of which, and what a name in ``is``, ``as``, ``ofType`` means."""

from __future__ import annotations

from typing import Any

from ig_profiles.fhirpath.errors import Undecidable
from ig_profiles.fhirpath.moments import Moment
from ig_profiles.fhirpath.nodes import Node, Types
from ig_profiles.fhirpath.quantities import Quantity
from ig_profiles.fhirpath.values import described
from ig_profiles.resource_types import RESOURCE_TYPES

_PARENTS = {
    **dict.fromkeys(("code", "id", "markdown"), "string"),
    **dict.fromkeys(("canonical", "oid", "url", "uuid"), "uri"),
    **dict.fromkeys(("positiveInt", "unsignedInt"), "integer"),
    **dict.fromkeys(("Age", "Count", "Distance", "Duration", "MoneyQuantity", "SimpleQuantity"), "Quantity"),
    **dict.fromkeys(("Dosage", "ElementDefinition", "MarketingStatus", "Population", "ProdCharacteristic"), "BackboneElement"),
    **dict.fromkeys(("ProductShelfLife", "SubstanceAmount", "Timing"), "BackboneElement"),
    **dict.fromkeys(("Bundle", "Binary", "Parameters", "DomainResource"), "Resource"),
}


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_STRINGS = _words("string code id markdown uri canonical oid url uuid base64Binary date dateTime instant time xhtml")
_NUMBERS = _words("integer positiveInt unsignedInt decimal")
PRIMITIVES = _STRINGS | _NUMBERS | {"boolean"}
_SYSTEM = _words("Boolean String Integer Decimal Date DateTime Time Quantity Any")
_COMPLEX = _words(
    """Element BackboneElement Address Annotation Attachment CodeableConcept Coding ContactDetail ContactPoint Contributor DataRequirement Expression
    Extension HumanName Identifier Meta Money Narrative ParameterDefinition Period Quantity Range Ratio Reference RelatedArtifact SampledData Signature
    TriggerDefinition UsageContext"""
)
_NOT_IN_R4 = _words(  # R4B and R5 names that guides for R4 ask about (dom-r4b), always in vain
    """Citation EvidenceReport MedicinalProductDefinition PackagedProductDefinition AdministrableProductDefinition Ingredient ClinicalUseDefinition
    RegulatedAuthorization SubstanceDefinition SubscriptionStatus SubscriptionTopic NutritionProduct ManufacturedItemDefinition integer64
    CodeableReference RatioRange CanonicalResource MetadataResource DataType PrimitiveType BackboneType Base"""
)
_KNOWN = PRIMITIVES | set(_PARENTS) | set(_PARENTS.values()) | _COMPLEX | RESOURCE_TYPES | _NOT_IN_R4


def known_type(written: str) -> tuple[str, str] | None:
    """``("FHIR" | "System" | "", name)`` of a type as written; None where no such type exists.

    >>> known_type("System.String"), known_type("Patient"), known_type("Boolean"), known_type("Patience")
    (('System', 'String'), ('FHIR', 'Patient'), ('', 'Boolean'), None)
    """
    space, _, name = written.rpartition(".")
    if space == "System":
        return ("System", name) if name in _SYSTEM else None
    if space not in {"", "FHIR"}:
        return None
    if name in _KNOWN:
        return ("FHIR" if space or name != "Quantity" else "", name)
    return ("", name) if not space and name in _SYSTEM else None


def is_kind_of(name: Any, wanted: str) -> bool:
    """Whether the FHIR type is the wanted one or a specialization of it; a name that is no text is no type.

    >>> is_kind_of("canonical", "uri"), is_kind_of("Claim", "DomainResource"), is_kind_of("Age", "Element")
    (True, True, True)
    """
    while isinstance(name, str) and name:
        if name == wanted:
            return True
        name = _PARENTS.get(name) or _root_of(name)
    return False


def _root_of(name: str) -> str | None:
    if name in {"Resource", "Element"}:
        return None
    return "DomainResource" if name in RESOURCE_TYPES else "Element"


def has_type(item: Any, wanted: tuple[str, str], types: Types | None) -> bool:
    """Whether the item is of the wanted type; raises Undecidable where JSON does not tell and no ``types`` were handed in."""
    space, name = wanted
    if isinstance(item, dict):
        item = Node(item, None, str(item["resourceType"]) if "resourceType" in item else None)
    if not isinstance(item, Node):
        return space != "FHIR" and (name == "Any" or name == _system_type(item))
    if space == "System":
        return False
    if space == "" and name != "Quantity":  # 'answer is Boolean' (que-7), 'effective is DateTime': written so, meant as FHIR's
        name = name[0].lower() + name[1:]
    if item.type is not None:
        return is_kind_of(item.type, name)
    if types is not None or not _may_be(item.value, name):
        return False
    if name in {"boolean", "Element"}:
        return True
    raise Undecidable(f"JSON alone does not tell whether {described(item.value)} is a {name}. Hand in 'types' (see element_types), or the type of the focus.")


def _may_be(value: Any, name: str) -> bool:
    if isinstance(value, bool):
        return name in {"boolean", "Element"}
    if isinstance(value, str):
        return name in _STRINGS or name == "Element"
    if isinstance(value, dict):
        return name not in PRIMITIVES and ("resourceType" in value) == (_root_of(name) == "DomainResource" or name == "Resource")
    return name in _NUMBERS or name == "Element"


def _system_type(value: Any) -> str:
    if isinstance(value, Moment):
        return value.kind[0].upper() + value.kind[1:]
    if isinstance(value, Quantity):
        return "Quantity"
    if isinstance(value, bool):
        return "Boolean"
    return "String" if isinstance(value, str) else "Integer" if isinstance(value, int) else "Decimal"


def type_info(item: Any) -> dict[str, str]:
    """The result of ``type()``: namespace and name."""
    if isinstance(item, dict):
        return {"namespace": "FHIR", "name": str(item.get("resourceType") or "Element")}
    if isinstance(item, Node):
        return {"namespace": "FHIR", "name": item.type or "Element"}
    return {"namespace": "System", "name": _system_type(item)}
