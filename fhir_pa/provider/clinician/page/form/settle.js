// After every change: which questions and options are open, and what is calculated from others, again and again until nothing moves.

import { holds } from "./enabled.js";
import { Broken, Moment } from "./expressions.js";
import { all, URL } from "./extensions.js";
import { byPerson } from "./origin.js";
import { toggle } from "./toggles.js";
import { isAsked, walk } from "./tree.js";
import { answersOf } from "./typed.js";

const MOST_ROUNDS = 30;

/**
 * Bring the tree to rest. Returns the problems met: expressions that broke, or a form that never comes to rest, whose
 * calculations are then left as they are (R179). What broke in the rules of which questions and options are open is kept
 * as `root.flow`: with such rules nobody can tell what the form asks, and it cannot be finished (spec-81).
 */
export function settle(root, form) {
  const flow = new Set();
  const sums = new Set();
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    flow.clear();
    const changed = [enable(root, form, flow), options(root, form, flow), calculate(root, form, sums)].some(Boolean);
    root.flow = [...flow];
    if (!changed) return [...flow, ...sums];
  }
  return [...flow, ...sums, "The form's calculations never come to rest; they were stopped."];
}

function options(root, form, problems) {
  const moment = lazily(root, form);
  return toggle(root, (expression, node) => safely(() => moment().evaluate(expression, node), problems));
}

function enable(root, form, problems) {
  let changed = false;
  const moment = lazily(root, form);
  for (const node of walk(root)) {
    if (node.kind === "row") continue;
    const [steer] = all(node.item, URL.enableWhenExpression);
    const now = steer ? Boolean(safely(() => moment().evaluate(steer.valueExpression, node)[0], problems)) : holds(node);
    if (now === node.enabled) continue;
    node.enabled = now;
    moment.forget();
    changed = true;
  }
  return changed;
}

function calculate(root, form, problems) {
  let changed = false;
  const moment = lazily(root, form);
  for (const node of walk(root)) {
    const [sum] = all(node.item, URL.calculatedExpression);
    if (!sum || node.kind !== "question" || !isAsked(node)) continue;
    if (byPerson(node.answers[0]?.origin) || node.cleared) continue;
    const values = safely(() => answersOf(node.item, moment().evaluate(sum.valueExpression, node)), problems);
    if (values === undefined || JSON.stringify(values) === JSON.stringify(node.answers.map(({ value }) => value))) continue;
    node.answers = values.map((value) => ({ value, origin: { source: "chart", calculated: true } }));
    moment.forget();
    changed = true;
  }
  return changed;
}

/** A view of the form made when first needed, and again after something moved. */
function lazily(root, form) {
  let made = null;
  const look = () => (made ??= new Moment(root, form));
  look.forget = () => (made = null);
  return look;
}

function safely(act, problems) {
  try {
    return act();
  } catch (error) {
    if (!(error instanceof Broken)) throw error;
    problems.add(error.message);
    return undefined;
  }
}
