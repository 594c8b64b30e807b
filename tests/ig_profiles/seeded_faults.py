"""Faults sown into published examples, one each, with the message and the place a validator must answer."""

from __future__ import annotations

import re
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from ig_profiles.json import parse
from tests.packages import example

Change = Callable[[Any], None]
PAS, DTR, CRD = (f"hl7.fhir.us.davinci-{name}-2.0.1" for name in ("pas", "dtr", "crd"))
CRD_PROFILE = "http://hl7.org/fhir/us/davinci-crd/StructureDefinition/profile-"

REQUEST = (PAS, "Bundle-ReferralAuthorizationBundleExample.json")
RESPONSE = (PAS, "Bundle-ReferralAuthorizationResponseBundleExample.json")
INQUIRY = (PAS, "Bundle-PASClaimInquiryBundleExample.json")
FORM = (DTR, "Questionnaire-home-o2-std-questionnaire.json")
ANSWERS = (DTR, "QuestionnaireResponse-home-o2-questionnaireresponse.json")
DEVICE = (CRD, "DeviceRequest-example.json")
SERVICE = (CRD, "ServiceRequest-example.json")
MEDICATION = (CRD, "MedicationRequest-example.json")
APPOINTMENT = (CRD, "Appointment-example.json")
PATIENT = (CRD, "Patient-example.json")
COVERAGE = (CRD, "Coverage-example.json")
PROFILES = {
    DEVICE: "devicerequest",
    SERVICE: "servicerequest",
    MEDICATION: "medicationrequest",
    APPOINTMENT: "appointment",
    PATIENT: "patient",
    COVERAGE: "coverage",
}


@dataclass(frozen=True)
class Fault:
    """A fault with a name, how to make it, the message expected and where (below the root of the resource)."""

    name: str
    base: tuple[str, str]
    change: Change
    message: str
    where: str
    severity: str = "error"

    @property
    def profile(self) -> str | None:
        """The profile to ask for where the example claims none."""
        return CRD_PROFILE + PROFILES[self.base] if self.base in PROFILES else None

    def made(self) -> Any:
        """The faulty resource; skips the test where the package is not at hand."""
        resource = deepcopy(parse(example(*self.base)))
        self.change(resource)
        return resource


def _steps(path: str) -> list[str | int]:
    return [int(index) if index else name for name, index in re.findall(r"([A-Za-z_]\w*)|\[(\d+)\]", path)]


def _holder(resource: Any, path: str) -> tuple[Any, Any]:
    *steps, last = _steps(path)
    for step in steps:
        resource = resource[step]
    return resource, last


def put(path: str, value: Any) -> Change:
    """Give the element this value."""

    def change(resource: Any) -> None:
        holder, last = _holder(resource, path)
        holder[last] = value

    return change


def drop(path: str) -> Change:
    """Take the element away."""

    def change(resource: Any) -> None:
        holder, last = _holder(resource, path)
        del holder[last]

    return change


def add(path: str, *values: Any) -> Change:
    """Add values to a list."""

    def change(resource: Any) -> None:
        holder, last = _holder(resource, path)
        holder[last].extend(deepcopy(values))

    return change


def both(*changes: Change) -> Change:
    """Make several changes."""

    def change(resource: Any) -> None:
        for each in changes:
            each(resource)

    return change


def again(path: str) -> Change:
    """Say an item of a list twice."""

    def change(resource: Any) -> None:
        holder, last = _holder(resource, path)
        holder.append(deepcopy(holder[last]))

    return change


CLAIM = C = "entry[0].resource."
EXT = "http://hl7.org/fhir/us/davinci-pas/StructureDefinition/extension-"
DIV = '<div xmlns="http://www.w3.org/1999/xhtml">{}</div>'
TRACE = {"url": EXT + "itemTraceNumber", "valueIdentifier": {"value": "1"}}
DIV_AT = CLAIM + "text.div"
BACKWARDS = {"start": "2026-02-01", "end": "2026-01-01"}
PHOTO = {"contentType": "image/png", "data": "AAAA"}
BASIC = {"resourceType": "Basic", "code": {"text": "x"}}
LEVEL = EXT + "levelOfServiceCode"


def narrate(div: str) -> Change:
    """Give the Claim this narrative."""
    return put(CLAIM + "text", {"status": "generated", "div": div})


