// FHIRPath over FHIR R4 resources, as an ES module for the browser: the flow, sums and constraints of a form.

import fhirpath from "fhirpath";
import r4 from "fhirpath/fhir-context/r4";

const kept = new Map();
const options = { async: false, resolveInternalTypes: true };

/** What the expression finds at the resource (or element), as plain JSON; `environment` are its %names. Throws what the engine throws. */
export function evaluate(node, expression, environment = {}) {
  if (!kept.has(expression)) kept.set(expression, fhirpath.compile(expression, r4, options));
  return kept.get(expression)(node, environment);
}
