// Extensions by their names, each canonical written once, and small steps to read them.

const HL7 = "http://hl7.org/fhir/StructureDefinition/";
const SDC = "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-";
const DTR = "http://hl7.org/fhir/us/davinci-dtr/StructureDefinition/";

export const URL = {
  hidden: `${HL7}questionnaire-hidden`,
  itemControl: `${HL7}questionnaire-itemControl`,
  displayCategory: `${HL7}questionnaire-displayCategory`,
  supportLink: `${HL7}questionnaire-supportLink`,
  supportHyperlink: `${HL7}questionnaire-supportHyperlink`,
  minValue: `${HL7}minValue`,
  maxValue: `${HL7}maxValue`,
  minLength: `${HL7}minLength`,
  regex: `${HL7}regex`,
  entryFormat: `${HL7}entryFormat`,
  maxDecimalPlaces: `${HL7}maxDecimalPlaces`,
  mimeType: `${HL7}mimeType`,
  maxSize: `${HL7}maxSize`,
  minOccurs: `${HL7}questionnaire-minOccurs`,
  maxOccurs: `${HL7}questionnaire-maxOccurs`,
  unit: `${HL7}questionnaire-unit`,
  unitOption: `${HL7}questionnaire-unitOption`,
  unitValueSet: `${HL7}questionnaire-unitValueSet`,
  optionExclusive: `${HL7}questionnaire-optionExclusive`,
  referenceResource: `${HL7}questionnaire-referenceResource`,
  signatureRequired: `${HL7}questionnaire-signatureRequired`,
  responseSignature: `${HL7}questionnaireresponse-signature`,
  constraint: `${HL7}questionnaire-constraint`,
  targetConstraint: `${HL7}targetConstraint`,
  targetConstraintOfSdc: `${SDC}targetConstraint`,
  renderingXhtml: `${HL7}rendering-xhtml`,
  variable: `${HL7}variable`,
  cqfLibrary: `${HL7}cqf-library`,
  itemPopulationContext: `${SDC}itemPopulationContext`,
  initialExpression: `${SDC}initialExpression`,
  calculatedExpression: `${SDC}calculatedExpression`,
  enableWhenExpression: `${SDC}enableWhenExpression`,
  candidateExpression: `${SDC}candidateExpression`,
  answerExpression: `${SDC}answerExpression`,
  entryMode: `${SDC}entryMode`,
  contextExpression: `${SDC}contextExpression`,
  answerOptionsToggleExpression: `${SDC}answerOptionsToggleExpression`,
  itemMedia: `${SDC}itemMedia`,
  itemAnswerMedia: `${SDC}itemAnswerMedia`,
  lookupQuestionnaire: `${SDC}lookupQuestionnaire`,
  openLabel: `${SDC}openLabel`,
  performerType: `${SDC}performerType`,
  referenceProfile: `${HL7}questionnaire-referenceProfile`,
  completionTime: `${DTR}estimated-completion-time`,
  informationOrigin: `${DTR}information-origin`,
  coverageInformation: "http://hl7.org/fhir/us/davinci-crd/StructureDefinition/ext-coverage-information",
  because: "http://fhir-pa.example/fhir/StructureDefinition/answer-because",
};

const ALTERNATIVES = [
  "http://hl7.org/fhir/us/davinci-dtr/StructureDefinition/alternativeExpression",
  "http://hl7.org/fhir/us/ecr/StructureDefinition/us-ph-alternative-expression-extension",
];

/** Every extension with this url; some guides moved a constraint or sdc name, so several urls may be given. */
export const all = (element, ...urls) => (element?.extension ?? []).filter((each) => urls.includes(each.url));

/** The value[x] of the first extension with this url, whatever its type. */
export function value(element, ...urls) {
  const [found] = all(element, ...urls);
  return found && valueOf(found);
}

/** The value[x] of an element that has one. */
export function valueOf(element) {
  const key = Object.keys(element).find((name) => name.startsWith("value") && !name.startsWith("valueSet"));
  return key && element[key];
}

/** The code of the item's control, e.g. drop-down, autocomplete, help. */
export const control = (item) => value(item, URL.itemControl)?.coding?.[0]?.code;

/** The compiled ELM an expression brings along, as an object; undefined when there is none. */
export function alternativeElm(expression) {
  const [found] = all(expression, ...ALTERNATIVES);
  const text = found?.valueExpression?.expression;
  try {
    return text && JSON.parse(text);
  } catch {
    return undefined;
  }
}
