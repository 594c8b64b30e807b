// Within one run neither resources nor the results of defines change, so what was read or computed once is remembered.
//
// cql-exec-fhir wraps an element anew at each access, and cql-execution computes a define anew at each mention.

import { FHIRWrapper, PatientSource } from "cql-exec-fhir";
import { ExpressionDef } from "cql-execution/lib/elm/reusable.js";

function remembering(prototype, method, key) {
  const original = prototype[method];
  const seen = new WeakMap();
  prototype[method] = function (...args) {
    if (!seen.has(this)) seen.set(this, new Map());
    const mine = seen.get(this);
    const name = key(...args);
    if (!mine.has(name)) mine.set(name, original.apply(this, args));
    return mine.get(name);
  };
}

export const source = PatientSource.FHIRv401();
export const wrapper = FHIRWrapper.FHIRv401();

source.loadBundles([{ entry: [{ resource: { resourceType: "Patient" } }] }]);
const patient = Object.getPrototypeOf(source.currentPatient());
const element = Object.getPrototypeOf(wrapper.wrap({ resourceType: "Basic" }));

remembering(element, "get", (field) => field);
remembering(element, "getCode", (field) => field);
remembering(patient, "findRecords", (profile, details) => details?.datatype ?? profile);

const hierarchies = new Map();
const { _typeHierarchy: original } = element;
element._typeHierarchy = function () {
  const type = this.getTypeInfo();
  if (!hierarchies.has(type)) hierarchies.set(type, original.call(this));
  return hierarchies.get(type);
};

const results = new WeakMap();
const { exec } = ExpressionDef.prototype;
ExpressionDef.prototype.exec = function (context) {
  const run = context.rootContext();
  if (!results.has(run)) results.set(run, new Map());
  const mine = results.get(run);
  if (!mine.has(this)) {
    const result = exec.call(this, context); // one that throws is not remembered
    mine.set(this, Array.isArray(result) ? Object.freeze(result) : result);
  }
  return mine.get(this);
};

/** Distinct, union and intersect compare deep keys of their members; what FHIR holds is known by its type and canonical JSON. */
const comparing = require("cql-execution/lib/util/immutableUtil.js");
const { toNormalizedKey } = comparing;
const keys = new WeakMap();
comparing.toNormalizedKey = (value) => {
  const json = value?._typeInfo && value._json;
  if (!json) return toNormalizedKey(value);
  if (isMoment(value)) return toNormalizedKey(value.value); // one moment may be written in several time zones
  if (!keys.has(json)) keys.set(json, `${value._typeInfo.name} ${JSON.stringify(sorted(json))}`);
  return keys.get(json);
};

const isMoment = ({ _typeInfo: type }) => type.findElement("value")?.typeSpecifier.fqn?.match(/^System\.(Date|DateTime|Time)$/);

/** A list of none or one has nothing twice. */
const lists = require("cql-execution/lib/elm/list.js");
const { toDistinctList } = lists;
lists.toDistinctList = (list) => (list.length < 2 ? [...list] : toDistinctList(list));

function sorted(json) {
  if (Array.isArray(json)) return json.map(sorted);
  if (json === null || typeof json !== "object") return json;
  return Object.fromEntries(Object.keys(json).sort().map((key) => [key, sorted(json[key])]));
}
