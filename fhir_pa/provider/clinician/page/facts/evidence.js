// The evidence of a fact in words: what the chart holds, its value, the day it was so, and where to find it.

const DISPLAY = "http://hl7.org/fhir/StructureDefinition/display";
const DAYS = [
  ["effectiveDateTime"], ["effectiveInstant"], ["effectivePeriod", "start"], ["performedDateTime"], ["performedPeriod", "start"], ["onsetDateTime"],
  ["onsetPeriod", "start"], ["occurrenceDateTime"], ["period", "start"], ["authoredOn"], ["authored"], ["date"], ["recordedDate"], ["issued"], ["occurrenceTiming", "event", 0],
];
const KINDS = {
  AllergyIntolerance: "Allergy", CarePlan: "Care plan", Condition: "Problem", Coverage: "Coverage", DeviceRequest: "Order", DiagnosticReport: "Report",
  DocumentReference: "Document", Encounter: "Visit", FamilyMemberHistory: "Family history", MedicationAdministration: "Medication given",
  MedicationRequest: "Prescription", MedicationStatement: "Medication", Observation: "Result", Patient: "Patient", PractitionerRole: "Clinician's role",
  Procedure: "Procedure", QuestionnaireResponse: "Form", ServiceRequest: "Order",
};

/** [{ reference, kind, what, value, on }] of the resources an evidence define gives. */
export function evidenceOf(told, resources) {
  return rows(told, resources).map(describe);
}

function rows(told, resources) {
  if (!told) return [];
  if ("list" in told) return told.list.flatMap((each) => rows(each, resources));
  return "resource" in told ? [resources[told.resource]] : "other" in told ? [told.other] : [];
}

export function describe(resource) {
  const kind = KINDS[resource.resourceType] ?? resource.resourceType;
  return { reference: `${resource.resourceType}/${resource.id}`, kind, what: what(resource) ?? kind, value: value(resource), on: day(resource) };
}

const person = ({ text, given = [], family, suffix = [] }) => text || [[...given, family].filter(Boolean).join(" "), ...suffix].filter(Boolean).join(", ") || undefined;
const words = (concept) => concept?.text ?? concept?.coding?.find(({ display }) => display)?.display ?? concept?.coding?.[0]?.code;

function what(resource) {
  if (Array.isArray(resource.name)) return person(resource.name[0]);
  if (typeof resource.name === "string") return resource.title ?? resource.name;
  if (resource.resourceType === "QuestionnaireResponse") return resource._questionnaire?.extension?.find(({ url }) => url === DISPLAY)?.valueString;
  if (resource.resourceType === "PractitionerRole") return [resource.practitioner?.display, words(resource.specialty?.[0] ?? resource.code?.[0])].filter(Boolean).join(", ") || undefined;
  if (resource.resourceType === "Encounter") return words(resource.type?.[0]) ?? words({ coding: [resource.class] });
  if (resource.resourceType === "DocumentReference") return resource.description ?? resource.content?.[0]?.attachment?.title ?? words(resource.type);
  return words(resource.code) ?? words(resource.codeCodeableConcept) ?? words(resource.medicationCodeableConcept) ?? words(resource.vaccineCode) ?? resource.title;
}

function value(resource) {
  const { valueQuantity: quantity, valueCodeableConcept: concept, valueString: text, valueBoolean: yes, conclusion } = resource;
  if (quantity) return `${quantity.comparator ?? ""}${quantity.value} ${quantity.unit ?? quantity.code ?? ""}`.trim();
  if (typeof yes === "boolean") return yes ? "yes" : "no";
  return words(concept) ?? text ?? conclusion;
}

function day(resource) {
  for (const path of DAYS) {
    const found = path.reduce((node, step) => node?.[step], resource);
    if (typeof found === "string") return found;
  }
  return undefined;
}
