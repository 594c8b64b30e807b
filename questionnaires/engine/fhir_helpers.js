// FHIRHelpers 4.0.1 as CQL, written from the model info's own list of conversions (its `conversionInfo` rows).
//
// Where a value cannot be said exactly in CQL (a quantity with a comparator, an empty element) the conversion gives null.

const structures = {
  "FHIR.Coding": `
define function ToCode(value FHIR.Coding):
  if value is null then null
  else System.Code { code: value.code.value, system: value.system.value, version: value.version.value, display: value.display.value }`,
  "FHIR.CodeableConcept": `
define function ToConcept(value FHIR.CodeableConcept):
  if value is null then null
  else System.Concept { codes: value.coding C return ToCode(C), display: value.text.value }`,
  "FHIR.Quantity": `
define function ToQuantity(value FHIR.Quantity):
  if value is null or value.value is null or value.comparator is not null then null
  else System.Quantity { value: value.value.value, unit: Coalesce(value.code.value, value.unit.value, '1') }`,
  "FHIR.Period": `
define function ToInterval(value FHIR.Period):
  if value is null then null
  else if value.start is null and value."end" is null then null
  else if value.start is null then Interval(value.start.value, value."end".value]
  else Interval[value.start.value, value."end".value]`,
  "FHIR.Range": `
define function ToInterval(value FHIR.Range):
  if value is null then null
  else if value.low is null and value.high is null then null
  else Interval[ToQuantity(value.low), ToQuantity(value.high)]`,
  "FHIR.Ratio": `
define function ToRatio(value FHIR.Ratio):
  if value is null or value.numerator is null or value.denominator is null then null
  else System.Ratio { numerator: ToQuantity(value.numerator), denominator: ToQuantity(value.denominator) }`,
};

const attribute = (row, name) => new RegExp(`\\b${name}="([^"]*)"`).exec(row)[1];

export function fhirHelpers(modelInfo) {
  const written = [];
  for (const [row] of modelInfo.matchAll(/<conversionInfo(?:\s+\w+="[^"]*")+\s*\/>/g)) {
    const from = attribute(row, "fromType");
    const name = attribute(row, "functionName").replace("FHIRHelpers.", "");
    const primitive = `\ndefine function ${name}(value FHIR."${from.replace("FHIR.", "")}"): value.value`;
    written.push(structures[from] ?? primitive);
  }
  return ["library FHIRHelpers version '4.0.1'", "\nusing FHIR version '4.0.1'", "\ncontext Patient", ...written, ""].join("\n");
}
