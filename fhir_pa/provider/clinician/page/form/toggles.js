// Options that are open only while an expression holds (SDC answerOptionsToggleExpression); those no expression names are always open.

import { all, URL, value, valueOf } from "./extensions.js";
import { isAsked, questions } from "./tree.js";
import { same } from "./typed.js";

/** Which options each question closes now, kept as node.closed; `decide` evaluates an expression at a node, undefined when it broke. True when something moved. */
export function toggle(root, decide) {
  let changed = false;
  for (const node of questions(root)) {
    const rules = all(node.item, URL.answerOptionsToggleExpression);
    if (!rules.length || !isAsked(node)) continue;
    const closed = rules.flatMap((rule) => (decide(value(rule, "expression"), node)?.[0] === true ? [] : all(rule, "option").map(bare)));
    if (JSON.stringify(closed) === JSON.stringify(node.closed ?? [])) continue;
    node.closed = closed;
    changed = true;
  }
  return changed;
}

/** Whether this value is an option that cannot be chosen now. */
export const isClosed = (node, said) => (node.closed ?? []).some((each) => same(each, said));

/** Whether an answer stands that was closed after it was given. */
export const holdsClosed = (node) => node.answers.some(({ value: said }) => isClosed(node, said));

function bare(option) {
  const key = Object.keys(option).find((name) => name.startsWith("value"));
  return { [key]: valueOf(option) };
}
