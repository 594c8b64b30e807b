// cql-execution sorts with JavaScript's `<`, which reads moments as text and FHIR elements not at all: the latest of
// several would silently be the wrong one. Give each an order, or say that there is none.

import { Code, Concept, Date as CqlDate, DateTime } from "cql-execution";
import { wrapper } from "./remember.js";

function ordered(prototype, number) {
  prototype[Symbol.toPrimitive] = function (hint) {
    return hint === "number" ? number(this) : this.toString();
  };
}

const without = (value) => {
  throw new Error(`${value.constructor.name} has no order`);
};

function ofElement(value) {
  if (value.getTypeInfo().findElement("value")?.typeSpecifier?.namespace !== "System") return without(value);
  const inner = value.value;
  return inner?.[Symbol.toPrimitive]?.("number") ?? inner ?? -Infinity;
}

ordered(DateTime.prototype, (value) => (value.isTime() ? value.toString() : value.toJSDate().getTime()));
ordered(CqlDate.prototype, (value) => value.toJSDate().getTime());
ordered(Code.prototype, without);
ordered(Concept.prototype, without);
ordered(Object.getPrototypeOf(wrapper.wrap({ resourceType: "Basic" })), ofElement);
