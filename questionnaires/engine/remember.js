// cql-exec-fhir reads and wraps an element anew at each access; resources do not change during a run, so we remember.
//
// Measured on twenty Observations and six facts: several times faster, answers unchanged.

import { FHIRWrapper, PatientSource } from "cql-exec-fhir";

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
