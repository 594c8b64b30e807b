"""Known faults of what HL7 published, and what we read instead, each with its reason: the one place that departs from the text."""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]

# (key, expression as published) -> (expression we compile, because)
EXPRESSIONS: dict[tuple[str, str], tuple[str, str]] = {
    ("que-12", "enableWhen.count() > 2 implies enableBehavior.exists()"): (
        "enableWhen.count() > 1 implies enableBehavior.exists()",
        "its words ask for enableBehavior with more than one enableWhen; corrected so in R4B",
    ),
    ("tim-9", "offset.empty() or (when.exists() and ((when in ('C' | 'CM' | 'CD' | 'CV')).not()))"): (
        "offset.empty() or (when.exists() and when.select($this in ('C' | 'CM' | 'CD' | 'CV')).allFalse())",
        "'in' takes one item, but Timing.repeat.when repeats; corrected so in R4B",
    ),
    ("que-7", "operator = 'exists' implies (answer is Boolean)"): (
        "operator = 'exists' implies (answer is boolean)",
        "an answer in FHIR data is a FHIR boolean, never the System.Boolean of FHIRPath; corrected so in R5",
    ),
    ("ref-1", "reference.startsWith('#').not() or (reference.substring(1).trace('url') in %rootResource.contained.id.trace('ids'))"): (
        "reference.exists() implies (reference.startsWith('#').not() or (reference.substring(1) in %rootResource.contained.id)"
        " or (reference = '#' and %rootResource != %resource))",
        "'#' alone is how a contained resource names its container (R4 references.html#contained); corrected so in R4B",
    ),
}

_PAS = "http://hl7.org/fhir/us/davinci-pas/StructureDefinition/"
_HL7 = "http://hl7.org/fhir/StructureDefinition/"
_PLACED = "a profile of its own guide puts it there, in the published version or both"
_NESTED = "its guide nests it in this extension, whose url the context should name instead of a path"
_DETAIL = ("extension", f"{_PAS}extension-itemAuthorizedDetail")
_PROVIDER = ("extension", f"{_PAS}extension-itemAuthorizedProvider")

# (extension url, because) -> contexts allowed besides those published, as (type, expression); pas.md trap 65.
CONTEXTS: dict[tuple[str, str], tuple[tuple[str, str], ...]] = {
    (f"{_PAS}extension-productOrServiceCodeEnd", _NESTED): (_DETAIL,),
    (f"{_PAS}extension-productOrServiceCodeEnd", _PLACED): (("element", "ServiceRequest"), ("element", "ClaimResponse.addItem")),
    (f"{_PAS}extension-epsdtIndicator", _NESTED): (_DETAIL,),
    (f"{_PAS}extension-nursingHomeLevelOfCare", _NESTED): (_DETAIL,),
    (f"{_PAS}extension-revenueUnitRateLimit", _NESTED): (_DETAIL,),
    (f"{_PAS}extension-revenueUnitRateLimit", _PLACED): (("element", "ClaimResponse.addItem"),),
    (f"{_PAS}extension-revenueCode", _NESTED): (_DETAIL,),
    (f"{_PAS}extension-requestedService", _NESTED): (_DETAIL,),
    (f"{_PAS}extension-authorizedProviderType", _NESTED): (_PROVIDER,),
    (f"{_PAS}extension-reviewActionCode", _NESTED): (("extension", f"{_PAS}extension-reviewAction"),),
    (f"{_PAS}extension-infoChanged", _PLACED): (("element", "Claim.supportingInfo"),),
    (f"{_PAS}modifierextension-infoCancelled", _PLACED): (("element", "Claim.supportingInfo"),),
    (f"{_PAS}extension-administrationReferenceNumber", _PLACED): (("element", "Claim"), ("element", "ClaimResponse.item")),
    (f"{_PAS}extension-authorizationNumber", _PLACED): (("element", "Claim"),),
    (f"{_PAS}extension-communicatedDiagnosis", _PLACED): (("element", "ClaimResponse.item"),),
    (f"{_PAS}extension-itemAuthorizedProvider", _PLACED): (("element", "ClaimResponse"),),
    (f"{_PAS}extension-serviceItemRequestType", _PLACED): (("element", "ClaimResponse.addItem"),),
    (f"{_PAS}extension-certificationType", _PLACED): (("element", "ClaimResponse.addItem"),),
    (f"{_PAS}extension-timingcalendarpattern", _PLACED): (("element", "Timing"),),
    (f"{_PAS}extension-timingdeliverypattern", _PLACED): (("element", "Timing"),),
    ("http://hl7.org/fhir/us/davinci-crd/StructureDefinition/ext-coverage-information", _PLACED): (
        ("element", "Appointment"),
        ("element", "VisionPrescription"),
    ),
    (f"{_HL7}ordinalValue", "US Core and SDC put it on an answer"): (("element", "QuestionnaireResponse.item.answer"),),
    (f"{_HL7}rendering-markdown", "SDC puts it on a designation, not on its value"): (
        ("element", "ValueSet.compose.include.concept.designation"),
        ("element", "ValueSet.expansion.contains.designation"),
    ),
    (f"{_HL7}rendering-xhtml", "SDC puts it on a designation, not on its value"): (
        ("element", "ValueSet.compose.include.concept.designation"),
        ("element", "ValueSet.expansion.contains.designation"),
    ),
}

# The regular expressions of primitive types that run in linear time on hostile input. The one of base64Binary does not.
_YEAR = "([0-9]([0-9]([0-9][1-9]|[1-9]0)|[1-9]00)|[1-9]000)"
_TIME = "([01][0-9]|2[0-3]):[0-5][0-9]:([0-5][0-9]|60)(\\.[0-9]+)?"
_ZONE = "(Z|(\\+|-)((0[0-9]|1[0-3]):[0-5][0-9]|14:00))"
REVIEWED_REGEXES = frozenset(
    {
        "true|false",
        "-?([0]|([1-9][0-9]*))",
        "-?(0|[1-9][0-9]*)(\\.[0-9]+)?([eE][+-]?[0-9]+)?",
        "[0]|([1-9][0-9]*)",
        "[1-9][0-9]*",
        "[ \\r\\n\\t\\S]+",
        "\\S*",
        "[^\\s]+(\\s[^\\s]+)*",
        "[A-Za-z0-9\\-\\.]{1,64}",
        "urn:oid:[0-2](\\.(0|[1-9][0-9]*))+",
        "urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
        _TIME,
        f"{_YEAR}(-(0[1-9]|1[0-2])(-(0[1-9]|[1-2][0-9]|3[0-1]))?)?",
        f"{_YEAR}(-(0[1-9]|1[0-2])(-(0[1-9]|[1-2][0-9]|3[0-1])(T{_TIME}{_ZONE})?)?)?",
        f"{_YEAR}-(0[1-9]|1[0-2])-(0[1-9]|[1-2][0-9]|3[0-1])T{_TIME}{_ZONE}",
    }
)


def expression(key: str, published: str) -> str:
    """The expression to compile for this constraint."""
    return EXPRESSIONS.get((key, published), (published, ""))[0]


def contexts(url: str, published: list[Json]) -> list[Json]:
    """Where this extension may stand: as published, and where its own guide puts it besides."""
    more = [{"type": kind, "expression": place} for (extension, _), places in CONTEXTS.items() if extension == url for kind, place in places]
    return published + [each for each in more if each not in published]
