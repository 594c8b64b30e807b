// Run the facts of an ELM library over FHIR R4 resources: the global `CqlFacts`, in bare V8 and in the browser.
//
//   CqlFacts.run(request) -> { name: { value } | { failed } }, or null: ask again, with `elms`
//
// A value is told by its kind, as values.js says; a failure tells the step and the library, never data.

import { CodeService, DateTime, Library, NullMessageListener, PatientContext } from "cql-execution";
import helpers from "fhir-helpers-elm";
import { allow, isOutOfTime } from "./budget.js";
import "./order.js";
import { source, wrapper } from "./remember.js";
import { plain } from "./values.js";

const builtIn = new Library(helpers);
const kept = new Map();
const MOST_KEPT = 64;

/** Libraries by name and version; a missing FHIRHelpers is ours, whatever 4.0.x version is asked. */
function shelf(elms) {
  const built = new Map();
  const resolve = (path, version) => {
    const found = elms.find(({ library: { identifier: it } }) => [it.id, `${it.system}/${it.id}`].includes(path) && (!version || it.version === version));
    if (!found && path.split("/").pop() === "FHIRHelpers") return builtIn;
    if (!found) throw new Error(`missing library ${path}`);
    if (!built.has(found)) built.set(found, new Library(found, { resolve }));
    return built.get(found);
  };
  return resolve;
}

/** The library kept under the caller's key, the most recently used last; undefined when it must be given (again). */
function library(key, elms) {
  const found = kept.get(key) ?? (elms && new Library(elms[0], { resolve: shelf(elms) }));
  if (!found) return undefined;
  kept.delete(key);
  kept.set(key, found);
  if (kept.size > MOST_KEPT) kept.delete(kept.keys().next().value);
  return found;
}

/** A parameter as the library's ELM types it: a FHIR resource or element, else the plain JSON value. */
function parameter(definition, value) {
  const type = definition?.parameterTypeSpecifier?.name ?? "";
  return type.startsWith("{http://hl7.org/fhir}") ? wrapper.wrap(value, type.slice("{http://hl7.org/fhir}".length)) : value;
}

const why = (error, { name, version }) => ({
  outOfTime: isOutOfTime(error),
  missing: /value ?set|missing library/i.test(error.message),
  step: error.expressionName ?? "evaluation",
  library: error.libraryName ?? `${name}|${version}`,
});

/**
 * Evaluate each named define on its own, so that one that throws costs only itself.
 *
 * request: { key (a name for the library, of the caller's choice), elms (it and what it includes; once is enough),
 *            names, resources, patient (position in resources), at (ISO 8601 with offset), milliseconds,
 *            valueSets: { canonical: [{ system, code }] }, parameters: { name: json } }
 * No single define may take more than half of the time that is left, so that those after it have theirs.
 */
export function run(request) {
  const asked = library(request.key, request.elms);
  if (!asked) return null;
  const { resources } = request;
  const positions = new Map(resources.map((resource, position) => [resource, position]));
  const others = resources.filter((resource) => resource.resourceType !== "Patient");
  source.reset();
  source.loadBundles([{ entry: [resources[request.patient], ...others].map((resource) => ({ resource })) }]);
  const expansions = Object.entries(request.valueSets ?? {}).map(([canonical, codes]) => [canonical, { "": codes }]);
  const parameters = {};
  for (const [name, value] of Object.entries(request.parameters ?? {})) {
    if (asked.parameters[name]) parameters[name] = parameter(asked.parameters[name], value);
  }
  const codes = new CodeService(Object.fromEntries(expansions));
  const context = new PatientContext(asked, source.currentPatient(), codes, parameters, DateTime.parse(request.at), new NullMessageListener());
  const end = Date.now() + request.milliseconds;
  const answers = {};
  for (const name of request.names) {
    try {
      allow((end - Date.now()) / 2);
      answers[name] = { value: plain(asked.expressions[name].execute(context), positions) };
    } catch (error) {
      answers[name] = { failed: why(error, asked) };
    }
  }
  return answers;
}
