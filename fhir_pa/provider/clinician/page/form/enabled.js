// Which questions are asked, given the answers so far (FHIR R4 Questionnaire.item.enableWhen). The server decides the same
// way in questionnaires/enabled.py.

import { valueOf } from "./extensions.js";
import { isAsked, named } from "./tree.js";

/** Whether the node's own conditions hold. */
export function holds(node) {
  const conditions = node.item.enableWhen ?? [];
  if (!conditions.length) return true;
  const verdicts = conditions.map((each) => one(each, given(node, each.question)));
  return node.item.enableBehavior === "any" ? verdicts.some(Boolean) : verdicts.every(Boolean);
}

/** The answers to a question as seen from a node; a question that is not asked has none. */
export function given(node, linkId) {
  return named(node, linkId)
    .filter(isAsked)
    .flatMap((each) => each.answers)
    .map(({ value }) => valueOf(value));
}

function one(condition, values) {
  const wanted = plain(Object.entries(condition).find(([key]) => key.startsWith("answer"))?.[1]);
  const said = values.map(plain);
  switch (condition.operator) {
    case "exists":
      return said.length > 0 === wanted;
    case "=":
      return said.some((each) => each === wanted);
    case "!=":
      return said.every((each) => each !== wanted);
    case ">":
      return said.some((each) => comparable(each, wanted) && each > wanted);
    case "<":
      return said.some((each) => comparable(each, wanted) && each < wanted);
    case ">=":
      return said.some((each) => comparable(each, wanted) && each >= wanted);
    case "<=":
      return said.some((each) => comparable(each, wanted) && each <= wanted);
    default:
      return false;
  }
}

/** Codings compare by code (forms often leave out the system), quantities by value, dates as ISO text. */
function plain(value) {
  if (value === null || typeof value !== "object") return value;
  if ("value" in value) return value.value;
  return value.code ?? value.reference ?? value.display;
}

const comparable = (left, right) => typeof left === typeof right && typeof left !== "boolean";
