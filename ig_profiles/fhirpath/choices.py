"""The choice elements of FHIR R4: which keys ``value`` may stand for (hl7.org/fhir/R4/formats.html#choice)."""

from __future__ import annotations

_ANY = """
Address Age Annotation Attachment Base64Binary Boolean Canonical Code CodeableConcept Coding ContactDetail ContactPoint Contributor Count
DataRequirement Date DateTime Decimal Distance Dosage Duration Expression HumanName Id Identifier Instant Integer Markdown Meta Money Oid
ParameterDefinition Period PositiveInt Quantity Range Ratio Reference RelatedArtifact SampledData Signature String Time Timing
TriggerDefinition UnsignedInt Uri Url UsageContext Uuid
"""
_LIMITS = "Date DateTime Decimal Instant Integer PositiveInt Quantity Time UnsignedInt"
_NAMES = {
    **dict.fromkeys(("value", "defaultValue", "fixed", "pattern"), _ANY),
    **dict.fromkeys(("minValue", "maxValue"), _LIMITS),
    "additive chargeItem code definingSubstance diagnosis entity indication item medication": "CodeableConcept Reference",
    "procedure product statusReason subject substance topic what where why": "CodeableConcept Reference",
    "collected created date done identified occurred time": "DateTime Period",
    "abatement onset performed": "Age DateTime Period Range String",
    "amount": "Quantity Range Ratio String",
    "age": "Age CodeableConcept Range String",
    "allowed": "Boolean CodeableConcept Money String UnsignedInt",
    "answer": "Boolean Coding Date DateTime Decimal Integer Quantity Reference String Time",
    "asNeeded": "Boolean CodeableConcept",
    "author manufacturer": "Reference String",
    "born": "Date Period String",
    "bounds": "Duration Period Range",
    "characteristic": "CodeableConcept Quantity",
    "content": "Attachment Reference String",
    "deceased": "Age Boolean Date DateTime Range String",
    "definition": "Canonical CodeableConcept DataRequirement Expression Reference TriggerDefinition Uri",
    "detail": "Boolean CodeableConcept Integer Quantity Range Ratio Reference String",
    "dose": "Quantity Range",
    "doseNumber seriesDoses": "PositiveInt String",
    "due": "Date Duration",
    "effective": "DateTime Instant Period Timing",
    "event": "Coding Uri",
    "example": "Boolean Canonical",
    "fastingStatus": "CodeableConcept Duration",
    "legallyBinding": "Attachment Reference",
    "location": "Address CodeableConcept Reference",
    "minimumVolume": "Quantity String",
    "module": "Canonical CodeableConcept Uri",
    "multipleBirth": "Boolean Integer",
    "name": "Reference Url",
    "occurrence": "DateTime Period String Timing",
    "offset": "Duration Range",
    "participantEffective studyEffective": "DateTime Duration Period Timing",
    "probability": "Decimal Range",
    "quantity rate": "Quantity Range Ratio",
    "reported": "Boolean Reference",
    "scheduled": "Period String Timing",
    "serviced": "Date Period",
    "source": "Attachment Canonical Reference Uri",
    "start": "CodeableConcept Date",
    "target": "Canonical Identifier Reference Uri",
    "timing": "Age Date DateTime Duration Period Range Reference Timing",
    "used": "Money String UnsignedInt",
    "when": "Period Range",
}
_PRIMITIVE_NAMES = "Base64Binary Boolean Canonical Code Date DateTime Decimal Id Instant Integer Markdown Oid PositiveInt String Time UnsignedInt Uri Url"
_PRIMITIVE = {*_PRIMITIVE_NAMES.split(), "Uuid"}

TYPE_OF_SUFFIX = {suffix: suffix[0].lower() + suffix[1:] if suffix in _PRIMITIVE else suffix for suffix in _ANY.split()}
"""Suffix of a key -> type: ``DateTime`` -> ``dateTime``, ``Quantity`` -> ``Quantity``."""

KEYS_OF = {name: {name + suffix: TYPE_OF_SUFFIX[suffix] for suffix in suffixes.split()} for names, suffixes in _NAMES.items() for name in names.split()}
"""Choice element -> the keys it may have in JSON, each with its type: ``KEYS_OF["value"]["valueDateTime"] == "dateTime"``."""

CHOICE_OF = {key: (name, type_name) for name, keys in KEYS_OF.items() for key, type_name in keys.items()}
"""Key in JSON -> the choice element and the type, for walking over all children."""