FAULTS = (
    # --- the Bundle of a request
    Fault("an entry is not an object", REQUEST, put("entry[3]", "Coverage"), "object-expected", "entry[3]"),
    Fault("an entry is empty", REQUEST, add("entry", {}), "empty", "entry[9]"),
    Fault("a resource says no type", REQUEST, drop("entry[4].resource.resourceType"), "resource-type-missing", "entry[4].resource"),
    Fault("a resource type is misspelt", REQUEST, put("entry[4].resource.resourceType", "Patiant"), "resource-type-unknown", "entry[4].resource.resourceType"),
    Fault("the Bundle has no type", REQUEST, drop("type"), "required", "type"),
    Fault("the Bundle is a batch", REQUEST, put("type", "batch"), "fixed", "type"),
    Fault("the Bundle has no timestamp", REQUEST, drop("timestamp"), "required", "timestamp"),
    Fault("the timestamp has no zone", REQUEST, put("timestamp", "2026-11-20T10:00:00"), "value-format", "timestamp"),
    Fault("a total in a collection", REQUEST, put("total", 9), "bundle-rule", ""),
    Fault("an entry with a request in a collection", REQUEST, put("entry[1].request", {"method": "GET", "url": "x"}), "bundle-rule", "entry[1]"),
    Fault("an entry without full URL", REQUEST, drop("entry[3].fullUrl"), "required", "entry[3].fullUrl"),
    Fault("a relative full URL", REQUEST, put("entry[3].fullUrl", "Coverage/InsuranceExample"), "full-url-relative", "entry[3].fullUrl"),
    Fault("a full URL twice", REQUEST, again("entry[3]"), "full-url-twice", "entry[9].fullUrl"),
    Fault("a full URL of another id", REQUEST, put("entry[3].resource.id", "other"), "full-url-other-id", "entry[3].fullUrl"),
    Fault("a full URL with a version", REQUEST, put("entry[3].fullUrl", "http://a.example/Coverage/x/_history/1"), "full-url-version", "entry[3].fullUrl"),
    Fault("a full URL with a bad UUID", REQUEST, put("entry[3].fullUrl", "urn:uuid:123"), "value-format", "entry[3].fullUrl"),
    Fault("a link relation twice", REQUEST, put("link", [{"relation": "self", "url": "http://a.example"}] * 2), "bundle-link-twice", "link[1].relation"),
    Fault("no Claim in the request", REQUEST, drop("entry[0]"), "slice-too-few", "entry"),
    # --- its Claim
    Fault("the status is no known code", REQUEST, put(C + "status", "zzz"), "code-required", C + "status"),
    Fault("the use is not preauthorization", REQUEST, put(C + "use", "claim"), "fixed", C + "use"),
    Fault("an unknown element", REQUEST, put(C + "prioritys", {}), "element-unknown", C + "prioritys"),
    Fault("an element of R5", REQUEST, put(C + "traceNumber", [{"value": "1"}]), "element-unknown", C + "traceNumber"),
    Fault("no patient", REQUEST, drop(C + "patient"), "required", C + "patient"),
    Fault("no insurance", REQUEST, drop(C + "insurance"), "required", C + "insurance"),
    Fault("no item sequence", REQUEST, drop(C + "item[0].sequence"), "required", C + "item[0].sequence"),
    Fault("two elements with one id", REQUEST, both(put(C + "item[0].id", "a"), put(C + "insurance[0].id", "a")), "id-twice", C + "item[0].id"),
    Fault("an item sequence of zero", REQUEST, put(C + "item[0].sequence", 0), "value-out-of-range", C + "item[0].sequence"),
    Fault("an item sequence as text", REQUEST, put(C + "item[0].sequence", "1"), "value-type", C + "item[0].sequence"),
    Fault("an item sequence with a fraction", REQUEST, put(C + "item[0].sequence", 1.5), "value-type", C + "item[0].sequence"),
    Fault("a boolean as text", REQUEST, put(C + "insurance[0].focal", "true"), "value-type", C + "insurance[0].focal"),
    Fault("a day no calendar has", REQUEST, put(C + "created", "2026-02-30"), "value-format", C + "created"),
    Fault("a moment without zone", REQUEST, put(C + "created", "2026-02-20T10:00:00"), "value-format", C + "created"),
    Fault("an empty list", REQUEST, put(C + "identifier", []), "empty", C + "identifier"),
    Fault("an empty object", REQUEST, put(C + "patient", {}), "empty", C + "patient"),
    Fault("an empty text", REQUEST, put(C + "patient.reference", ""), "empty", C + "patient.reference"),
    Fault("a null", REQUEST, put(C + "patient", None), "null", C + "patient"),
    Fault("a null in a list", REQUEST, add(C + "item[0].careTeamSequence", None), "null", C + "item[0].careTeamSequence[1]"),
    Fault("one value where a list belongs", REQUEST, put(C + "item", {"sequence": 1}), "list-expected", C + "item"),
    Fault("a list where one value belongs", REQUEST, put(C + "status", ["active"]), "one-value-expected", C + "status"),
    Fault("an id with a space", REQUEST, put(C + "id", "a b"), "value-format", C + "id"),
    Fault("an id of 65 characters", REQUEST, put(C + "id", "x" * 65), "value-format", C + "id"),
    Fault("a code with a space before it", REQUEST, put(C + "type.coding[0].code", " professional"), "value-format", C + "type.coding[0].code"),
    Fault("a control character", REQUEST, put(C + "identifier[0].value", "a\u0000b"), "value-format", C + "identifier[0].value"),
    Fault("a relative code system", REQUEST, put(C + "type.coding[0].system", "claim-type"), "coding-system", C + "type.coding[0].system"),
    Fault("a URI with a space", REQUEST, put(C + "identifier[0].system", "http://a b"), "value-format", C + "identifier[0].system"),
    Fault(
        "two diagnoses in one choice", REQUEST,
        put(C + "diagnosis[0].diagnosisReference", {"reference": "Condition/1"}),
        "choice-twice", C + "diagnosis[0].diagnosis",
    ),
    Fault("no diagnosis in the choice", REQUEST, drop(C + "diagnosis[0].diagnosisCodeableConcept"), "required", C + "diagnosis[0].diagnosis"),
    Fault("no productOrService", REQUEST, drop(C + "item[0].productOrService"), "required", C + "item[0].productOrService"),
    Fault("a period that ends before it begins", REQUEST, put(C + "billablePeriod", BACKWARDS), "constraint", C + "billablePeriod"),
    Fault("a code without currency list", REQUEST, put(C + "total", {"value": 1, "currency": "dollars"}), "code-required", C + "total.currency"),
    Fault("a decimal as text", REQUEST, put(C + "total", {"value": "1.00", "currency": "USD"}), "value-type", C + "total.value"),
    Fault("a focal without coverage", REQUEST, drop(C + "insurance[0].coverage"), "required", C + "insurance[0].coverage"),
    # --- references
    Fault("a patient that is an Organization", REQUEST, put(C + "patient.reference", "Organization/UMOExample"), "reference-type", C + "patient"),
    Fault("a reference with too many parts", REQUEST, put(C + "patient.reference", "fhir/Patient/x/y"), "reference-format", C + "patient.reference"),
    Fault("a contained resource that is not there", REQUEST, put(C + "patient.reference", "#p"), "reference-contained", C + "patient.reference"),
    Fault("a reference to nothing", REQUEST, put(C + "patient.reference", "Patient/nobody"), "reference-unresolved", C + "patient.reference", "warning"),
    Fault("a reference type that lies", REQUEST, put(C + "patient.type", "Group"), "reference-type-differs", C + "patient.type"),
    Fault("a target that breaks its profile", REQUEST, drop("entry[4].resource.name"), "reference-profile", C + "patient"),
    Fault("a Patient without name", REQUEST, drop("entry[4].resource.name"), "required", "entry[4].resource.name"),
    # --- extensions
    Fault(
        "an extension of the wrong type", REQUEST,
        put(C + "extension[0]", {"url": LEVEL, "valueString": "U"}),
        "element-unknown", C + "extension[0].valueString",
    ),
    Fault("an extension without value", REQUEST, put(C + "extension[0]", {"url": LEVEL}), "extension-value", C + "extension[0]"),
    Fault("an extension without url", REQUEST, drop(C + "extension[0].url"), "required", C + "extension[0].url"),
    Fault(
        "an extension with value and parts", REQUEST,
        put(C + "extension[0].extension", [{"url": "a", "valueCode": "b"}]),
        "extension-value", C + "extension[0]",
    ),
    Fault(
        "an extension with a type of R5", REQUEST,
        put(C + "extension[0]", {"url": "http://a.example/x", "valueCodeableReference": {}}),
        "element-unknown", C + "extension[0].valueCodeableReference",
    ),
    Fault("an extension too often", REQUEST, again(C + "extension[0]"), "slice-too-many", C + "extension[1]"),
    Fault("an extension in the wrong place", REQUEST, add(C + "extension", TRACE), "extension-context", C + "extension[1]"),
    Fault(
        "an unknown modifier extension", REQUEST,
        put(C + "modifierExtension", [{"url": "http://a.example/not", "valueBoolean": True}]),
        "modifier-unknown", C + "modifierExtension[0]",
    ),
    Fault(
        "a plain extension as a modifier", REQUEST,
        put(C + "modifierExtension", [{"url": LEVEL, "valueCodeableConcept": {"text": "U"}}]),
        "modifier-misplaced", C + "modifierExtension[0]",
    ),
    Fault(
        "an extension row for no value", REQUEST,
        put("entry[4].resource.name[0]._given", [{"id": "a"}] * 5),
        "extension-rows", "entry[4].resource.name[0].given",
    ),
    Fault("an empty extension row", REQUEST, put(C + "_created", {}), "empty", C + "created"),
    # --- narrative and contained resources
    Fault("a script in the narrative", REQUEST, narrate(DIV.format("<script>x</script>")), "narrative-unsafe", DIV_AT),
    Fault("an event handler", REQUEST, narrate(DIV.format('<p onclick="x()">t</p>')), "narrative-unsafe", DIV_AT),
    Fault("a link that runs a script", REQUEST, narrate(DIV.format('<a href="javascript:x">t</a>')), "narrative-unsafe", DIV_AT),
    Fault("a tag left open", REQUEST, narrate(DIV.format("<p>t")), "narrative-broken", DIV_AT),
    Fault("a narrative that says nothing", REQUEST, narrate(DIV.format(" ")), "narrative-empty", DIV_AT),
    Fault("a narrative that is no div", REQUEST, narrate("<p>t</p>"), "narrative-root", DIV_AT),
    Fault("a contained resource nobody uses", REQUEST, put(C + "contained", [BASIC | {"id": "b"}]), "contained-unused", C + "contained[0]"),
    Fault("a contained resource without id", REQUEST, put(C + "contained", [BASIC]), "contained-id", C + "contained[0]"),
    # --- response
    Fault("an outcome that is no code", RESPONSE, put(C + "outcome", "done"), "code-required", C + "outcome"),
    Fault("no outcome", RESPONSE, drop(C + "outcome"), "required", C + "outcome"),
    Fault("no adjudication", RESPONSE, drop(C + "item[0].adjudication"), "required", C + "item[0].adjudication"),
    Fault(
        "a misspelt part of an extension", RESPONSE,
        put(C + "item[0].extension[4].extension[2].url", "quantiti"),
        "extension-part-unknown", C + "item[0].extension[4].extension[2]",
    ),
    Fault("an insurer that is a Patient", RESPONSE, put(C + "insurer.reference", "Patient/SubscriberExample"), "reference-type", C + "insurer"),
    Fault("a claimed profile of another type", RESPONSE, put(C + "meta.profile", [CRD_PROFILE + "patient"]), "profile-other-type", C + "meta.profile[0]"),
    Fault("an unknown profile", RESPONSE, put(C + "meta.profile", ["http://a.example/p"]), "profile-unknown", C + "meta.profile[0]", "information"),
    # --- inquiry
    Fault("an inquiry without provider", INQUIRY, drop(C + "provider"), "required", C + "provider"),
    Fault(
        "an inquiry whose coverage is a Patient", INQUIRY,
        put(C + "insurance[0].coverage.reference", "Patient/SubscriberExample"),
        "reference-type", C + "insurance[0].coverage",
    ),
    Fault("an inquiry whose Claim is no Claim", INQUIRY, put("entry[0].resource", BASIC), "slice-too-few", "entry"),
    Fault(
        "an inquiry with a date of five digits", INQUIRY,
        put(C + "item[1].extension[2].valueDate", "20190-07-01"),
        "value-format", C + "item[1].extension[2].value.ofType(date)",
    ),
    # --- questionnaire
    Fault("two questions with one linkId", FORM, put("item[0].item[1].linkId", "1.1"), "constraint", ""),
    Fault("a question without linkId", FORM, drop("item[0].item[1].linkId"), "required", "item[0].item[1].linkId"),
    Fault("a question of unknown type", FORM, put("item[0].item[1].type", "text-box"), "code-required", "item[0].item[1].type"),
    Fault("a display that is required", FORM, put("item[0].item[1].type", "display"), "constraint", "item[0].item[1]"),
    Fault("a group without questions", FORM, put("item[0].item[1].type", "group"), "constraint", "item[0].item[1]"),
    Fault("a form without status", FORM, drop("status"), "required", "status"),
    Fault(
        "an enableWhen without answer", FORM,
        put("item[0].item[1].enableWhen", [{"question": "1.1", "operator": "="}]),
        "required", "item[0].item[1].enableWhen[0].answer",
    ),
    Fault("a form name without capitals", FORM, put("name", "home oxygen"), "constraint-advice", "", "warning"),
    # --- answers
    Fault(
        "an answer of an unknown type", ANSWERS,
        put("item[0].item[0].answer[0]", {"valueText": "x"}),
        "element-unknown", "item[0].item[0].answer[0].valueText",
    ),
    Fault("an answer with two values", ANSWERS, put("item[0].item[0].answer[0].valueInteger", 1), "choice-twice", "item[0].item[0].answer[0].value"),
    Fault("answers without status", ANSWERS, drop("status"), "required", "status"),
    Fault("answers of no known status", ANSWERS, put("status", "done"), "code-required", "status"),
    Fault("answers without questionnaire", ANSWERS, drop("questionnaire"), "required", "questionnaire"),
    Fault(
        "an origin of no known source", ANSWERS,
        put("item[0].item[1].answer[0].extension[0].extension[0].valueCode", "guess"),
        "code-extensible", "item[0].item[1].answer[0].extension[0].extension[0].value.ofType(code)", "warning",
    ),
    Fault("answers in an item with items", ANSWERS, put("item[0].answer", [{"valueString": "x"}]), "constraint", "item[0]"),
    # --- orders of the hooks
    Fault("an order without intent", DEVICE, drop("intent"), "required", "intent"),
    Fault("an order of no known status", SERVICE, put("status", "ready"), "code-required", "status"),
    Fault("an order without code", SERVICE, drop("code"), "required", "code"),
    Fault("an order without subject", SERVICE, drop("subject"), "required", "subject"),
    Fault("an order for a Device", SERVICE, put("subject.reference", "Medication/x"), "reference-type", "subject"),
    Fault("a device as text", DEVICE, put("codeReference", "Device/example"), "object-expected", "code.ofType(Reference)"),
    Fault("a medication in two ways", MEDICATION, put("medicationCodeableConcept", {"text": "x"}), "choice-twice", "medication"),
    Fault("a dose without unit of time", MEDICATION, drop("dosageInstruction[0].timing.repeat.periodUnit"), "constraint", "dosageInstruction[0].timing.repeat"),
    Fault("a contained id that differs", MEDICATION, put("contained[0].id", "med0321"), "reference-contained", "medication.ofType(Reference).reference"),
    Fault("an appointment without participants", APPOINTMENT, drop("participant"), "required", "participant"),
    Fault("an appointment that begins without end", APPOINTMENT, drop("end"), "constraint", ""),
    Fault("a gender that is no code", PATIENT, put("gender", "zzz"), "code-required", "gender"),
    Fault("a birthday that is a moment", PATIENT, put("birthDate", "1987-02-20T10:00:00Z"), "value-format", "birthDate"),
    Fault("an identifier without value", PATIENT, drop("identifier[0].value"), "required", "identifier[0].value"),
    Fault("a race without text", PATIENT, drop("extension[0].extension[2]"), "slice-too-few", "extension[0].extension"),
    Fault("a coverage without payor", COVERAGE, drop("payor"), "required", "payor"),
    Fault("a photo of another size", PATIENT, put("photo", [PHOTO | {"size": 9}]), "attachment-size", "photo[0].size"),
    Fault("a photo that is no base64", PATIENT, put("photo", [PHOTO | {"data": "AAA"}]), "value-format", "photo[0].data"),
)
